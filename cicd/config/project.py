"""The tables of a project as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd import stages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config.environments import Command, Environment


@dataclass(frozen=True)
class Build:
    """How the images are built."""

    cache: bool = True
    """Whether layers travel through the registry: integration writes them, ci reads them."""


@dataclass(frozen=True)
class Train:
    """How the model bundle is made, and what decides whether it must be made again."""

    command: Command
    inputs: tuple[str, ...] = ("src", "requirements")
    lock: str = "requirements/default.txt"


@dataclass(frozen=True)
class Service:
    """What the release image serves."""

    port: int = 8000
    health: str = "/health"


@dataclass(frozen=True)
class Config:
    """A project's configuration."""

    name: str
    image: str | None = None
    tests: Mapping[str, Command] = field(default_factory=dict)
    checks: Mapping[str, Command] = field(default_factory=dict)
    build: Build = field(default_factory=Build)
    train: Train | None = None
    service: Service = field(default_factory=Service)
    staging_auto: bool = True
    ledger_keys: tuple[str, ...] = ()
    environments: Mapping[str, Environment] = field(default_factory=dict)

    def environment(self, name: str) -> Environment:
        """Return the environment of that name.

        Raises:
            UsageError: there is none.

        """
        return self.environments[stages.named(name).name]
