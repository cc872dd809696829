"""The branches of a project: where tested commits are, and whose pushes start integration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import git
from cicd.repository.snapshot import MAIN
from cicd.start.callers import Branches
from cicd.start.note import Note, assumed, found, undecided

if TYPE_CHECKING:
    from pathlib import Path

INTEGRATION = ("develop", "development", "dev")
SUBJECT = "branches"


def detect(directory: Path, *, main: str = "", integration: str = "") -> tuple[Branches, list[Note]]:
    """Return the branches of the repository in `directory`; what is named counts.

    Raises:
        UsageError: it is no git repository.

    """
    existing = _names(directory)
    notes: list[Note] = []
    default = main or _default(directory, existing)
    second = integration or next((name for name in INTEGRATION if name in existing and name != default), "")
    if default in INTEGRATION and not main:  # people merge to develop, and it is the default branch
        second, default = default, next((name for name in MAIN if name in existing), MAIN[0])
    if not second:
        notes.append(
            assumed(SUBJECT, f"Trunk-based: integration builds each push to {default}.", "--integration develop")
        )
    else:
        notes.append(found(SUBJECT, f"integration builds {second}; tested commits go to {default}"))
    if default not in MAIN:
        text = f"The tested commits are on '{default}'; the kit moves {' or '.join(MAIN)}."
        notes.append(undecided(SUBJECT, text, f"git branch -m {default} main, then make it the default branch"))
    return Branches(default, second or default), notes


def _names(directory: Path) -> set[str]:
    listed = git.lines(directory, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes/origin")
    return {name.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/") for name in listed}


def _default(directory: Path, existing: set[str]) -> str:
    """Return the default branch of `origin`, else `main` or `master`, else the branch that is checked out."""
    remote = git.query(directory, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD") or ""
    current = git.query(directory, "symbolic-ref", "--quiet", "--short", "HEAD") or ""
    named = remote.removeprefix("refs/remotes/origin/")
    return named or next((name for name in MAIN if name in existing), current or MAIN[0])
