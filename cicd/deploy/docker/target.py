"""Docker engine as a deploy target: releases beside each other, and a proxy in front that leads to one of them.

`<name>` is `<project>-<environment>`, and a local forge's instance where one deploys. What runs is read from the
engine: `<name>-proxy` with its volume says which release serves, the labels of the containers say what each is.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cicd import labels
from cicd.deploy.docker import ssh
from cicd.deploy.docker.proxy import Proxy
from cicd.deploy.docker.release_containers import Releases
from cicd.deploy.docker.swap import Swap
from cicd.deploy.engine_lock import Lock
from cicd.deploy.target import Running
from cicd.errors import CheckFailedError
from cicd.oci import containers, engine, images

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docker import DockerClient
    from docker.models.containers import Container

    from cicd.config import Config, Environment
    from cicd.deploy.docker.proxy import Routing
    from cicd.deploy.target import Accept, Holder, Order
    from cicd.oci.containers import Finished, Runner

HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 -- of a host that is there for its users


def target(config: Config, environment: Environment, instance: str) -> DockerTarget:
    """The target of an environment: on its host's engine, or else on the one that answers here.

    Raises:
        RefusedError: the host's key is not the pinned one.
        UnreachableError: no engine answers.

    """
    client = ssh.connect(environment.host, environment.host_key) if environment.host else engine.connect()
    return DockerTarget(client, config, environment, instance)


@dataclass(frozen=True)
class DockerTarget:
    """One environment of one project on one engine."""

    client: DockerClient
    config: Config
    environment: Environment
    instance: str = ""
    """The local forge that deploys: each has environments of its own on the engine."""

    @property
    def name(self) -> str:
        """What the names of all that belongs to the environment begin with."""
        return "-".join(filter(None, (self.config.name, self.environment.name, self.instance)))

    @property
    def network(self) -> str:
        """The environment's network."""
        return f"ml-cicd-{self.name}"

    def runner(self, network: str) -> Runner:
        """See `Target.runner`."""

        def run(image: str, command: Sequence[str], **options: Any) -> Finished:
            images.pull(self.client, image)
            return containers.run(self.client, image, command, network=network, **options)

        return run

    @cached_property
    def proxy(self) -> Proxy:
        """What users reach."""
        return Proxy(
            client=self.client,
            name=f"{self.name}-proxy",
            network=self.network,
            labels=self._labels(labels.PROXY),
            address=self.environment.bind or (EVERYWHERE if self.environment.host else HERE),
            port=self.environment.port,
            service_port=self.config.service.port,
        )

    @cached_property
    def releases(self) -> Releases:
        """The containers behind the proxy."""
        return Releases(self.client, self.name, self.network, self.environment, self._labels(labels.SERVICE))

    @contextmanager
    def locked(self, holder: Holder, wait: float) -> Iterator[None]:
        """See `Target.locked`."""
        with self._lock.held(holder, wait, f"ml-cicd unlock {self.environment.name}"):
            yield

    def unlock(self) -> Holder | None:
        """See `Target.unlock`."""
        holder = self._lock.holder()
        self._lock.remove()
        return holder

    def observe(self) -> Running | None:
        """See `Target.observe`."""
        return self._observed(self.routing())

    def _observed(self, routing: Routing | None) -> Running | None:
        container = self.serving(self.releases.all(), routing)
        if container is None or self.proxy.find() is None:
            return None
        problem = f"it is {container.status}" if container.status != "running" else self.problem(container)
        return self._running(container, problem)

    def retained(self) -> list[Running]:
        """See `Target.retained`."""
        known = self.releases.all()
        serves = self.serving(known, self.routing())
        others = [one for one in known if one != serves and one.name != self.releases.candidate]
        return [self._running(one, "it is stopped") for one in others]

    def plan(self, order: Order) -> list[str]:
        """See `Target.plan`."""
        return [step.text for step in Swap(self, order, lambda *_: None).steps()]

    def apply(self, order: Order, accept: Accept) -> Running:
        """See `Target.apply`. A release that serves already is only judged again."""
        swap = Swap(self, order, accept)
        swap.run()
        running = self._observed(swap.routing or self.routing())
        if running is None or not running.healthy:
            raise CheckFailedError(f"{self.name} is not healthy: {running.detail if running else 'nothing serves'}")
        if swap.candidate is None:
            accept(self.inside(self.proxy.container()), self.network)
        return running

    def routing(self) -> Routing | None:
        """Where the proxy leads; None when somebody removed it."""
        return self.proxy.routing() if self.proxy.find() else None

    def serving(self, known: Sequence[Container], routing: Routing | None) -> Container | None:
        """The release of these to which the proxy leads; where there is no proxy, the one that runs."""
        if routing is None:
            running = (one for one in known if one.status == "running" and one.name != self.releases.candidate)
            return next(running, None)
        return next((one for one in known if one.short_id == routing.name), None)

    def problem(self, container: Container) -> str:
        """Why users do not find this release, healthy, behind the proxy; empty when they do."""
        digest = container.labels[labels.RELEASE].partition("@")[2]
        return self.proxy.probe(self.config.service.health, digest)

    def inside(self, container: Container) -> str:
        """The URL of a container of the environment's network, on that network."""
        port = self.proxy.inner_port if container.name == self.proxy.name else self.config.service.port
        return f"http://{container.name}:{port}"

    def create_network(self) -> None:
        """Make the environment's network."""
        self.client.networks.create(self.network, labels=self._labels(labels.NETWORK), check_duplicate=True)

    @cached_property
    def _lock(self) -> Lock:
        return Lock(
            self.client, f"{self.name}-lock", self._labels(labels.LOCK), lambda text: print(text, file=sys.stderr)
        )

    def _labels(self, role: str) -> dict[str, str]:
        return {
            labels.PROJECT: self.config.name,
            labels.ENVIRONMENT: self.environment.name,
            labels.ROLE: role,
            **({labels.INSTANCE: self.instance} if self.instance else {}),
        }

    def _running(self, container: Container, problem: str) -> Running:
        worn = container.labels
        bind = self.proxy.address
        machine = urlsplit(self.environment.host).hostname if self.environment.host else HERE
        return Running(
            release=worn[labels.RELEASE],
            commit=worn[labels.COMMIT],
            entry=worn[labels.ENTRY],
            after=worn[labels.AFTER],
            url=self.proxy.url(machine or HERE if bind == EVERYWHERE else bind),
            healthy=not problem,
            detail=problem,
        )
