"""Deploy targets: where releases run. Each leaves the old release serving when the new one is bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import UsageError

if TYPE_CHECKING:
    from cicd.config import Config, Environment
    from cicd.deploy.target import Target


def target_for(config: Config, environment: Environment, instance: str) -> Target:
    """The target that carries an environment; `instance` as of `deployment.instance_of`.

    Raises:
        UsageError: there is no such kind of target.
        UnreachableError: it does not answer.

    """
    match environment.target:
        case "docker":
            from cicd.deploy import docker  # noqa: PLC0415 -- one environment needs one kind of target

            return docker.target(config, environment, instance)
        case other:
            raise UsageError(f"There is no deploy target '{other}'.", "docs/configuration.md lists the targets.")
