"""The project's own deployment tool as a target: a command in an image by digest, held to the promises of the others.

The tool learns from environment variables what to deploy where, and returns when that is in place. The kit does the
rest: the lock (a container's name on the engine at hand), the health check at the configured URL, and the tests. If
any of it fails, the kit runs the same command once more, with the release that was healthy before.
"""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import failpoints, labels, text, variables
from cicd.deploy import health, lock, secrets
from cicd.deploy.engine_lock import EngineLock
from cicd.deploy.target import Running, nothing
from cicd.errors import CheckFailedError
from cicd.oci import containers, housekeeping, images, repositories, secret_files
from cicd.oci.reference import DIGEST, ImageReference, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from cicd.config import CommandSettings, Config, Environment
    from cicd.deploy.holder import Holder
    from cicd.deploy.target import Accept, Finish, Order
    from cicd.oci.containers import Runner
    from cicd.oci.endings import Ending
    from cicd.oci.engine import Client

NETWORK = "bridge"
POLL = 0.5


@dataclass(frozen=True)
class CommandTarget:
    """One environment that the project's own tool brings releases to; see `Target`."""

    client: Client
    config: Config
    environment: Environment
    settings: CommandSettings
    image_repository: str
    """Where the project's releases are: the health path names only a digest."""

    @property
    def name(self) -> str:
        """The beginning of the names of all that belongs to the environment."""
        return f"{self.config.name}-{self.environment.name}"

    def runner(self, network: str) -> Runner:
        """See `Target.runner`."""
        return containers.runner(self.client, network, shm_size=self.config.test_shm_size)

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
        """See `Target.locked`. The lock covers this engine; a lock across machines is the tool's task."""
        return lock.hold(self._lock(), self.environment.name, holder, wait)

    def unlock(self) -> Holder | None:
        """See `Target.unlock`."""
        return lock.unlock(self._lock())

    def addresses(self) -> Mapping[str, str]:
        """See `Target.addresses`: there is one service at most."""
        return {}

    def outputs(self) -> Mapping[str, str]:
        """See `Target.outputs`: there is no job."""
        return {}

    def observe(self) -> Running | None:
        """See `Target.observe`: what the health path names."""
        try:
            answer = json.loads(health.fetch(self._health, self.config.service.public_host))
        except (OSError, ValueError, RecursionError, http.client.HTTPException):
            return None
        if not isinstance(answer, dict):
            answer = {}
        digest, commit = (text.visible(str(answer.get(name) or "")) for name in ("digest", "commit"))
        named = DIGEST.fullmatch(digest) is not None
        return Running(
            release=str(ImageReference(self.image_repository, digest)) if named else "",
            commit=commit,
            entry="",
            after="",
            url=self.settings.url,
            healthy=named,
            detail="" if named else f"{self._health} names no digest",
        )

    def retained(self) -> list[Running]:
        """See `Target.retained`: the kit does not know what the tool keeps."""
        return []

    def plan(self, order: Order) -> list[str]:
        """See `Target.plan`."""
        running = self.observe()
        if running and running.release == order.release:
            return []
        words, seconds = " ".join(self.settings.command), self.environment.health_timeout
        back = "nothing: no release was healthy before"
        if running and running.healthy:
            back = f"the same with {running.release}"
        return [
            f"run {words} in {self.settings.image} with {order.release}",
            f"wait until {self._health} names {order.digest}, at most {seconds:g} s; run the tests against it",
            f"if any of it fails: {back}",
        ]

    def apply(self, order: Order, accept: Accept, finish: Finish = nothing) -> Running:
        """See `Target.apply`. Between the tool's switch and the end of the tests the new release already serves."""
        before, plan = self.observe(), self.plan(order)
        if not plan:
            accept(self.settings.url, NETWORK)
            finish()
            return self._healthy()
        images.pull(self.client, self.settings.image)
        try:
            self._bring(order.release, order, before)
            accept(self.settings.url, NETWORK)
            finish()
        except BaseException:
            if before and before.healthy:
                text.say(f"bring the previous release back: {before.release}")
                self._bring(before.release, order, before)
            raise
        return self._healthy()

    def tidy(self, release: str, test: str) -> None:
        """See `Target.tidy`."""
        places = repositories.beside(ImageReference.parse(release).repository)
        housekeeping.tidy(self.client, self.config.name, places, (release, test))

    @property
    def _health(self) -> str:
        return self.settings.url + self.config.service.health

    def _lock(self) -> EngineLock:
        marks = {
            labels.PROJECT: self.config.name,
            labels.ENVIRONMENT: self.environment.name,
            labels.ROLE: labels.LOCK,
        }
        return EngineLock(self.client, f"{self.name}-lock", marks)

    def _healthy(self) -> Running:
        """Return what runs.

        Raises:
            CheckFailedError: it is not healthy.

        """
        running = self.observe()
        if running is None or not running.healthy:
            raise CheckFailedError(
                f"After the deployment, the service at {self._health} is not healthy.",
                "Read the service's log, then run the deployment again.",
            )
        return running

    def _bring(self, release: str, order: Order, before: Running | None) -> None:
        """Have the tool bring a release, and wait until it is healthy.

        Raises:
            CheckFailedError: the tool failed, or the release is not healthy in time.

        """
        digest, seconds = digest_of(release), self.environment.health_timeout
        values = {
            **self.environment.variables,
            variables.ML_CICD_PROJECT: self.config.name,
            variables.ML_CICD_ENVIRONMENT: self.environment.name,
            variables.ML_CICD_RELEASE: release,
            variables.ML_CICD_DIGEST: digest,
            variables.ML_CICD_COMMIT: before.commit if before and before.release == release else order.commit,
            variables.ML_CICD_PREVIOUS: before.release if before else "",
            variables.ML_CICD_ACTOR: order.actor,
        }
        with failpoints.change("command.run"):
            ending = self._run_tool(values)
        if ending.exit_code:
            raise CheckFailedError(
                f"The deployment tool failed with {ending}.",
                ending.hint("Correct what its output above names, then run the deployment again."),
            )
        end = time.monotonic() + seconds
        while problem := health.problem_at(self._health, digest, self.config.service.public_host):
            if time.monotonic() > end:
                raise CheckFailedError(
                    f"The new release was not healthy within {seconds:g} s ({problem}).",
                    "Read the service's log. If it starts slowly, set a longer `health-timeout` in ml-cicd.toml.",
                )
            time.sleep(POLL)

    def _run_tool(self, values: Mapping[str, str]) -> Ending:
        """Run the tool, and return how it ended; it gets these variables and the environment's secrets alone."""
        settings, app_secrets = self.settings, secrets.required(self.environment)
        with containers.created(
            self.client,
            settings.image,
            command=list(settings.command),
            entrypoint=[],
            environment=dict(values),
            labels={labels.PROJECT: self.config.name, labels.ROLE: labels.TOOL},
        ) as container:
            secret_files.put(container, app_secrets)
            return containers.run_to_end(container, settings.image, settings.command)
