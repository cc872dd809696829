#!/bin/sh
# Tell MLflow what was trained (record), or what went to Production (promote): cicd/tracking/track.sh record|promote IMAGE
#   IMAGE  a release or a model bundle, pulled if it is not here     MLFLOW_TRACKING_URI  the server (default: sqlite:///mlflow.db)
#   REGISTRY_TOKEN  for an IMAGE on ghcr.io     DOCKER  the client
set -eu
case "$#${1:-}" in
2record | 2promote) ;;
*)
    sed -n '2,4s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
cd "$(dirname "$0")/../.."
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
