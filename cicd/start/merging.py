"""A three-way merge by git of trees that are in no branch, and bringing its result into the work tree."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import git, scratch
from cicd.errors import UnreachableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

MINIMUM = (2, 38)
SETTINGS = (
    "-c", "merge.renames=true", "-c", "merge.directoryRenames=true", "-c", "merge.renameLimit=10000",
    "-c", "diff.renameLimit=10000", "-c", "merge.conflictStyle=merge",
)  # fmt: skip
IDENTITY = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "ml-cicd"), ("EMAIL", "ml-cicd@localhost"), ("DATE", "@0 +0000"))
}


@dataclass(frozen=True)
class Blob:
    """A file of a tree."""

    mode: str
    name: str
    """The name of git's object."""


@dataclass(frozen=True)
class Stage:
    """One of the three sides of a file in conflict, as git's index has it."""

    mode: str
    name: str
    number: str
    path: str


@dataclass(frozen=True)
class Merge:
    """The result of a merge."""

    tree: str
    stages: tuple[Stage, ...] = ()
    """The sides of the files in conflict; empty for none."""
    messages: tuple[str, ...] = ()
    """What git says of the conflicts."""

    @property
    def conflicts(self) -> list[str]:
        """The files in conflict."""
        return list(dict.fromkeys(stage.path for stage in self.stages))


def check_git(root: Path) -> None:
    """Refuse a git without `merge-tree --write-tree`.

    Raises:
        UnreachableError: git is too old.

    """
    words = git.text(root, "version").split()[2].split(".")
    if tuple(int(word) if word.isdigit() else 0 for word in words[:2]) < MINIMUM:
        needed = ".".join(map(str, MINIMUM))
        raise UnreachableError(
            f"The git of this machine is too old to merge: {'.'.join(words)}.",
            f"Install git {needed} or newer. Debian 12 and Ubuntu 24.04 have it.",
        )


def listing(root: Path, tree: str) -> dict[str, Blob]:
    """Return the files of a tree or commit below the repository's root: path -> blob."""
    rows = git.output(root, "ls-tree", "-r", "-z", "--full-tree", tree).decode("utf-8", "surrogateescape")
    result = {}
    for row in filter(None, rows.split("\0")):
        information, _, path = row.partition("\t")
        mode, _, name = information.split()
        result[path] = Blob(mode, name)
    return result


def store(root: Path, texts: Mapping[str, bytes]) -> dict[str, str]:
    """Write contents as objects of git, and return their names by the keys of `texts`."""
    with scratch.folder("objects") as place:
        paths = []
        for number, content in enumerate(texts.values()):
            path = Path(place, str(number))
            path.write_bytes(content)
            paths.append(path)
        names = git.text(root, "hash-object", "-w", "--no-filters", "--stdin-paths",
                         stdin="".join(f"{path}\n" for path in paths).encode()).split()  # fmt: skip
    return dict(zip(texts, names, strict=True))


def write_tree(root: Path, changes: Mapping[str, Blob], start: str = "") -> str:
    """Return a tree: that of the commit or tree `start` with other files."""
    with scratch.folder("index") as place:
        environment = {"GIT_INDEX_FILE": str(Path(place, "index"))}
        git.output(root, "read-tree", start or "--empty", environment=environment)
        _update(root, [f"{blob.mode} {blob.name}\t{path}\0" for path, blob in changes.items()], environment)
        return git.text(root, "write-tree", environment=environment)


def renamed(root: Path, old: str, new: str) -> tuple[dict[str, str], list[str]]:
    """Return what became of the files of a tree in another one: old path -> new path, and those that were removed."""
    words = git.output(
        root, *SETTINGS, "diff-tree", "-r", "-z", "-M", "--diff-filter=RD", "--name-status", old, new
    ).decode("utf-8", "surrogateescape").split("\0")  # fmt: skip
    moved, removed = {}, []
    position = 0
    while position < len(words) - 1:
        if words[position].startswith("R"):
            moved[words[position + 1]] = words[position + 2]
            position += 3
        else:
            removed.append(words[position + 1])
            position += 2
    return moved, removed


