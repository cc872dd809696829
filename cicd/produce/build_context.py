"""The build context: the files of a project that the builder of an image gets, named by what git stores of them.

The names are the same on every machine: neither the order of files nor their times, nor the line ends of this
checkout (`core.autocrlf`), nor the filters of Git LFS are part of them.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import git
from cicd.errors import CheckFailedError
from cicd.produce import dockerignore

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cicd.produce.dockerignore import Ignored

SUBMODULE, LINK = "160000", "120000"
GIT = ".git"
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*oid sha256:[0-9a-f]{64}\nsize \d+\n"
)
_POINTER_SIZE = 1024
SHOWN = 10


@dataclass(frozen=True)
class Context:
    """What the builder gets of a project's folder."""

    files: Mapping[str, str]
    """By path: mode and object id, as git stores them."""
    pointers: tuple[str, ...] = ()
    """Files that hold a pointer of Git LFS in place of their content."""
    empty_submodules: tuple[str, ...] = ()
    has_git: bool = False
    """Whether the builder gets the folder `.git` too; it is none of `files`."""
    recipe: Mapping[str, str] = field(default_factory=dict)
    """The Dockerfile and its `.dockerignore`, which decide what becomes of the files: by path, mode and object id."""

    @property
    def name(self) -> str:
        """The hash of all that the builder gets, 64 hexadecimal digits."""
        return hashed((f"{path}\0{self.files[path]}" for path in sorted(self.files)), _sorted(self.recipe))

    def below(self, folder: str) -> dict[str, str]:
        """Return the files that are this path or lie below it."""
        top = folder.removeprefix("./").rstrip("/")
        inside = "" if top in ("", ".") else f"{top}/"
        return {path: entry for path, entry in self.files.items() if path == top or path.startswith(inside)}


def _sorted(entries: Mapping[str, str]) -> list[str]:
    return [f"{path}\0{entries[path]}" for path in sorted(entries)]


def hashed(*groups: Iterable[str]) -> str:
    """Return the SHA-256 of texts in groups, 64 hexadecimal digits; other groups of the same texts give another."""
    digest = hashlib.sha256()
    for group in groups:
        digest.update(b"\x01")
        for text in group:
            digest.update(b"\x02" + text.encode(errors="surrogateescape"))
    return digest.hexdigest()


def read(folder: Path, dockerfile: Path) -> Context:
    """Return what the builder gets of `folder` for this Dockerfile.

    Raises:
        UsageError: git can't read the repository.

    """
    ignore = dockerignore.file_for(folder, dockerfile)
    ignored = dockerignore.parse(ignore.read_text("utf-8", errors="replace") if ignore.is_file() else "")
    recipe = [Path(os.path.relpath(path, folder)).as_posix() for path in (dockerfile, ignore) if path.is_file()]
    return _read(folder, ignored, recipe)


def read_generated(folder: Path, text: str, ignore: str) -> Context:
    """Return what the builder gets of `folder` for a Dockerfile of this text, and a `.dockerignore` file of that.

    Raises:
        UsageError: git can't read the repository.

    """
    context = _read(folder, dockerignore.parse(ignore), ())
    return replace(context, recipe={"Dockerfile": f"generated {hashed([text])}", "ignored": hashed([ignore])})


def _read(folder: Path, ignored: Ignored, recipe: Sequence[str]) -> Context:
    tracked, empty = _tracked(folder)
    paths = _walk(folder, ignored)
    return Context(
        _named(folder, paths, tracked),
        pointers=tuple(path for path in paths if is_pointer(folder / path)),
        empty_submodules=tuple(path for path in empty if not ignored.leaves_out(path)),
        has_git=(folder / GIT).exists() and not ignored.leaves_out(GIT),
        recipe=_named(folder, recipe, tracked),
    )


