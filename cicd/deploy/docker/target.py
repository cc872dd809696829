"""Docker engine as a deploy target: releases beside each other, and a proxy in front that leads to one of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cicd import labels
from cicd.deploy import lock
from cicd.deploy.docker import ssh
from cicd.deploy.docker.site import Site
from cicd.deploy.docker.swap import Swap
from cicd.deploy.engine_lock import EngineLock
from cicd.deploy.target import Running
from cicd.errors import CheckFailedError
from cicd.oci import containers, engine
from cicd.oci.errors import engine_errors

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cicd.config import Config, DockerSettings, Environment
    from cicd.deploy.docker.routing import Routing
    from cicd.deploy.holder import Holder
    from cicd.deploy.target import Accept, Order
    from cicd.oci.containers import Runner
    from cicd.oci.engine import Container


def target(config: Config, environment: Environment, settings: DockerSettings, instance: str) -> DockerTarget:
    """Return the target of an environment: on its host's engine, or else on the engine that answers here.

    Raises:
        RefusedError: the host's key is not the pinned one.
        UnreachableError: no engine answers.

    """
    client = ssh.connect(settings.host, settings.host_key) if settings.host else engine.connect()
    return DockerTarget(Site(client, config, environment, settings, instance))


@dataclass(frozen=True)
class DockerTarget:
    """One environment of one project on one engine; see `Target`."""

    site: Site

    def runner(self, network: str) -> Runner:
        """See `Target.runner`."""
        return containers.runner(self.site.client, network)

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
        """See `Target.locked`."""
        return lock.hold(self._lock, self.site.environment.name, holder, wait)

    def unlock(self) -> Holder | None:
        """See `Target.unlock`."""
        return lock.unlock(self._lock)

    def observe(self) -> Running | None:
        """See `Target.observe`."""
        with engine_errors(f"read what runs in {self.site.environment.name}"):
            return self._observed(self.site.routing())

    def retained(self) -> list[Running]:
        """See `Target.retained`."""
        site = self.site
        with engine_errors(f"read which releases {site.environment.name} retains"):
            releases = site.releases.all()
            serving = site.serving(releases, site.routing())
            stopped = [r for r in releases if r != serving and r.name != site.releases.candidate]
            return [self._running(release, "it is stopped") for release in stopped]

    def plan(self, order: Order) -> list[str]:
        """See `Target.plan`."""
        with engine_errors(f"read what runs in {self.site.environment.name}"):
            return [step.text for step in Swap(self.site, order, lambda *_: None).steps()]

    def apply(self, order: Order, accept: Accept) -> Running:
        """See `Target.apply`. A release that serves already is only judged again."""
        swap = Swap(self.site, order, accept)
        swap.run()
        with engine_errors(f"read what runs in {self.site.environment.name}"):
            running = self._observed(swap.routing or self.site.routing())
        if running is None or not running.healthy:
            problem = running.detail if running else "nothing serves"
            raise CheckFailedError(
                f"After the deployment, {self.site.name} is not healthy: {problem}",
                "Run the deployment again: it repairs what was changed by hand.",
            )
        if not swap.candidate.exists:
            accept(self.site.inner_url(self.site.proxy.container()), self.site.network)
        return running

    @cached_property
    def _lock(self) -> EngineLock:
        return EngineLock(self.site.client, f"{self.site.name}-lock", self.site.labels_for(labels.LOCK))

    def _observed(self, routing: Routing | None) -> Running | None:
        release = self.site.serving(self.site.releases.all(), routing)
        if release is None or self.site.proxy.find() is None:
            return None
        problem = f"it is {release.status}" if release.status != "running" else self.site.problem(release)
        return self._running(release, problem)

    def _running(self, release: Container, problem: str) -> Running:
        return Running(
            release=release.labels[labels.RELEASE],
            commit=release.labels[labels.COMMIT],
            entry=release.labels[labels.ENTRY],
            after=release.labels[labels.AFTER],
            url=self.site.url(),
            healthy=not problem,
            detail=problem,
        )
