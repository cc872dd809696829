"""Puts `ml-cicd` on the PATH of a job: this commit's package, and the locked packages that the job's command needs.

    python3 cicd/bootstrap.py record     installs what `ml-cicd record` needs; without a command, what any command needs

Plain standard library, since nothing is installed yet. A hosted runner starts each job with an empty tool cache, so a
command gets its own packages alone. Everything is kept in the tool cache under a hash of its content, so a warm start
only writes two lines.
"""

from __future__ import annotations

import hashlib
import importlib.machinery
import os
import shlex
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGE = Path(__file__).resolve().parent
LOCKS = PACKAGE.parent / "requirements"
MINIMUM = (3, 11)
GROUPS = ("configuration", "signatures", "engine", "yaml", "gate", "parquet")
"""Groups of packages: each has a lock `requirements/GROUP.txt`, and a folder in the tool cache."""
NEEDS: dict[str, tuple[str, ...]] = {
    "conclude": (),
    **dict.fromkeys(("advance", "approve", "comment", "record", "verify"), ("configuration", "signatures")),
    **dict.fromkeys(("build", "check", "release", "test"), ("configuration", "engine")),
    **dict.fromkeys(("rehearse", "train"), ("configuration", "signatures", "engine")),
    "deploy": ("configuration", "signatures", "engine", "yaml"),
    "freeze": ("yaml",),
}
"""The groups that each command of a job needs. Any other command gets all of them.

`deploy` and `rehearse` evaluate models if there are any: the job then runs `actions/setup` first, which installs all
groups.
"""

# Isolated, and without site-packages: neither PYTHONPATH nor the packages of the machine change what the command is.
LAUNCHER = """#!/bin/sh
exec {python} -I -S {program} "$@"
"""
PROGRAM = """import os
import sys
kit = os.path.dirname(os.path.realpath(__file__))
sys.path += [kit, *(os.path.join(os.path.dirname(kit), name) for name in {packages})]
from cicd.cli import main
sys.exit(main())
"""
DRAFT = "draft-"
SECONDS_OF_A_DAY = 86_400
NO_PIP = "No module named pip"
PIP_OPTIONS = ("--no-deps", "--no-compile", "--only-binary=:all:", "--require-hashes")
PIP_SETTINGS = {
    "PIP_USER": "0",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
}


def content_hash(files: list[Path], root: Path, *more: str) -> str:
    """Return a short hash of the files' names and contents, and of `more`."""
    digest = hashlib.sha256("\0".join(more).encode(errors="surrogateescape"))
    for file in sorted(files):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def make(target: Path, build: Callable[[Path], None]) -> None:
    """Call `build(folder)` for a folder that becomes `target` in one step, so that nobody sees half of it.

    Folders that killed jobs left beside `target` are removed when they are a day old.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f"{DRAFT}*"):
        with suppress(FileNotFoundError):  # another job has finished it meanwhile
            if left.stat().st_mtime < time.time() - SECONDS_OF_A_DAY:
                shutil.rmtree(left, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=target.parent))
    try:
        build(draft)
        draft.rename(target)
    except OSError:
        if not target.is_dir():  # another job made it meanwhile
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def packages_folder(group: str) -> str:
    """Return the name of the folder with a group's packages, for this Python's binary interface."""
    lock = LOCKS / f"{group}.txt"
    return f"{group}-{content_hash([lock], LOCKS, importlib.machinery.EXTENSION_SUFFIXES[0])}"


def pips(scratch: Path) -> Iterator[list[str]]:
    """Yield the commands that may be pip: the machine's, the one that ensurepip brings, one in a new environment.

    Isolated, since a job stands in the project's checkout: its files must not be imported here.
    """
    import sysconfig  # noqa: PLC0415 -- a warm start needs none of these

    python = [sys.executable, "-I"]
    yield [*python, "-m", "pip"]
    bundled = Path(sysconfig.get_path("stdlib")) / "ensurepip" / "_bundled"
    for folder in (bundled, Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or bundled)):
        for wheel in folder.glob("pip-*.whl"):
            yield [*python, str(wheel / "pip")]
    if run([*python, "-m", "venv", str(scratch)])[0] == 0:
        yield [str(scratch / "bin" / "python"), "-I", "-m", "pip"]


def run(command: list[str]) -> tuple[int, str]:
    """Run a command that asks no questions, and return its exit code and its output."""
    import subprocess  # noqa: PLC0415

    done = subprocess.run(
        command, env={**os.environ, **PIP_SETTINGS}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.decode(errors="replace")


def install(folder: Path, group: str) -> None:
    """Install the locked packages of a group into `folder`.

    Raises:
        SystemExit: Python has no pip, or pip could not install the packages.

    """
    lock = LOCKS / f"{group}.txt"
    with tempfile.TemporaryDirectory() as scratch:
        for pip in pips(Path(scratch) / "venv"):
            code, output = run([*pip, "install", "--quiet", "--target", str(folder), *PIP_OPTIONS, "-r", str(lock)])
            if code == 0:
                return
            if NO_PIP not in output:
                sys.stderr.write(output)
                sys.exit(f"pip could not install {lock}; its words are above. Check the runner's package index.")
    sys.exit("python3 has neither pip nor ensurepip. On Debian and Ubuntu: apt-get install python3-pip")


def install_all(cache: Path, groups: list[str]) -> None:
    """Install groups at the same time: most of the time goes by waiting for the package index."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    def install_one(group: str) -> None:
        make(cache / packages_folder(group), lambda folder: install(folder, group))

    with ThreadPoolExecutor(len(groups)) as pool:
        for result in [pool.submit(install_one, group) for group in groups]:
            result.result()


def fill(folder: Path, target: Path) -> None:
    """Write a copy of the package and a launcher for it into `folder`, which will be renamed to `target`."""
    shutil.copytree(PACKAGE, folder / "cicd", ignore=shutil.ignore_patterns("__pycache__"))
    packages = [packages_folder(group) for group in GROUPS]
    (folder / "program.py").write_text(PROGRAM.format(packages=packages), "utf-8")
    launcher = folder / "bin" / "ml-cicd"
    launcher.parent.mkdir()
    words = {"python": shlex.quote(sys.executable), "program": shlex.quote(str(target / "program.py"))}
    launcher.write_text(LAUNCHER.format(**words), "utf-8", "surrogateescape")
    launcher.chmod(0o755)


def main() -> int:
    """Install what is missing and put the command on PATH."""
    if sys.version_info < MINIMUM:
        sys.stderr.write(
            f"ml-cicd needs Python {'.'.join(map(str, MINIMUM))} or newer; python3 here is {sys.version.split()[0]}.\n"
            "Choose a newer runner image, or put a newer python3 first on PATH.\n"
        )
        return 2
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    cache = Path(os.environ.get("RUNNER_TOOL_CACHE") or Path.home() / ".cache").resolve() / "ml-cicd"
    missing = [group for group in NEEDS.get(command, GROUPS) if not (cache / packages_folder(group)).is_dir()]
    if missing:
        install_all(cache, missing)
    sources = [file for file in PACKAGE.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    kit = cache / f"kit-{content_hash(sources, PACKAGE, sys.executable, str(cache), *map(packages_folder, GROUPS))}"
    if not kit.is_dir():
        make(kit, lambda folder: fill(folder, kit))
    if path := os.environ.get("GITHUB_PATH"):
        with Path(path).open("a", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(f"{kit / 'bin'}\n")
    else:
        sys.stdout.write(f"{kit / 'bin'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
