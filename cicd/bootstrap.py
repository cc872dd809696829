"""Puts `ml-cicd` on the PATH of a job: this very commit's package, with locked dependencies installed once a machine.

Plain standard library, since nothing is installed yet. Both the dependencies and a copy of the package are kept in the
runner's tool cache under the hash of their content, so a warm start only writes two lines.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = Path(__file__).resolve().parent
LOCK = PACKAGE.parent / "requirements" / "runtime.txt"
MINIMUM = (3, 11)
LAUNCHER = """#!{python} -I
import pathlib
import sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from cicd.cli import main
sys.exit(main())
"""


def content_hash(files: list[Path], root: Path, *more: str) -> str:
    """A short hash of the files' names and contents."""
    digest = hashlib.sha256("\0".join(more).encode())
    for file in sorted(files):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def make(target: Path, build: Callable[[Path], None]) -> None:
    """Call `build(folder)` for a folder that becomes `target` in one step, so that no half of it is ever seen."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent))
    try:
        build(draft)
        draft.rename(target)
    except OSError:
        if not target.is_dir():  # nobody else made it meanwhile
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def install(folder: Path) -> None:
    """A virtual environment with the locked dependencies in `folder`.

    Raises:
        SystemExit: Python can't make one, or the dependencies can't be had.

    """
    made = subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, text=True, check=False)
    if made.returncode:
        sys.stderr.write(made.stdout + made.stderr)
        sys.exit("python3 can't make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    locked = ["--require-hashes", "--only-binary=:all:", "--requirement", str(LOCK)]
    if subprocess.run([*pip, *locked], stdout=sys.stderr, check=False).returncode:
        sys.exit("The dependencies of ml-cicd could not be installed; pip says why above. Check the package index.")


def main() -> int:
    """Install what is missing and put the command on PATH."""
    if sys.version_info < MINIMUM:
        sys.stderr.write(
            f"ml-cicd needs Python {'.'.join(map(str, MINIMUM))} or newer; python3 here is {sys.version.split()[0]}.\n"
            "Choose a newer runner image, or put a newer python3 first on PATH.\n"
        )
        return 2
    cache = Path(os.environ.get("RUNNER_TOOL_CACHE") or Path.home() / ".cache").resolve() / "ml-cicd"
    sources = [file for file in PACKAGE.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    python = f"{sys.implementation.cache_tag}-{sys.executable}"
    environment = cache / f"venv-{content_hash([LOCK], LOCK.parent, python)}"
    kit = cache / f"kit-{content_hash(sources, PACKAGE, str(environment))}"
    if not environment.is_dir():
        make(environment, install)
    if not kit.is_dir():
        make(kit, lambda folder: fill(folder, environment))
    if path := os.environ.get("GITHUB_PATH"):
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(f"{kit / 'bin'}\n")
    else:
        sys.stdout.write(f"{kit / 'bin'}\n")
    return 0


def fill(folder: Path, environment: Path) -> None:
    """A copy of the package and a launcher for it in `folder`."""
    shutil.copytree(PACKAGE, folder / "cicd", ignore=shutil.ignore_patterns("__pycache__"))
    launcher = folder / "bin" / "ml-cicd"
    launcher.parent.mkdir()
    launcher.write_text(LAUNCHER.format(python=environment / "bin" / "python"))
    launcher.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
