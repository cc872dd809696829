"""Deploy targets: where releases run. Each leaves the old release serving when the new one is bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import UsageError
from cicd.repository import slug

if TYPE_CHECKING:
    from cicd.config import Config, Environment
    from cicd.deploy.target import Target
    from cicd.repository import Repository


def target_for(config: Config, environment: Environment, repository: Repository) -> Target:
    """The target that carries an environment; `repository` is the project's.

    Raises:
        UsageError: there is no such kind of target.
        UnreachableError: it does not answer.

    """
    match environment.target:
        case "docker":
            from cicd.deploy.docker import target as docker  # noqa: PLC0415 -- one environment needs one target

            return docker.target(config, environment, repository.forge)
        case "kubernetes":
            from cicd.deploy.kubernetes import target as kubernetes  # noqa: PLC0415

            return kubernetes.target(config, environment, repository.forge, repository.unpacked)
        case "command":
            from cicd.deploy import command  # noqa: PLC0415
            from cicd.oci import engine, registry  # noqa: PLC0415

            releases = registry.repository_for(slug(repository.path), config.image)
            return command.CommandTarget(engine.connect(), config, environment, releases)
        case other:
            raise UsageError(f"There is no deploy target '{other}'.", "docs/configuration.md lists the targets.")
