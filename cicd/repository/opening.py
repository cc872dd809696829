"""Opening a project's repository: in a job a bare mirror without file contents, else the person's clone."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import git, scratch, variables
from cicd.errors import UsageError
from cicd.repository import remotes
from cicd.repository.snapshot import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def mirror(url: str, directory: str = "") -> Iterator[Repository]:
    """Yield a bare mirror of `url`, fetched without file contents; remove it at the end.

    `directory` is the project's folder in the repository; empty for the root.
    """
    with scratch.folder("mirror") as folder:
        repository = Repository(Path(folder), url, contents=False, directory=directory)
        repository.git("init", "--bare", "--quiet", "--template=")
        repository.fetch()
        yield repository


def clone(directory: Path, remote: str | None = None, *, changes: bool = False) -> Repository:
    """Return the clone that contains the project in `directory`; `remotes.chosen` says with which remote.

    Raises:
        UsageError: `directory` is not in a clone, or the clone has no such remote, or several and none was named.

    """
    chosen = remotes.chosen(directory, remote, changes=changes)
    prefix, up, _ = (
        git.output(directory, "rev-parse", "--show-prefix", "--show-cdup").decode(errors="surrogateescape").split("\n")
    )
    return Repository((directory / up).resolve(), chosen.name, directory=prefix.rstrip("/"))


def _in_job(directory: Path) -> str:
    """Return the project's folder in the repository, for a job, which may have no checkout.

    Raises:
        UsageError: the folder is outside of the repository.

    """
    workspace = os.path.realpath(os.environ.get(variables.GITHUB_WORKSPACE) or ".")
    for path in (os.path.relpath(os.path.realpath(directory), workspace), os.path.normpath(directory)):
        if path != os.pardir and not path.startswith((f"{os.pardir}/", "/")):
            return path if path != os.curdir else ""
    raise UsageError(
        f"The directory {directory} is outside of the repository.",
        "Name the project's directory in the repository, for example: --directory projects/flights",
    )


@contextmanager
def fetched(directory: Path, remote: str | None = None, *, changes: bool = False) -> Iterator[Repository]:
    """Yield the repository of the project in `directory`, freshly fetched: in a job a mirror, else the clone.

    A person's command that `changes` something names one of several remotes; see `remotes.chosen`.
    """
    if remote is None and remotes.in_job():
        url = f"{os.environ[variables.GITHUB_SERVER_URL]}/{os.environ[variables.GITHUB_REPOSITORY]}"
        with mirror(url, _in_job(directory)) as repository:
            yield repository
    else:
        repository = clone(directory, remote, changes=changes)
        repository.fetch()
        yield repository
