"""The project's own deployment tool as a target: a command in an image by digest, held to the contract of the others.

The tool is told in its environment what to bring where, and returns when it is there. The rest is done here: the lock
(a container's name on the engine at hand), the health check at the declared address, the tests, and if any of it
fails the same command once more, with the release that was healthy before.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import failpoints, labels, variables
from cicd.deploy import health, lock, secrets
from cicd.deploy.engine_lock import EngineLock
from cicd.deploy.target import Running
from cicd.errors import CheckFailedError
from cicd.oci import containers, images
from cicd.oci.reference import DIGEST, digest_of

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from docker import DockerClient

    from cicd.config import CommandSettings, Config, Environment
    from cicd.deploy.holder import Holder
    from cicd.deploy.target import Accept, Order
    from cicd.oci.containers import Runner

NETWORK = "bridge"
POLL = 0.5


@dataclass(frozen=True)
class CommandTarget:
    """One environment that a tool of the project's own brings releases to."""

    client: DockerClient
    config: Config
    environment: Environment
    settings: CommandSettings
    repository: str
    """The image repository of the project's releases: an address says its digest, and no more."""

    @property
    def name(self) -> str:
        """What the names of all that belongs to the environment begin with."""
        return f"{self.config.name}-{self.environment.name}"

    def runner(self, network: str) -> Runner:
        """See `Target.runner`."""
        return containers.runner(self.client, network)

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[None]:
        """See `Target.locked`. It keeps out whoever deploys through the same engine; a lock beyond is the tool's."""
        return lock.hold(self._lock, self.environment.name, holder, wait)

    def unlock(self) -> Holder | None:
        """See `Target.unlock`."""
        return lock.unlock(self._lock)

    def observe(self) -> Running | None:
        """See `Target.observe`: what the health path names."""
        try:
            with urllib.request.urlopen(self._health, timeout=health.TIMEOUT) as answer:  # noqa: S310 -- as configured
                told = json.loads(answer.read())
        except (OSError, ValueError):
            return None
        digest, commit = (str(told.get(name) or "") for name in ("digest", "commit"))
        detail = "" if DIGEST.fullmatch(digest) else f"{self._health} names no digest"
        release = "" if detail else f"{self.repository}@{digest}"
        return Running(release, commit, "", "", self.settings.url, healthy=not detail, detail=detail)

    def retained(self) -> list[Running]:
        """See `Target.retained`: what the tool keeps is its own business."""
        return []

    def plan(self, order: Order) -> list[str]:
        """See `Target.plan`."""
        found = self.observe()
        if found and found.release == order.release:
            return []
        words, digest = " ".join(self.settings.command), order.digest
        back = f"the same with {found.release}" if found and found.healthy else "nothing: no release was healthy before"
        return [
            f"run {words} in {self.settings.image} with {order.release}",
            f"wait until {self._health} names {digest}, at most {self.environment.health_timeout:g} s; have it judged",
            f"if any of it fails: {back}",
        ]

    def apply(self, order: Order, accept: Accept) -> Running:
        """See `Target.apply`. Between the tool's switch and the end of the tests the new release already serves."""
        before, todo = self.observe(), self.plan(order)
        if not todo:
            accept(self.settings.url, NETWORK)
            return self._found()
        images.pull(self.client, self.settings.image)
        try:
            self._bring(order.release, order, before)
            accept(self.settings.url, NETWORK)
        except BaseException:
            if before and before.healthy:
                sys.stdout.write(f"back to {before.release}\n")
                self._bring(before.release, order, before)
            raise
        return self._found()

    @property
    def _health(self) -> str:
        return self.settings.url + self.config.service.health

    @property
    def _lock(self) -> EngineLock:
        marks = {
            labels.PROJECT: self.config.name,
            labels.ENVIRONMENT: self.environment.name,
            labels.ROLE: labels.LOCK,
        }
        return EngineLock(self.client, f"{self.name}-lock", marks)

    def _found(self) -> Running:
        running = self.observe()
        if running is None or not running.healthy:
            raise CheckFailedError(f"{self._health} is not healthy.")
        return running

    def _bring(self, release: str, order: Order, before: Running | None) -> None:
        """Have the tool bring a release, and wait until it is healthy.

        Raises:
            CheckFailedError: the tool failed, or the release is not healthy in time.

        """
        digest = digest_of(release)
        with failpoints.change("command.run"):
            code = self._run(
                {
                    **self.environment.variables,
                    variables.ML_CICD_PROJECT: self.config.name,
                    variables.ML_CICD_ENVIRONMENT: self.environment.name,
                    variables.ML_CICD_RELEASE: release,
                    variables.ML_CICD_DIGEST: digest,
                    variables.ML_CICD_COMMIT: before.commit if before and before.release == release else order.commit,
                    variables.ML_CICD_PREVIOUS: before.release if before else "",
                    variables.ML_CICD_ACTOR: order.actor,
                }
            )
        if code:
            raise CheckFailedError(f"The deployment tool failed with exit code {code}.", "Its output is above.")
        end = time.monotonic() + self.environment.health_timeout
        while problem := health.problem_at(self._health, digest):
            if time.monotonic() > end:
                limit = f"{self.environment.health_timeout:g} s"
                raise CheckFailedError(f"The new release was not healthy within {limit} ({problem}).")
            time.sleep(POLL)

    def _run(self, variables: dict[str, str]) -> int:
        """The exit code of the tool, whose container gets these variables and the environment's secrets alone."""
        settings, given = self.settings, secrets.required(self.environment)
        with containers.created(
            self.client,
            settings.image,
            command=list(settings.command),
            entrypoint=[],
            environment=variables,
            labels={labels.PROJECT: self.config.name, labels.ROLE: labels.TOOL},
        ) as container:
            secrets.put(container, given)
            return containers.run_to_end(container, settings.image, settings.command)
