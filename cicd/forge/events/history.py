"""Answer questions about the commits, refs and files of a git repository.

A `directory` is that of the repository, bare or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import git

if TYPE_CHECKING:
    from pathlib import Path

NO_OBJECT = "0" * 40
"""The object id that git gives a hook for a ref that a push created or deleted."""
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def commit_of(directory: Path, name: str) -> str | None:
    """Return the commit that a ref or an object names, annotated tags included; None if there is none."""
    answer = git.text(directory, "cat-file", "--batch-check", stdin=f"{name}^{{commit}}\n".encode()).split(" ")
    return answer[0] if answer[1:2] == ["commit"] else None


def commits_of_refs(directory: Path, without: set[str]) -> list[str]:
    """Return the commits of all branches and tags, except the full refs in `without`."""
    form = "%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)"
    commits: dict[str, None] = {}
    for line in git.lines(directory, "for-each-ref", f"--format={form}", "refs/heads", "refs/tags"):
        name, kind, identity, peeled_kind, peeled = line.split("\0")
        if name not in without and "commit" in (kind, peeled_kind):
            commits[peeled or identity] = None
    return list(commits)


def branches_at(directory: Path, commit: str) -> list[str]:
    """Return the full refs of the branches that point at a commit."""
    return git.lines(directory, "for-each-ref", "--format=%(refname)", f"--points-at={commit}", "refs/heads")


def contains(directory: Path, commit: str, ancestor: str) -> bool:
    """Return whether `ancestor` (a commit, or any other object) is a commit in the history of `commit`."""
    old = commit_of(directory, ancestor)
    return old is not None and git.query(directory, "merge-base", "--is-ancestor", old, commit) is not None


def folder(directory: Path, commit: str, path: str) -> dict[str, str]:
    """Return the texts of the files directly in the folder `path` of `commit`, by path."""
    listing = git.text(directory, "ls-tree", "-z", commit, f"{path}/").split("\0")
    entries = [line.split("\t", 1) for line in listing if line.split(" ")[1:2] == ["blob"]]
    contents = git.objects(directory, [fields.split(" ")[2] for fields, _ in entries])
    return {
        name: (content or b"").decode(errors="replace") for (_, name), content in zip(entries, contents, strict=True)
    }


def read(directory: Path, commit: str, path: str) -> str | None:
    """Return the text of the file `path` of `commit`; None if there is no such file."""
    answer = git.output(directory, "cat-file", "--batch", stdin=f"{commit}:{path}\n".encode())
    header, _, content = answer.partition(b"\n")
    return content[:-1].decode(errors="surrogateescape") if header.split()[1:2] == [b"blob"] else None


def before_of(directory: Path, commit: str, old_commits: list[str], default_branch: str) -> str:
    """Return the commit, or the empty tree, with which path filters compare a new branch at `commit`.

    It is the parent of the oldest new commit; without a new commit, the merge base with the default branch.
    `old_commits` lists the commits of all refs before the push.
    """
    new = git.text(directory, "rev-list", "--topo-order", "--reverse", commit, "--not", *old_commits).split()
    if new:
        return commit_of(directory, f"{new[0]}^") or EMPTY_TREE
    default = commit_of(directory, f"refs/heads/{default_branch}")
    return (default and git.query(directory, "merge-base", commit, default)) or EMPTY_TREE


def count(directory: Path, before: str, after: str) -> int:
    """Return the number of commits in `after` that are not in `before`, a commit or the empty tree."""
    since = [] if before == EMPTY_TREE else ["--not", before]
    return int(git.text(directory, "rev-list", "--count", after, *since))


def changed(directory: Path, before: str, after: str) -> list[str]:
    """Return the paths that differ between two commits; a renamed file counts with both names."""
    listing = git.text(directory, "diff", "-z", "--name-only", "--no-renames", before, after)
    return [path for path in listing.split("\0") if path]
