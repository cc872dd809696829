"""The releases of an environment on a Docker engine: containers, one of which serves; the state is in their labels.

One that comes up is called `<name>-candidate`; accepted, it takes the name `<name>-<its id>` and keeps it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docker.errors import APIError, ImageNotFound
from docker.types import LogConfig

from cicd import labels, variables
from cicd.deploy import secrets
from cicd.errors import CheckFailedError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docker import DockerClient
    from docker.models.containers import Container

    from cicd.config import DockerSettings, Environment
    from cicd.deploy.target import Order

RUNNING = ("running", "restarting", "paused")
LOG_LINES = 40


@dataclass(frozen=True)
class Releases:
    """The containers of one environment; `labels` say to what they belong."""

    client: DockerClient
    name: str
    network: str
    environment: Environment
    settings: DockerSettings
    labels: Mapping[str, str]

    @property
    def candidate(self) -> str:
        """The name of a release that was not accepted yet."""
        return f"{self.name}-candidate"

    def lasting(self, container: Container) -> str:
        """The name of a release that was accepted."""
        return f"{self.name}-{container.short_id}"

    def all(self) -> list[Container]:
        """All of them, those that ran last first."""
        wanted = [f"{key}={value}" for key, value in {**self.labels, labels.ROLE: labels.SERVICE}.items()]
        found = self.client.containers.list(all=True, filters={"label": wanted}, ignore_removed=True)
        mine = [one for one in found if one.name in (self.candidate, self.lasting(one))]
        return sorted(mine, key=lambda one: (one.status in RUNNING, one.attrs["State"]["FinishedAt"]), reverse=True)

    def fits(self, container: Container, order: Order) -> bool:
        """Whether it is what the order asks for, with the settings and the secrets of now."""
        worn = container.labels
        wanted = (order.release, order.commit, self._settings())
        if (worn.get(labels.RELEASE), worn.get(labels.COMMIT), worn.get(labels.SETTINGS)) != wanted:
            return False
        values = secrets.given(self.environment.secrets)
        return values is None or values == secrets.of(container)

    def create(self, order: Order) -> Container:
        """A new container of the release, not started.

        Raises:
            RefusedError: the engine has no such image.
            UsageError: the environment's secrets were not given.

        """
        values = secrets.required(self.environment)
        environment = self.environment
        log = dict(self.settings.log)
        options: dict[str, Any] = {
            "name": self.candidate,
            "network": self.network,
            "labels": {
                **labels.of_this_run(),
                **self.labels,
                labels.ROLE: labels.SERVICE,
                labels.RELEASE: order.release,
                labels.COMMIT: order.commit,
                labels.ENTRY: order.entry,
                labels.AFTER: order.after,
                labels.SETTINGS: self._settings(),
            },
            "environment": {
                **environment.variables,
                variables.ML_CICD_DIGEST: order.digest,
                variables.ML_CICD_COMMIT: order.commit,
                variables.ML_CICD_ENVIRONMENT: environment.name,
            },
            "log_config": LogConfig(type=log.pop("driver", "json-file"), config=log),
            "mem_limit": environment.memory,
            "nano_cpus": int(1e9 * environment.cpus) if environment.cpus else None,
        }
        try:
            container = self.client.containers.create(order.release, **options)
        except ImageNotFound as error:
            raise RefusedError(f"The engine has no {order.release}.", "Is the registry's copy still there?") from error
        secrets.put(container, values)
        return container

    def _settings(self) -> str:
        """What else than the release decides what a container is, in short. Secrets are compared themselves."""
        one = self.environment
        decides = [dict(one.variables), dict(self.settings.log), one.cpus, one.memory, sorted(one.secrets)]
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:16]


def start(container: Container) -> None:
    """Start a release.

    Raises:
        CheckFailedError: the engine can't.

    """
    try:
        container.start()
    except APIError as error:
        raise CheckFailedError(f"The release can't be started: {error.explanation}") from error


def restart(container: Container, *, always: bool) -> None:
    """Whether the engine starts it again when it ends by itself; one that is not accepted yet must not come back."""
    policy: Any = {"Name": "unless-stopped" if always else "no"}
    container.update(restart_policy=policy)


def log(container: Container) -> str:
    """The last lines of what it said."""
    try:
        return str(container.logs(tail=LOG_LINES).decode(errors="replace"))
    except APIError as error:
        return f"(no log: {error.explanation})"
