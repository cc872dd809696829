#!/bin/sh
# Locks the dependencies again: requirements/lock.sh [--upgrade]
set -eu
cd "$(dirname "$0")"
for name in default dev tools workbench; do
    uv pip compile --quiet --universal --python-version PYTHON_VERSION --generate-hashes --no-header --no-annotate \
        --no-strip-extras "$@" "$name.in" --output-file "$name.txt"
done
