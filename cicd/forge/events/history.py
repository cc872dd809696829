"""Answer questions about commits, refs and files in a git repository.

A `directory` is that of the repository, bare or not.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from cicd.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

NO_OBJECT = "0" * 40
"""The object id that git gives a hook for a ref that a push created or deleted."""
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def try_git(directory: Path, *arguments: str) -> str | None:
    """Return the output of a git command in `directory`; None if it fails."""
    result = subprocess.run(["git", "-C", str(directory), *arguments], capture_output=True, check=False)
    return None if result.returncode else result.stdout.decode(errors="surrogateescape").rstrip("\n")


def git(directory: Path, *arguments: str) -> str:
    """Return the output of a git command in `directory`.

    Raises:
        UsageError: git failed.

    """
    result = subprocess.run(["git", "-C", str(directory), *arguments], capture_output=True, check=False)
    if result.returncode:
        raise UsageError(f"git {arguments[0]} failed in {directory}: {result.stderr.decode(errors='replace').strip()}")
    return result.stdout.decode(errors="surrogateescape").rstrip("\n")


def commit_of(directory: Path, name: str) -> str | None:
    """Return the commit that a ref or an object names, annotated tags included; None if there is none."""
    return try_git(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")


def commits_of_refs(directory: Path, without: set[str]) -> list[str]:
    """Return the commits of all branches and tags, except the full refs in `without`."""
    form = "%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)"
    commits: dict[str, None] = {}
    for line in git(directory, "for-each-ref", f"--format={form}", "refs/heads", "refs/tags").splitlines():
        name, kind, identity, peeled_kind, peeled = line.split("\0")
        if name not in without and "commit" in (kind, peeled_kind):
            commits[peeled or identity] = None
    return list(commits)


def folder(directory: Path, commit: str, path: str) -> dict[str, str]:
    """Return the texts of the files directly in the folder `path` of `commit`, by path."""
    listed = git(directory, "ls-tree", commit, f"{path}/").splitlines()
    entries = [line.split("\t", 1) for line in listed if line.split()[1] == "blob"]
    blobs = "".join(f"{entry.split()[2]}\n" for entry, _ in entries)
    words = ["git", "-C", str(directory), "cat-file", "--batch"]
    rest = subprocess.run(words, input=blobs.encode(), capture_output=True, check=True).stdout
    texts = {}
    for _, name in entries:
        header, _, rest = rest.partition(b"\n")
        size = int(header.split()[2])
        texts[name], rest = rest[:size].decode(errors="replace"), rest[size + 1 :]
    return texts


def read(directory: Path, commit: str, path: str) -> str | None:
    """Return the text of the file `path` of `commit`; None if there is no such file."""
    return try_git(directory, "cat-file", "blob", f"{commit}:{path}")


def before_of(directory: Path, commit: str, known: list[str], default_branch: str) -> str:
    """Return the commit, or the empty tree, with which path filters compare a new branch at `commit`.

    It is the parent of the oldest new commit; without a new commit, the merge base with the default branch.
    `known` lists the commits of all refs before the push.
    """
    new = git(directory, "rev-list", "--topo-order", "--reverse", commit, "--not", *known).split()
    if new:
        return commit_of(directory, f"{new[0]}^") or EMPTY_TREE
    return try_git(directory, "merge-base", commit, f"refs/heads/{default_branch}") or EMPTY_TREE


def count(directory: Path, before: str, after: str) -> int:
    """Return the number of commits in `after` that are not in `before`, a commit or the empty tree."""
    since = [] if before == EMPTY_TREE else ["--not", before]
    return int(git(directory, "rev-list", "--count", after, *since))


def changed(directory: Path, before: str, after: str) -> list[str]:
    """Return the paths that differ between two commits; a renamed file counts with both names."""
    listed = git(directory, "diff", "-z", "--name-only", "--no-renames", before, after)
    return [path for path in listed.split("\0") if path]
