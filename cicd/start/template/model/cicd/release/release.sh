#!/bin/sh
# Build the image that is released, around a trained model bundle: cicd/release/release.sh BUNDLE_DIRECTORY [TAG]
#   ML_CICD_BASE  another base image     ML_CICD_CA  a CA bundle for the build, kept in no layer     DOCKER  the client
set -eu
[ $# -ge 1 ] || { echo "usage: $0 BUNDLE_DIRECTORY [TAG]" >&2; exit 2; }
bundle=$(cd "$1" && pwd)
tag=${2:-PROJECT_NAME}
cd "$(dirname "$0")/../.."

lock=$(sha256sum requirements/default.txt | cut -d ' ' -f 1)
grep -q "\"sha256:$lock\"" "$bundle/metadata.json" || {
    echo "$bundle was trained for another lock than requirements/default.txt: train again." >&2
    exit 4
}
export DOCKER_BUILDKIT=1
printf 'FROM scratch\nCOPY . /bundle\n' | "${DOCKER:-docker}" build --quiet --file - --tag "$tag-bundle" "$bundle"
exec "${DOCKER:-docker}" build --file cicd/release/Dockerfile --tag "$tag" --build-arg "BUNDLE=$tag-bundle" \
    ${ML_CICD_BASE:+--build-arg "BASE=$ML_CICD_BASE"} ${ML_CICD_CA:+--secret "id=ca,src=$ML_CICD_CA"} .
