"""Docker engine as a deploy target: a health-gated swap of containers.

The new container comes up beside the old one under the name `<project>-<environment>-candidate`; a name is taken
atomically, so it is also the lock. When it is healthy and its tests pass it takes the name `<project>-<environment>`,
and only then the old one goes. Where a local forge deploys, its instance is a part of every name.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docker.errors import APIError, ImageNotFound, NotFound

from cicd import containers, engine, health, images, instance, steps
from cicd.deploy.target import Order, Running
from cicd.errors import CheckFailedError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docker import DockerClient
    from docker.models.containers import Container

    from cicd.config import Config, Environment
    from cicd.containers import Finished, Runner
    from cicd.deploy.target import Accept, Holder

RELEASE, COMMIT, ENTRY, AFTER = "ml-cicd.release", "ml-cicd.commit", "ml-cicd.entry", "ml-cicd.after"
HOLDER = "ml-cicd.holder"
POLL = 0.1
LOG_LINES = 40


def target(config: Config, environment: Environment, instance: str) -> DockerTarget:
    """The target of an environment on the engine that answers.

    Raises:
        UnreachableError: none does.

    """
    return DockerTarget(engine.connect(), config, environment, instance)


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
        """The name of the container that serves."""
        return "-".join(filter(None, (self.config.name, self.environment.name, self.instance)))

    def runner(self, network: str) -> Runner:
        """See `Target.runner`."""

        def run(image: str, command: Sequence[str], **options: Any) -> Finished:
            images.pull(self.client, image)
            return containers.run(self.client, image, command, network=network, **options)

        return run

    @contextmanager
    def locked(self, holder: Holder, wait: float) -> Iterator[None]:  # noqa: ARG002 -- the candidate's name is the lock
        """See `Target.locked`."""
        yield

    def plan(self, order: Order) -> list[str]:
        """See `Target.plan`."""
        return [f"bring {order.release} to {self.name}"]

    def retained(self) -> list[Running]:
        """See `Target.retained`."""
        return []

    def unlock(self) -> Holder | None:
        """See `Target.unlock`."""
        return None

    def observe(self) -> Running | None:
        """What the engine runs under the environment's name."""
        container = self._find(self.name)
        if container is None:
            return None
        labels = container.labels
        url = self._url(container)
        digest = labels[RELEASE].partition("@")[2]
        problem = health.problem(url + self.config.service.health, digest) if url else f"it is {container.status}"
        return Running(
            release=labels[RELEASE],
            commit=labels[COMMIT],
            entry=labels[ENTRY],
            after=labels.get(AFTER, ""),
            url=url,
            healthy=not problem,
            detail=problem,
        )

    def apply(self, order: Order, accept: Accept) -> Running:
        """See `Target.apply`. The same release of the same commit, healthy already, is only judged again."""
        self._recover()
        running = self.observe()
        network = self._network()
        if running and running.healthy and (running.release, running.commit) == (order.release, order.commit):
            accept(self._inside(self.name), network)
            return running
        images.pull(self.client, order.release)
        candidate = self._start(order, network)
        try:
            self._wait(candidate, order)
            accept(self._inside(candidate.name or ""), network)
            self._switch(candidate)
        except BaseException:
            sys.stdout.write(f"The last lines of {candidate.name}, which is taken down:\n{_log(candidate)}\n")
            candidate.remove(force=True)
            raise
        switched = self.observe()
        if switched is None or not switched.healthy:
            raise CheckFailedError(
                f"{self.name} is not healthy after the switch: {switched.detail if switched else ''}"
            )
        return switched

    def _find(self, name: str) -> Container | None:
        try:
            return self.client.containers.get(name)
        except NotFound:
            return None

    def _network(self) -> str:
        name = f"ml-cicd-{self.name}"
        if not self.client.networks.list(names=[f"^{name}$"]):
            self.client.networks.create(name, labels=self._labels("network"), check_duplicate=True)
        return name

    def _labels(self, role: str) -> dict[str, str]:
        return {
            containers.PROJECT: self.config.name,
            containers.ENVIRONMENT: self.environment.name,
            containers.ROLE: role,
            **({instance.LABEL: self.instance} if self.instance else {}),
        }

    def _inside(self, name: str) -> str:
        return f"http://{name}:{self.config.service.port}"

    def _url(self, container: Container) -> str:
        container.reload()
        bound = (container.ports or {}).get(f"{self.config.service.port}/tcp")
        return f"http://127.0.0.1:{bound[0]['HostPort']}" if bound else ""

    def _start(self, order: Order, network: str) -> Container:
        labels = (
            instance.labels()
            | self._labels("service")
            | {
                RELEASE: order.release,
                COMMIT: order.commit,
                ENTRY: order.entry,
                AFTER: order.after,
                HOLDER: f"{socket.gethostname()}:{os.getpid()}:{order.actor}",
            }
        )
        options: dict[str, Any] = {
            "name": f"{self.name}-candidate",
            "labels": labels,
            "network": network,
            "ports": {f"{self.config.service.port}/tcp": ("127.0.0.1", None)},
            "environment": {
                "ML_CICD_DIGEST": order.release.partition("@")[2],
                "ML_CICD_COMMIT": order.commit,
                "ML_CICD_ENVIRONMENT": self.environment.name,
            },
            "restart_policy": {"Name": "unless-stopped"},
        }
        try:
            with steps.change("docker.create-container"):
                container = self.client.containers.create(order.release, **options)
        except ImageNotFound as error:
            raise RefusedError(f"The engine has no {order.release}.", "Is the registry's copy still there?") from error
        except APIError as error:
            if error.status_code == 409:  # noqa: PLR2004 -- the name is taken
                raise self._held() from error
            raise
        try:
            container.start()
        except APIError as error:
            container.remove(force=True)
            raise CheckFailedError(f"The release can't be started: {error.explanation}") from error
        return container

    def _held(self) -> RefusedError:
        holder = self._find(f"{self.name}-candidate")
        host, _, rest = holder.labels.get(HOLDER, "::").partition(":") if holder else ("", "", "")
        pid, _, actor = rest.partition(":")
        return RefusedError(
            f"Another deployment to {self.environment.name} is under way: by {actor} on {host}, process {pid}.",
            f"Wait for it. If it is dead for sure: docker rm --force {self.name}-candidate",
        )

    def _wait(self, candidate: Container, order: Order) -> None:
        """Wait until the candidate is healthy as the digest it should be."""
        digest = order.release.partition("@")[2]
        end = time.monotonic() + self.environment.health_timeout
        problem = "it did not start"
        while time.monotonic() < end:
            candidate.reload()
            if candidate.status == "exited" or candidate.attrs.get("RestartCount", 0) > 0:
                code = candidate.attrs["State"]["ExitCode"]
                raise CheckFailedError(f"The new release ended with exit code {code}; the old one still serves.")
            url = self._url(candidate)
            problem = health.problem(url + self.config.service.health, digest) if url else "it has no port"
            if not problem:
                return
            time.sleep(POLL)
        raise CheckFailedError(
            f"The new release was not healthy within {self.environment.health_timeout:g} s ({problem}); "
            "the old one still serves.",
            "Its log is above. A slow start needs a longer health-timeout in ml-cicd.toml.",
        )

    def _switch(self, candidate: Container) -> None:
        old = self._find(self.name)
        if old is not None:
            old.rename(f"{self.name}-old")
        candidate.rename(self.name)
        self._retire()

    def _retire(self) -> None:
        if old := self._find(f"{self.name}-old"):
            old.stop(timeout=int(self.environment.stop_timeout))
            old.remove(force=True)

    def _recover(self) -> None:
        """Undo or finish what a killed deployment left: no candidate of a dead process, one release that serves."""
        candidate = self._find(f"{self.name}-candidate")
        if candidate is not None:
            host, _, rest = candidate.labels.get(HOLDER, "").partition(":")
            if host != socket.gethostname() or _alive(int(rest.partition(":")[0] or 0)):
                raise self._held()
            candidate.remove(force=True)
        if self._find(self.name) is None and (old := self._find(f"{self.name}-old")):
            old.rename(self.name)
        self._retire()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != 0


def _log(container: Container) -> str:
    try:
        return str(container.logs(tail=LOG_LINES).decode(errors="replace"))
    except APIError as error:
        return f"(no log: {error.explanation})"
