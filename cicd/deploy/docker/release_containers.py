"""The releases of an environment on a Docker engine: containers, one of which serves; the state is in their labels.

A release that comes up is called `<name>-candidate`; accepted, it takes the name `<name>-<its id>` and keeps it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cicd import labels, named_secrets, variables
from cicd.deploy import secrets
from cicd.errors import CheckFailedError, CicdError, RefusedError
from cicd.oci import containers, resources, secret_files
from cicd.oci.errors import ConflictError, MissingImageError, engine_errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import DockerSettings, Environment
    from cicd.deploy.target import Order
    from cicd.oci.engine import Client, Container

RUNNING = ("running", "restarting", "paused")
LOG_LINES = 40
PRUNED = (
    "If somebody pruned the engine meanwhile, run the deployment again. To spare releases: "
    "docker system prune --filter label!=ml-cicd.project"
)


@dataclass(frozen=True)
class Releases:
    """The release containers of one environment; `labels` say what they belong to."""

    client: Client
    name: str
    network: str
    environment: Environment
    settings: DockerSettings
    labels: Mapping[str, str]
    shm_size: str | None = None
    command: Sequence[str] = ()
    """Empty: the command of the image."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """More environment variables for the release."""

    @property
    def candidate(self) -> str:
        """The name of a release that was not accepted yet."""
        return f"{self.name}-candidate"

    def accepted_name(self, container: Container) -> str:
        """Return the name of a release that was accepted."""
        return f"{self.name}-{container.short_id}"

    def all(self) -> list[Container]:
        """Return all releases, those that ran last first."""
        marks = [f"{key}={value}" for key, value in {**self.labels, labels.ROLE: labels.SERVICE}.items()]
        with engine_errors(f"list the releases of {self.name}"):
            services = self.client.containers.list(all=True, filters={"label": marks}, ignore_removed=True)
        releases = [service for service in services if service.name in (self.candidate, self.accepted_name(service))]
        return sorted(releases, key=_last_run, reverse=True)

    def matches(self, container: Container, order: Order) -> bool:
        """Return whether a container is the release of an order, with the current settings and secrets."""
        names = (labels.RELEASE, labels.COMMIT, labels.SETTINGS)
        if [container.labels.get(name) for name in names] != [order.release, order.commit, self._settings_hash()]:
            return False
        values = named_secrets.read(secrets.VARIABLE, self.environment.secrets)
        return values is None or values == secrets.of(container)

    def create(self, order: Order) -> Container:
        """Create a container of the release, and do not start it.

        Raises:
            RefusedError: the engine has no such image.
            UsageError: the environment's secrets were not given.
            CheckFailedError: the image has no place for the secrets.

        """
        values = secrets.required(self.environment)
        try:
            with engine_errors(f"create {self.candidate}"):
                container = self.client.containers.create(order.release, **self._options(order))
        except MissingImageError as error:
            raise RefusedError(
                f"The engine has no {order.release}.",
                f"Check that the registry still has that image. {PRUNED}",
            ) from error
        try:
            secret_files.put(container, values)
        except BaseException:
            containers.remove(container)
            raise
        return container

    def _options(self, order: Order) -> dict[str, Any]:
        from docker.types import LogConfig  # noqa: PLC0415 -- slow to import, and needed only here

        environment, log = self.environment, dict(self.settings.log)
        return {
            **containers.NO_PROXIES,
            "name": self.candidate,
            "network": self.network,
            "labels": {
                **labels.of_this_run(),
                **self.labels,
                labels.ROLE: labels.SERVICE,
                labels.RELEASE: order.release,
                labels.COMMIT: order.commit,
                **order.facts,
                labels.SETTINGS: self._settings_hash(),
            },
            **({"command": list(self.command)} if self.command else {}),
            "environment": {
                **environment.variables,
                **self.variables,
                variables.ML_CICD_DIGEST: order.digest,
                variables.ML_CICD_COMMIT: order.commit,
                variables.ML_CICD_ENVIRONMENT: environment.name,
            },
            "log_config": LogConfig(type=log.pop("driver", "json-file"), config=log),
            **resources.options(
                cpus=environment.cpus, memory=environment.memory, shm_size=self.shm_size, gpus=environment.gpus
            ),
        }

    def _settings_hash(self) -> str:
        """Return a hash of the settings that make another container necessary. Secrets are compared themselves."""
        environment = self.environment
        values = [
            dict(environment.variables),
            dict(self.settings.log),
            environment.cpus,
            environment.memory,
            sorted(environment.secrets),
            *([self.shm_size] if self.shm_size else []),
            *([{"gpus": environment.gpus}] if environment.gpus else []),
        ]
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def start(container: Container) -> None:
    """Start a release.

    Raises:
        CheckFailedError: the engine can't start it.

    """
    with engine_errors(f"start {container.name}", CheckFailedError):
        container.start()


def set_restart_policy(container: Container, *, always: bool) -> None:
    """Set the restart policy; releases that were not accepted stay down."""
    policy: Any = {"Name": "unless-stopped" if always else "no"}
    with engine_errors(f"set the restart policy of {container.name}"):
        container.update(restart_policy=policy)


def remove(container: Container) -> None:
    """Remove a release, also while it runs; one that is gone, or that somebody else is removing, is no error."""
    try:
        containers.remove(container)
    except ConflictError as error:
        if "already in progress" not in error.message:
            raise


def log(container: Container) -> str:
    """Return the last lines of a release's output."""
    try:
        with engine_errors(f"read the log of {container.name}"):
            return str(container.logs(tail=LOG_LINES).decode(errors="replace"))
    except CicdError as error:
        return f"(no log: {error.message})"


def _last_run(container: Container) -> tuple[bool, str]:
    return container.status in RUNNING, container.attrs["State"]["FinishedAt"]
