"""The names of a repository: its owner and name, and the path of its images."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cicd import git, variables
from cicd.errors import UsageError
from cicd.repository.opening import clone

if TYPE_CHECKING:
    from pathlib import Path


def image_path(directory: Path, project: str) -> str:
    """Return the path of the default image repository of the project that is checked out in `directory`.

    It is `owner/name` of the git repository, and the project's name behind it for a project in a folder: two projects
    of one repository must not move each other's tags.
    """
    name = owner_and_name(directory)
    try:
        return f"{name}/{project}" if git.text(directory, "rev-parse", "--show-prefix") else name
    except UsageError:  # without git, actions/checkout brings the files alone; `ci` needs no more
        return name


def owner_and_name(directory: Path, remote: str | None = None) -> str:
    """Return `owner/name` of the repository: the running job's, else the last two parts of the remote's address."""
    if name := os.environ.get(variables.GITHUB_REPOSITORY):
        return name
    repository = clone(directory, remote)
    address = repository.git("remote", "get-url", repository.remote)
    path = urlsplit(address).path or address.partition(":")[2]
    parts = path.removesuffix("/").removesuffix(".git").split("/")
    return "/".join(parts[-2:])
