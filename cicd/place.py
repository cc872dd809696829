"""Where a person's command works: the root of the clone, and the project that the current folder belongs to."""

from __future__ import annotations

import os
from pathlib import Path

from cicd import git
from cicd.errors import UsageError

FILE = "ml-cicd.toml"
"""The name of a project's configuration."""


def root(directory: Path) -> Path:
    """Return the root of the clone that contains `directory`; `directory` itself outside of any clone."""
    process = git.completed(directory, "rev-parse", "--show-toplevel")
    return Path(os.fsdecode(process.stdout.removesuffix(b"\n"))) if process.returncode == 0 else directory


def branch(directory: Path) -> str:
    """Return the branch that is checked out in the clone that contains `directory`.

    Raises:
        UsageError: there is none: `directory` is in no clone, or a commit is checked out without a branch.

    """
    name = git.query(directory, "symbolic-ref", "--quiet", "--short", "HEAD")
    if not name:
        raise UsageError("No branch is checked out here.", "Name a branch.")
    return name


def project(directory: Path) -> Path:
    """Return the folder of the project that `directory` belongs to: the nearest one upwards with its configuration.

    The search ends at the root of the clone. If no folder has one, `directory` is returned as it is.
    """
    if (directory / FILE).is_file():
        return directory
    absolute = directory.resolve()
    top = root(absolute).resolve()
    if not absolute.is_relative_to(top):
        return directory
    for up, folder in enumerate((absolute, *absolute.parents)):
        if (folder / FILE).is_file():
            return directory.joinpath(*[".."] * up)
        if folder == top:
            break
    return directory
