"""The released form of the kit: the same files, in which every sibling is named in full instead of by `$/`."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from cicd import files, git
from cicd.errors import UsageError

REPOSITORY = "org/ml-cicd"

_SIBLING = re.compile(r"""(\buses:\s*["']?)\$/([\w./-]+)""")
_UNRESOLVED = re.compile(r"""^[^#\n]*\buses:\s*["']?(?:\$/|\./).*$""", re.MULTILINE)


def kit_root() -> Path:
    """The kit that this package is a part of.

    Raises:
        UsageError: the package was installed on its own, without the workflows and actions around it.

    """
    return check_kit(Path(__file__).resolve().parent.parent)


def check_kit(kit: Path) -> Path:
    """`kit` itself, when it is one.

    Raises:
        UsageError: it has no workflows or no actions.

    """
    if not (kit / ".github" / "workflows").is_dir() or not (kit / "actions").is_dir():
        raise UsageError(
            f"{kit} is not the kit: it has no .github/workflows or no actions.",
            "Run ml-cicd from a clone of the kit (pip install -e CLONE).",
        )
    return kit


def release_form(text: str, repository: str, ref: str) -> str:
    """`text` of a workflow or an action, with `$/X` replaced by `repository/X@ref`."""
    return _SIBLING.sub(lambda found: f"{found[1]}{repository}/{found[2]}@{ref}", text)


def freeze(kit: Path, destination: Path, repository: str, ref: str, *, worktree: bool = False) -> None:
    """Write the released form of `kit` into `destination`: of its last commit, or of the files as they are now.

    Raises:
        UsageError: `destination` is not empty, `kit` is not in a git repository, or a sibling stays unresolved.

    """
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise UsageError(f"{destination} is not an empty directory.", "Name a new or an empty one.")
    with files.file_errors(f"write into {destination}"):
        destination.mkdir(parents=True, exist_ok=True)
        if worktree:
            _copy_files(kit, destination)
        else:
            files.unpack(git.output(kit, "archive", "--format=tar", "HEAD"), destination)
        for path in (*(destination / ".github" / "workflows").glob("*.yml"), *destination.glob("actions/*/action.yml")):
            _rewrite(path, path.relative_to(destination), repository, ref)


def fingerprint(kit: Path) -> str:
    """A text that changes when a file of `kit` does: made of names, sizes and times, so that it is quick."""
    digest = hashlib.sha256()
    for name in git.files(kit):
        try:
            status = (kit / name).lstat()
        except FileNotFoundError:
            continue
        digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_mode}\n".encode())
    return digest.hexdigest()


def _rewrite(path: Path, name: Path, repository: str, ref: str) -> None:
    before = path.read_bytes().decode()
    after = release_form(before, repository, ref)
    if left := _UNRESOLVED.search(after):
        line = after.count("\n", 0, left.start()) + 1
        raise UsageError(
            f"{name}:{line}: '{left[0].strip()}' has no released form.",
            "Name a sibling as $/.github/workflows/FILE.yml or $/actions/NAME.",
        )
    if after != before:
        path.write_bytes(after.encode())


def _copy_files(kit: Path, destination: Path) -> None:
    for name in git.files(kit):
        source, target = kit / name, destination / name
        if source.is_symlink() or source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
