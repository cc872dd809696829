"""Git for the forge: plain calls in a given directory."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from cicd.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = "0" * 40
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def try_git(directory: Path, *arguments: str) -> str | None:
    """The output of a git command in `directory`, None when it failed."""
    result = subprocess.run(["git", "-C", str(directory), *arguments], capture_output=True, check=False)
    return None if result.returncode else result.stdout.decode(errors="surrogateescape").rstrip("\n")


def git(directory: Path, *arguments: str) -> str:
    """The output of a git command in `directory`.

    Raises:
        UsageError: git failed; the message carries its words.

    """
    result = subprocess.run(["git", "-C", str(directory), *arguments], capture_output=True, check=False)
    if result.returncode:
        raise UsageError(f"git {arguments[0]} failed in {directory}: {result.stderr.decode(errors='replace').strip()}")
    return result.stdout.decode(errors="surrogateescape").rstrip("\n")


def commit_of(directory: Path, name: str) -> str | None:
    """The commit to which an object or a ref peels, None when there is none."""
    return try_git(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")


def commits_of_refs(directory: Path, without: set[str]) -> list[str]:
    """The commits to which the branches and tags point, those in `without` left out."""
    form = "%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)"
    found: dict[str, None] = {}
    for line in git(directory, "for-each-ref", f"--format={form}", "refs/heads", "refs/tags").splitlines():
        name, kind, identity, peeled_kind, peeled = line.split("\0")
        if name not in without and "commit" in (kind, peeled_kind):
            found[peeled or identity] = None
    return list(found)


def folder(directory: Path, commit: str, path: str) -> dict[str, str]:
    """The files right in the folder `path` as of `commit`: their paths and texts."""
    listed = git(directory, "ls-tree", commit, f"{path}/").splitlines()
    entries = [line.split("\t", 1) for line in listed if line.split()[1] == "blob"]
    wanted = "".join(f"{entry.split()[2]}\n" for entry, _ in entries)
    words = ["git", "-C", str(directory), "cat-file", "--batch"]
    rest = subprocess.run(words, input=wanted.encode(), capture_output=True, check=True).stdout
    found = {}
    for _, name in entries:
        header, _, rest = rest.partition(b"\n")
        size = int(header.split()[2])
        found[name], rest = rest[:size].decode(errors="replace"), rest[size + 1 :]
    return found


def read(directory: Path, commit: str, path: str) -> str | None:
    """The text of a file as of `commit`, None when there is no such file."""
    return try_git(directory, "cat-file", "blob", f"{commit}:{path}")


def before_of(directory: Path, commit: str, known: list[str], default_branch: str) -> str:
    """What a new branch is compared with: the parent of the oldest commit that it brings.

    `known` names what the repository had before the push. A branch that brings no commit is compared with the
    default branch.
    """
    brought = git(directory, "rev-list", "--topo-order", "--reverse", commit, "--not", *known).split()
    if brought:
        return commit_of(directory, f"{brought[0]}^") or EMPTY_TREE
    return try_git(directory, "merge-base", commit, f"refs/heads/{default_branch}") or EMPTY_TREE


def count(directory: Path, before: str, after: str) -> int:
    """How many commits `after` has that `before` (a commit, or the empty tree) has not."""
    since = [] if before == EMPTY_TREE else ["--not", before]
    return int(git(directory, "rev-list", "--count", after, *since))


def changed(directory: Path, before: str, after: str) -> list[str]:
    """The paths that differ between two commits; a renamed file counts with both names."""
    listed = git(directory, "diff", "-z", "--name-only", "--no-renames", before, after)
    return [path for path in listed.split("\0") if path]
