"""The tables `[environments.<name>]`: what every environment has, and what only its deploy target has."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config.logins import ClusterLogin

Command = tuple[str, ...]


@dataclass(frozen=True)
class DockerSettings:
    """An environment on a Docker engine."""

    host: str = ""
    """`ssh://user@machine[:port]`; empty: the engine that answers here."""
    host_key: str = ""
    bind: str = ""
    """Empty: 127.0.0.1, or every address of a `host`."""
    drain_timeout: float = 30
    log: Mapping[str, str] = field(default_factory=lambda: {"max-size": "10m", "max-file": "3"})


@dataclass(frozen=True)
class KubernetesSettings:
    """An environment on a cluster."""

    namespace: str = ""
    """Empty: one named after the project and the environment."""
    context: str = ""
    """Empty: the kubeconfig's current one."""
    login: ClusterLogin | None = None
    """None: as the kubeconfig says."""
    replicas: int = 2
    service_type: str = "ClusterIP"
    manifests: str = ""
    """A kustomize folder of the project; empty: the kit's own manifests."""


@dataclass(frozen=True)
class CommandSettings:
    """An environment that the project's own deployment tool brings releases to."""

    image: str
    command: Command
    url: str


Settings = DockerSettings | KubernetesSettings | CommandSettings
SETTINGS: dict[str, type[DockerSettings | KubernetesSettings | CommandSettings]] = {
    "docker": DockerSettings,
    "kubernetes": KubernetesSettings,
    "command": CommandSettings,
}
"""The values of the key `target`."""


@dataclass(frozen=True)
class Environment:
    """Where releases run. Times are in seconds."""

    name: str
    settings: Settings = field(default_factory=DockerSettings)
    ephemeral: bool | None = None
    """Whether the environment may vanish with the job; None: as its stage says."""
    health_timeout: float = 60
    stop_timeout: float = 10
    promoters: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    approvals: int = 1
    """How many of the approvers must have approved a release, if any are named."""
    port: int = 0
    """The port at which users reach it; 0: a free one, chosen once and kept."""
    ports: Mapping[str, int] = field(default_factory=dict)
    """The ports of the other services, by name."""
    retain: int = 5
    cpus: float | None = None
    memory: str | None = None
    gpus: int = 0
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()

    def of(self, service: str) -> Environment:
        """Return the environment as a service or job beside the first one needs it."""
        return replace(self, port=self.ports.get(service, 0))
