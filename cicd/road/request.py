"""A request to bring a release to an environment: a command builds it once, the road resolves and verifies it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd import config as configuration
from cicd import ledger
from cicd.errors import UsageError
from cicd.oci import logins
from cicd.road import entries

if TYPE_CHECKING:
    from cicd.config import Config
    from cicd.repository import Repository
    from cicd.stages import Stage


@dataclass(frozen=True)
class Built:
    """The images that integration has just built, as `repository@sha256:...`."""

    release: str
    test: str
    evaluation: str = ""
    """The image of the evaluation set; empty for a project whose models nobody judges."""


@dataclass(frozen=True)
class Request:
    """Bring the release of a commit to the environment of a stage."""

    stage: Stage
    commit: str = ""
    """A commit, branch or tag, and its full SHA once resolved. Empty, with `backwards`: the previous release's."""
    tag: str | None = None
    """The trigger tag that must still point to the commit."""
    backwards: bool = False
    """Whether the commit may be older than the one that runs."""
    release: str | None = None
    """Which release of the commit, as `repository@sha256:...`; None: the newest accepted one."""
    built: Built | None = None
    """For integration: the images to deploy. Every other stage takes them from the ledger."""
    reason: str = ""
    wait: float = 0
    """Seconds to wait for the environment's lock."""
    by_person: bool = False
    """Whether a person at a terminal saw what runs, and chose the release."""
    offline: bool = False
    """Whether the git remote is down, so that the ledger as last fetched counts."""


def config_for(repository: Repository, stage: Stage, commit: str) -> Config:
    """Return the configuration that governs a stage: main's, never that of the commit that is promoted.

    A changed configuration arrives in integration first, so there the commit's own governs. From then on its table
    `[registry.login]` counts for the registry of its images.

    Raises:
        UsageError: there is none, or it is not valid.

    """
    source = commit if stage.configuration_from == "commit" else repository.main_commit or commit
    path = repository.in_project(configuration.FILE)
    text = repository.show(source, path)
    if text is None:
        raise UsageError(
            f"The commit {source[:12]} has no {path}.",
            f"Add {path} and push it, or name the project's directory: --directory projects/flights",
        )
    config = configuration.parse(text, f"{path} at {source[:12]}")
    logins.follow(config)
    return config


def resolve(repository: Repository, request: Request) -> tuple[Request, Config]:
    """Return the request with the full SHA of its commit, and the configuration that governs it.

    Raises:
        UsageError: there is no such commit or configuration.
        RefusedError: the previous release is asked for, and there is none.

    """
    previous = request.backwards and not request.commit
    commit = repository.commit(repository.main_branch if previous else request.commit)
    config = config_for(repository, request.stage, commit)
    if previous:
        chain = ledger.read(repository, config.name, request.stage.name)
        commit = entries.previous_release(chain, request.stage.name).deployment.commit
    return replace(request, commit=commit), config