def check(context: Context, dockerfile: str) -> None:
    """Raise if the image would hold a pointer of Git LFS, or an empty folder, in place of content.

    Raises:
        CheckFailedError: it would; the message names the files.

    """
    if context.pointers:
        raise CheckFailedError(
            f"The image of {dockerfile} would hold pointers of Git LFS in place of: {shown(context.pointers)}.",
            "Fetch the content: git lfs pull. In a workflow of the kit: with: lfs: true. A file that the image does "
            "not need: name it in the .dockerignore file.",
        )
    if context.empty_submodules:
        raise CheckFailedError(
            f"The image of {dockerfile} would hold empty folders in place of the submodules: "
            f"{shown(context.empty_submodules)}.",
            "Check them out: git submodule update --init. In a workflow of the kit: with: submodules: true. A "
            "submodule that the image does not need: name it in the .dockerignore file.",
        )


def shown(paths: Iterable[str]) -> str:
    """Return the first paths in one line, and the number of the others."""
    names = sorted(paths)
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def _tracked(folder: Path) -> tuple[dict[str, str], list[str]]:
    """Return what commits store of the files that this checkout did not change, and the submodules without files."""
    if not git.is_repository(folder) or git.query(folder, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        return {}, []  # every file is read
    changed = git.text(
        folder, "diff", "--name-only", "-z", "--relative", "--no-renames", "--no-ext-diff",
        "--ignore-submodules=all", "HEAD", "--", ".",
    ).split("\0")  # fmt: skip
    unchanged: dict[str, str] = {}
    empty: list[str] = []
    for line in filter(None, git.text(folder, "ls-tree", "-r", "-z", "HEAD").split("\0")):
        described, _, path = line.partition("\t")
        mode, _, identity = described.split(" ")
        if mode != SUBMODULE:
            unchanged[path] = f"{mode} {identity}"
        elif (folder / path / GIT).exists():
            inner, inner_empty = _tracked(folder / path)
            unchanged |= {f"{path}/{name}": entry for name, entry in inner.items()}
            empty += [f"{path}/{name}" for name in inner_empty]
        else:
            empty.append(path)
    return {path: entry for path, entry in unchanged.items() if path not in {*changed}}, empty


def _walk(folder: Path, ignored: Ignored) -> list[str]:
    """Return the paths of all files and links that the builder gets, but for git's own, sorted."""
    paths: list[str] = []
    for root, folders, names in os.walk(folder):
        place = "" if Path(root) == folder else f"{Path(root).relative_to(folder).as_posix()}/"
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        folders[:] = [
            name for name in folders
            if name not in links and name != GIT and not ignored.leaves_out_all_of(place + name)
        ]  # fmt: skip
        paths += [place + name for name in (*names, *links) if name != GIT and not ignored.leaves_out(place + name)]
    return sorted(paths)


def _named(folder: Path, paths: Iterable[str], tracked: Mapping[str, str]) -> dict[str, str]:
    """Return mode and object id of each path: the commit's if the file is unchanged, else those of its content."""
    entries = {path: tracked[path] for path in paths if path in tracked}
    changed = [path for path in paths if path not in tracked]
    plain = []
    for path in changed:
        state = (folder / path).lstat()
        if stat.S_ISLNK(state.st_mode):
            target = os.fsencode(str((folder / path).readlink()))
            entries[path] = f"{LINK} {git.text(folder, 'hash-object', '--stdin', stdin=target)}"
        elif stat.S_ISREG(state.st_mode):
            plain.append((path, "100755" if state.st_mode & stat.S_IXUSR else "100644"))
    simple = [path for path, _ in plain if "\n" not in path]
    stdin = "".join(f"{path}\n" for path in simple).encode(errors="surrogateescape")
    hashes = git.text(folder, "hash-object", "--stdin-paths", stdin=stdin).split("\n") if simple else []
    identities = dict(zip(simple, hashes, strict=True))
    for path, mode in plain:
        identity = identities.get(path) or git.text(folder, "hash-object", "--", path)
        entries[path] = f"{mode} {identity}"
    return entries


def is_pointer(path: Path) -> bool:
    """Return whether a file holds a pointer of Git LFS in place of its content."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _POINTER_SIZE:
        return False
    return _POINTER.fullmatch(path.read_bytes()) is not None
