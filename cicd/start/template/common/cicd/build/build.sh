#!/bin/sh
# Build the image with source, tests and tools: cicd/build/build.sh [TAG]
#   ML_CICD_BASE  another base image     ML_CICD_CA  a CA bundle for the build, kept in no layer     DOCKER  the client
set -eu
cd "$(dirname "$0")/../.."
DOCKER_BUILDKIT=1 exec "${DOCKER:-docker}" build --file cicd/build/Dockerfile --tag "${1:-PROJECT_NAME-build}" \
    ${ML_CICD_BASE:+--build-arg "BASE=$ML_CICD_BASE"} ${ML_CICD_CA:+--secret "id=ca,src=$ML_CICD_CA"} .
