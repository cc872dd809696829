#!/bin/sh
# Locks the dependencies again: requirements/lock.sh [--upgrade]
set -eu
cd "$(dirname "$0")"
for name in default dev tools workbench tracking report mlflow_server; do
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate "$@" \
        "$name.in" --output-file "$name.txt"
done