def merge(root: Path, base: str, yours: str, theirs: str, labels: tuple[str, str]) -> Merge:
    """Merge two trees over their base; `labels` name both sides in the markers of conflicts.

    Raises:
        UsageError: git can't merge them.

    """
    start = _commit(root, base)
    sides = [_commit(root, tree, start) for tree in (yours, theirs)]
    arguments = (*SETTINGS, "merge-tree", "--write-tree", "-z", "--messages", *sides)
    process = git.completed(root, *arguments)
    if process.returncode not in (0, 1):
        raise UsageError(
            f"git can't merge the files of the kit: {process.stderr.decode(errors='replace').strip()}",
            "Correct what git names, then run this again.",
        )
    words = process.stdout.decode("utf-8", "surrogateescape").split("\0")
    if process.returncode == 0:
        return Merge(words[0])
    end = words.index("")
    stages = []
    for word in words[1:end]:
        information, _, path = word.partition("\t")
        mode, name, number = information.split()
        stages.append(Stage(mode, name, number, path))
    names = dict(zip(sides, labels, strict=True))
    tree = _with_labels(root, words[0], {stage.path for stage in stages}, names)
    messages = [text for text in _messages(words[end + 1 :]) if text.startswith("CONFLICT")]
    return Merge(tree, tuple(stages), tuple(_replaced(text, names) for text in messages))


def checkout(root: Path, merged: Merge, index: Path) -> None:
    """Bring the result of a merge into the work tree and the index file `index`, with git's stages for conflicts.

    Raises:
        UsageError: a file that git does not know would be overwritten; nothing was changed.

    """
    environment = {"GIT_INDEX_FILE": str(index)}
    git.output(root, "read-tree", "-m", "-u", "HEAD", merged.tree, environment=environment)
    none = "0" * len(merged.tree)
    rows = [f"0 {none}\t{path}\0" for path in merged.conflicts]
    sides = [f"{stage.mode} {stage.name} {stage.number}\t{stage.path}\0" for stage in merged.stages]
    _update(root, [*rows, *sides], environment)


def changed(root: Path, tree: str, *, renames: bool = True) -> list[tuple[str, ...]]:
    """Return what a tree changes in the last commit: `(status letter, path)`, and for a renamed file its new path."""
    words = git.output(
        root, *SETTINGS, "diff-tree", "-r", "-z", "-M" if renames else "--no-renames", "--name-status", "HEAD", tree
    ).decode("utf-8", "surrogateescape").split("\0")  # fmt: skip
    rows, position = [], 0
    while position < len(words) - 1:
        size = 3 if words[position][0] in "RC" else 2
        rows.append((words[position][0], *words[position + 1 : position + size]))
        position += size
    return rows


def _commit(root: Path, tree: str, *parents: str) -> str:
    options = [word for parent in parents for word in ("-p", parent)]
    return git.text(root, "commit-tree", tree, *options, "-m", "files of ml-cicd", environment=IDENTITY)


def _update(root: Path, rows: list[str], environment: Mapping[str, str] | None = None) -> None:
    stdin = os.fsencode("".join(rows))
    git.output(root, "update-index", "-z", "--index-info", stdin=stdin, environment=environment)


def _with_labels(root: Path, tree: str, paths: set[str], names: Mapping[str, str]) -> str:
    """Name both sides in the markers of conflicts, where git has written commits that are in no branch."""
    files = {path: blob for path, blob in listing(root, tree).items() if path in paths and blob.mode != "160000"}
    contents = git.objects(root, [blob.name for blob in files.values()])
    new = {}
    for path, content in zip(files, contents, strict=True):
        text = _replaced((content or b"").decode("utf-8", "surrogateescape"), names)
        new[path] = text.encode("utf-8", "surrogateescape")
    stored = store(root, new)
    return write_tree(root, {path: Blob(files[path].mode, stored[path]) for path in new}, tree)


def _replaced(text: str, names: Mapping[str, str]) -> str:
    for commit, label in names.items():
        text = text.replace(commit, label)
    return text


def _messages(words: list[str]) -> list[str]:
    """Return git's messages: each is a number of paths, the paths, a short type, and the text."""
    texts, position = [], 0
    while words[position].isdigit():  # git ends its output with an empty word
        position += int(words[position]) + 2
        texts.append(words[position].strip())
        position += 1
    return texts
