"""The release that a deployment brings up: created or started again, waited for, accepted, or taken away."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.deploy import health
from cicd.deploy.docker import release_containers
from cicd.errors import CheckFailedError
from cicd.oci import endings
from cicd.oci.errors import MissingError, engine_errors
from cicd.text import say

if TYPE_CHECKING:
    from cicd.deploy.docker.site import Site
    from cicd.deploy.target import Order
    from cicd.oci.engine import Container

SLICE = 0.5  # seconds between two looks whether a release that comes up has ended
LOOK = 0.1  # seconds that a look takes


@dataclass
class Candidate:
    """The release of one deployment; it has no container before it was created or started again."""

    site: Site
    order: Order
    _container: Container | None = field(default=None, init=False)
    deadline: float = field(default=0.0, init=False)
    """When it must be healthy: so long after the engine was told to start it."""

    @property
    def exists(self) -> bool:
        """Whether the release has a container."""
        return self._container is not None

    @property
    def container(self) -> Container:
        """The container of the release."""
        assert self._container is not None  # noqa: S101 -- a step before created it
        return self._container

    def create(self) -> None:
        """Create the container; it is not started.

        Raises:
            RefusedError: the engine has no such image.
            CheckFailedError: the image has no place for the environment's secrets.

        """
        self._container = self.site.releases.create(self.order)

    def start(self) -> None:
        """Start the container.

        Raises:
            CheckFailedError: the engine can't start it.

        """
        self.deadline = time.monotonic() + self.site.environment.health_timeout
        try:
            release_containers.start(self.container)
        except MissingError as error:
            raise _removed() from error

    def start_again(self, retained: Container) -> None:
        """Start a retained release.

        Raises:
            CheckFailedError: the engine can't start it.

        """
        self._container = retained
        release_containers.set_restart_policy(retained, always=False)
        self.start()

    def wait(self) -> None:
        """Wait until the release is healthy as the digest of the order.

        Raises:
            CheckFailedError: it ended, was removed, was not healthy in time, or is for another platform.

        """
        path, timeout, problem = self.site.config.service.health, self.site.environment.health_timeout, ""
        while True:  # one look at least, however long the engine took to start it
            self._check_running()
            rest = max(LOOK, self.deadline - time.monotonic())
            limit = min(health.TIMEOUT, rest)
            latest = self.site.proxy.probe(
                path, self.order.digest, release=self.container, patience=min(SLICE, rest), limit=limit
            )
            if not latest:
                return
            if not (problem and limit < health.TIMEOUT and latest in health.UNANSWERED):
                problem = latest  # an answer that the deadline cut tells less than the one before it
            if self.deadline - time.monotonic() <= LOOK:
                break
        self._check_running()
        slow = "Read the release's log above. If it starts slowly, set a longer `health-timeout` in ml-cicd.toml."
        raise CheckFailedError(
            f"The new release was not healthy within {timeout:g} s ({problem}); the old one still serves.",
            health.HOST_HINT if health.ASKED_WITH in problem else slow,
        )

    def keep(self) -> None:
        """Give the accepted release its lasting name, and let the engine restart it."""
        release_containers.set_restart_policy(self.container, always=True)
        if self._is_unaccepted():
            self.container.rename(self.site.releases.accepted_name(self.container))

    def take_away(self) -> None:
        """Print the end of the release's log, then remove it; a retained release is stopped."""
        container = self._container
        if container is None:
            return
        say(f"The last lines of the new release, which is taken down:\n{release_containers.log(container)}")
        try:
            with engine_errors(f"look for {container.name}"):
                container.reload()
        except MissingError:
            return
        if self._is_unaccepted():
            release_containers.remove(container)
        else:
            with engine_errors(f"stop {container.name}"):
                container.stop(timeout=0)

    def _is_unaccepted(self) -> bool:
        return self.container.name == self.site.releases.candidate

    def _check_running(self) -> None:
        """Raise CheckFailedError unless the release runs."""
        try:
            with engine_errors(f"look for {self.container.name}"):
                self.container.reload()
        except MissingError as error:
            raise _removed() from error
        if self.container.status in ("exited", "dead"):
            ending = endings.of(self.container, release_containers.log(self.container))
            if ending.is_foreign:
                raise CheckFailedError(
                    f"The new release is for another platform: {ending.in_platforms}; the old one still serves.",
                    ending.hint(""),
                )
            raise CheckFailedError(
                f"The new release ended with {ending}; the old one still serves.",
                ending.hint("Read the release's log above, and correct the cause in a new commit."),
            )


def _removed() -> CheckFailedError:
    return CheckFailedError(
        "The new release was removed while it came up; the old one still serves.",
        f"Find out who removed its container. {release_containers.PRUNED}",
    )
