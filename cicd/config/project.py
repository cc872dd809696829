"""A project's configuration as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cicd import stages
from cicd.config.build import Build, ImageBuild
from cicd.config.service import Service, ServiceDeliverable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config.environments import Command, Environment
    from cicd.config.gate import GateSettings
    from cicd.config.job import Job, JobDeliverable
    from cicd.config.logins import RegistryLogin
    from cicd.config.package import Package
    from cicd.config.train import Model, Train


@dataclass(frozen=True)
class Config:
    """A project's configuration."""

    name: str
    image: str | None = None
    registry_login: RegistryLogin | None = None
    """None: by a token, or as the Docker configuration says."""
    tests: Mapping[str, Command] = field(default_factory=dict)
    test_shm_size: str | None = None
    checks: Mapping[str, Command] = field(default_factory=dict)
    build: Build = field(default_factory=Build)
    release: ImageBuild = field(default_factory=ImageBuild)
    train: Train | None = None
    model: Model | None = None
    gate: GateSettings | None = None
    """None: no model is judged."""
    service: Service = field(default_factory=Service)
    job: Job | None = None
    """What a project without a service runs; its command is empty for a project that delivers packages alone."""
    package: Package | None = None
    others: tuple[ServiceDeliverable, ...] = ()
    """The services beside `service`, which is the first one."""
    jobs: tuple[JobDeliverable, ...] = ()
    """The jobs beside the services, or beside `job`, which is then the first one."""
    deliverable: str = ""
    """The name of `service` or `job`, in the configuration of one beside the first; see `of`."""
    staging_auto: bool = True
    ledger_keys: tuple[str, ...] = ()
    environments: Mapping[str, Environment] = field(default_factory=dict)

    @property
    def has_model(self) -> bool:
        """Whether the release holds a model bundle."""
        return self.train is not None or self.model is not None

    @property
    def is_package_alone(self) -> bool:
        """Whether the project has neither a service nor a batch job: each environment proves its wheels."""
        return self.job is not None and not self.job.command

    @property
    def command(self) -> Command:
        """The command that the release image gets; empty: the one of its Dockerfile."""
        return self.job.command if self.job else self.service.command

    @property
    def service_name(self) -> str:
        """The name of the project's first service is the project's; that of any other one is added to it."""
        return "-".join(filter(None, (self.name, self.deliverable)))

    @property
    def beside(self) -> tuple[ServiceDeliverable | JobDeliverable, ...]:
        """The services and jobs beside the first one."""
        return (*self.others, *self.jobs)

    def of(self, other: ServiceDeliverable | JobDeliverable) -> Config:
        """Return the configuration as a service or job beside the first one needs it."""
        if isinstance(other, ServiceDeliverable):
            return replace(self, service=other.service, deliverable=other.name)
        return replace(self, job=other.job, deliverable=other.name)

    def environment(self, name: str) -> Environment:
        """Return the environment of that name.

        Raises:
            UsageError: there is none.

        """
        return self.environments[stages.named(name).name]
