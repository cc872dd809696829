"""The released form of the kit: the same files, in which `uses:` names each sibling in full instead of by `$/`."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import files, git
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

NAME = "ml-cicd"
"""The name of the kit's repository, unless a mirror renamed it."""
PLACEHOLDER = f"org/{NAME}"
"""The repository that docs and the callers to copy name, and that the frozen copy for local runs names."""

_FORMED = re.compile(r"\.github/workflows/[^/]+\.yml|actions/[^/]+/action\.yml")
_SIBLING = re.compile(r"""(\buses:\s*["']?)\$/([\w./-]+)""")
_RELEASED = re.compile(r"""\buses:\s*["']?([\w.-]+/[\w.-]+)/actions/([\w.-]+)@""")
_UNRESOLVED = re.compile(r"""^[^#\n]*\buses:\s*["']?(?:\$/|\./).*$""", re.MULTILINE)


def kit_root() -> Path:
    """Return the folder of the kit that contains this package.

    Raises:
        UsageError: the package was installed alone, without the kit's workflows and actions.

    """
    return check_kit(Path(__file__).resolve().parent.parent)


def check_kit(kit: Path) -> Path:
    """Return `kit`, after a look that it is a folder of the kit.

    Raises:
        UsageError: the folder has no workflows or no actions.

    """
    if not (kit / ".github" / "workflows").is_dir() or not (kit / "actions").is_dir():
        raise UsageError(
            f"{kit} is not the kit: it lacks .github/workflows or actions.",
            "Run ml-cicd from a clone of the kit: pip install -e CLONE",
        )
    return kit


def hosted_at(clone: Path, hosts: Collection[str] = ()) -> str:
    """Return `owner/name` of the remote `origin` of a clone; empty if it has none on one of `hosts`, or on any host."""
    hosted = git.HOSTED.fullmatch(git.query(clone, "config", "--get", "remote.origin.url") or "")
    if not hosted or "/" not in hosted["path"] or (hosts and hosted["host"] not in hosts):
        return ""
    return "/".join(hosted["path"].split("/")[-2:])


def names(kit: Path) -> frozenset[str]:
    """Return the names `owner/name` of the kit in a clone: that of its remote, and those in its workflows' `uses:`.

    Only a mirror with another name than `NAME` needs them: see `is_kit`.
    """
    known = {hosted_at(kit)} - {""}
    for path in (kit / ".github" / "workflows").glob("*.yml"):
        siblings = released_names(path.read_text("utf-8"))
        known |= {repository for repository, action in siblings if (kit / "actions" / action).is_dir()}
    return frozenset(known)


def released_names(text: str) -> list[tuple[str, str]]:
    """Return the repository and the action of each `uses: OWNER/NAME/actions/ACTION@REF` in a workflow."""
    return [(repository, action) for repository, action in _RELEASED.findall(text)]


def is_kit(repository: str, known: Collection[str] = ()) -> bool:
    """Return whether `owner/name` is the kit, a fork or a mirror of it, of which `known` are some."""
    return repository.partition("/")[2] == NAME or repository in known


def has_released_form(path: str) -> bool:
    """Return whether `freeze` rewrites the file with this path in the kit: a workflow or an action."""
    return _FORMED.fullmatch(path) is not None


def release_form(text: str, owner_and_name: str, ref: str) -> str:
    """Return the text of a workflow or action, in which `uses: $/X` has become `uses: <owner_and_name>/X@<ref>`."""
    return _SIBLING.sub(lambda match: f"{match[1]}{owner_and_name}/{match[2]}@{ref}", text)


def freeze(kit: Path, destination: Path, owner_and_name: str, ref: str, *, worktree: bool = False) -> None:
    """Write the released form of the kit's last commit into `destination`; with `worktree`, of its files as they are.

    `owner_and_name` and `ref` are the repository and the commit or tag by which callers name the released form.

    Raises:
        UsageError: `destination` is not empty, `kit` is not in a git repository, or a `uses:` has no released form.
        UnreachableError: `destination` can't be written.

    """
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise UsageError(f"{destination} is not an empty directory.", "Name a new or an empty one.")
    with files.file_errors(f"write into {destination}"):
        destination.mkdir(parents=True, exist_ok=True)
        if worktree:
            _copy_files(kit, destination)
        else:
            files.unpack(git.output(kit, "archive", "--format=tar", "HEAD"), destination)
        for path in (*(destination / ".github" / "workflows").iterdir(), *destination.glob("actions/*/action.yml")):
            name = path.relative_to(destination)
            if has_released_form(name.as_posix()):
                _rewrite(path, name, owner_and_name, ref)


def fingerprint(kit: Path) -> str:
    """Return a text that changes with the files of `kit`; it hashes names, sizes and times, and reads no content."""
    digest = hashlib.sha256()
    for name in git.files(kit):
        try:
            status = (kit / name).lstat()
        except FileNotFoundError:
            continue
        digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_mode}\n".encode())
    return digest.hexdigest()


def _rewrite(path: Path, name: Path, owner_and_name: str, ref: str) -> None:
    before = path.read_bytes().decode()
    after = release_form(before, owner_and_name, ref)
    if unresolved := _UNRESOLVED.search(after):
        line = after.count("\n", 0, unresolved.start()) + 1
        raise UsageError(
            f"{name}:{line}: '{unresolved[0].strip()}' has no released form.",
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
