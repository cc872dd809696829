"""Deploy targets: where releases run. Each leaves the old release serving when the new one is bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config import CommandSettings, DockerSettings, KubernetesSettings
from cicd.repository import owner_and_name

if TYPE_CHECKING:
    from cicd.config import Config, Environment
    from cicd.deploy.target import Target
    from cicd.repository import Repository


def target_for(config: Config, environment: Environment, repository: Repository) -> Target:
    """Return the target of an environment; `repository` is the project's git repository.

    Raises:
        RefusedError: the environment's host does not identify itself by the pinned key.
        UnreachableError: the target does not answer.

    """
    match environment.settings:
        case DockerSettings() as settings:
            from cicd.deploy.docker import job  # noqa: PLC0415 -- one environment needs one target
            from cicd.deploy.docker import target as docker  # noqa: PLC0415

            make = job.target if config.job else docker.target
            return make(config, environment, settings, repository.forge, repository.unpacked)
        case KubernetesSettings() as settings:
            from cicd.deploy.kubernetes import target as kubernetes  # noqa: PLC0415

            return kubernetes.target(config, environment, settings, repository.forge, repository.unpacked)
        case CommandSettings() as settings:
            from cicd.deploy import command  # noqa: PLC0415
            from cicd.oci import engine, repositories  # noqa: PLC0415

            name = owner_and_name(repository.path)
            path = f"{name}/{config.name}" if repository.directory else name
            releases = repositories.of(path, config.image).release
            return command.CommandTarget(engine.connect(), config, environment, settings, releases)
