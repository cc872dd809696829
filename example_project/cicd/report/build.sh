#!/bin/sh
# Build the image of the report: cicd/report/build.sh [TAG]
#   ML_CICD_BASE  another base image     ML_CICD_CA  a CA bundle for the build, kept in no layer     DOCKER  the client
set -eu
cd "$(dirname "$0")/../.."
DOCKER_BUILDKIT=1 exec "${DOCKER:-docker}" build --file cicd/report/Dockerfile --target report --tag "${1:-flights-report}" \
    ${ML_CICD_BASE:+--build-arg "BASE=$ML_CICD_BASE"} ${ML_CICD_CA:+--secret "id=ca,src=$ML_CICD_CA"} .
