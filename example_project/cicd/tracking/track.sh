#!/bin/sh
# Tell MLflow what was trained (record), what went to Production (promote), or both as the ledger says (sync):
#   cicd/tracking/track.sh record IMAGE | promote IMAGE | sync
#   IMAGE  a release or a model bundle, pulled if it is not here     MLFLOW_TRACKING_URI  the server (default: sqlite:///mlflow.db)
#   REGISTRY_TOKEN  for an IMAGE on ghcr.io     DOCKER  the client     sync needs the command ml-cicd
set -eu
case "$#${1:-}" in
1sync | 2record | 2promote) ;;
*)
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
cd "$(dirname "$0")/../.."

# The image in a field of the newest ledger entry that passed in an environment; empty if there is none.
newest() {
    entries=$(ml-cicd history "$1" --json)
    echo "$entries" | python3 -c '
import json, sys
deployments = [entry["deployment"] for entry in json.load(sys.stdin)]
print(next((d[sys.argv[1]] for d in deployments if d["result"] == "passed" and d[sys.argv[1]]), ""))' "$2"
}

if [ "$1" = sync ]; then
    challenger=$(newest integration bundle)
    [ -z "$challenger" ] || cicd/tracking/track.sh record "$challenger"
    champion=$(newest production release)
    [ -z "$champion" ] || cicd/tracking/track.sh promote "$champion"
    exit
fi

docker=${DOCKER:-docker}
place=$(mktemp -d)
container=
trap 'rm -rf "$place"; [ -z "$container" ] || "$docker" rm "$container" >/dev/null' EXIT

image=$2
case ${REGISTRY_TOKEN:+$image} in
ghcr.io/*) echo "$REGISTRY_TOKEN" | "$docker" login ghcr.io --username "${GITHUB_ACTOR:-token}" --password-stdin ;;
esac

label() {
    "$docker" image inspect --format "{{with .Config.Labels}}{{index . \"$1\"}}{{end}}" "$image"
}

present() {
    "$docker" image inspect "$image" >/dev/null 2>&1 || "$docker" pull --quiet "$image"
}

present
bundle=$(label ml-cicd.bundle)
if [ -n "$bundle" ]; then
    image=$bundle
    present
fi
container=$("$docker" create "$image" none)
# A model bundle is a folder in its own image, and another one in a release that was built by hand.
"$docker" cp "$container:/bundle" "$place/bundle" 2>/dev/null ||
    "$docker" cp "$container:/opt/bundle" "$place/bundle" 2>/dev/null || {
    echo "$2 is neither a release nor a model bundle." >&2
    exit 2
}

python3 -m venv "$place/tools"
"$place/tools/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement requirements/tools.txt
"$place/tools/bin/uv" venv --quiet --python "$(command -v python3)" "$place/venv"
VIRTUAL_ENV="$place/venv" "$place/tools/bin/uv" pip install --quiet --require-hashes --requirement requirements/tracking.txt
PYTHONPATH=src "$place/venv/bin/python" -m flights.tracking "$1" --bundle "$place/bundle" \
    --commit "$(label org.opencontainers.image.revision)" --image "$(label ml-cicd.trained-in)"
