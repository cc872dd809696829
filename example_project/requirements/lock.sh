#!/bin/sh
# Locks the dependencies again: requirements/lock.sh [--upgrade]
set -eu
cd "$(dirname "$0")"
# With extras: pip 23 would look for a newer release of a package that another one asks for with an extra.
for name in default dev tools workbench tracking report mlflow_server; do
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --no-strip-extras "$@" "$name.in" --output-file "$name.txt"
done
