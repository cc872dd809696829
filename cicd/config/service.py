"""The table `[service]`: what the release image serves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.config.build import ImageBuild

if TYPE_CHECKING:
    from cicd.config.environments import Command


@dataclass(frozen=True)
class ProxySettings:
    """What the proxy of a Docker environment lets through; see the schema."""

    header_bytes: int = 65_536
    headers: int = 500
    body_bytes: int | None = None
    idle_timeout: float = 3600
    """In seconds."""
    connections: int = 4096
    trusted_proxies: tuple[str, ...] = ()


@dataclass(frozen=True)
class ServiceDeliverable:
    """A service beside the first one of a project."""

    name: str
    service: Service
    build: ImageBuild = field(default_factory=ImageBuild)
    """How its image is built; without a Dockerfile of its own it runs in the image of the first service."""

    @property
    def command(self) -> Command:
        """The command that starts the service; empty for that of its image."""
        return self.service.command


@dataclass(frozen=True)
class Service:
    """What the release image serves."""

    port: int = 8000
    health: str = "/health"
    command: Command = ()
    """Empty: the `CMD` of the image."""
    shm_size: str | None = None
    public_host: str = ""
    """The name by which users know it; health checks and tests send it as the header Host."""
    proxy: ProxySettings = field(default_factory=ProxySettings)
