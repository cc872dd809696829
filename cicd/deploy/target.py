"""What every deploy target does: the protocol, what it is ordered to bring, and what it reports to run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cicd.oci.reference import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cicd.deploy.holder import Holder
    from cicd.oci.containers import Runner

    Accept = Callable[[str, str], None]


@dataclass(frozen=True)
class Order:
    """The release to bring to an environment, and the ledger entries that it rests on."""

    release: str
    """`repository@sha256:...`"""
    commit: str
    entry: str
    """The entry that accepted the release: `staging/3@<sha256>`."""
    after: str
    """The newest entry of the environment itself at the time of the order: `production/2@<sha256>`; empty for none."""
    actor: str

    @property
    def digest(self) -> str:
        """The digest of the release, `sha256:...`."""
        return digest_of(self.release)


@dataclass(frozen=True)
class Running:
    """A release that an environment runs, or can run again, as the target itself reports it; see `Order`."""

    release: str
    commit: str
    entry: str
    after: str
    url: str
    healthy: bool
    detail: str = ""
    """Why the release is not healthy."""


class Target(Protocol):
    """One environment on one kind of infrastructure."""

    def runner(self, network: str) -> Runner:
        """Return a runner of the test image that reaches the URL which `apply` passes to `accept`, on that network."""

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
        """Hold the environment's lock, which keeps every other deployment out, wherever it runs.

        The lock of a dead process of this machine is taken over. `wait` is how many seconds to wait for a living one.
        Yields what raises RefusedError if the lock was removed meanwhile.

        Raises:
            RefusedError: another deployment holds the lock; the message names the holder.

        """

    def observe(self) -> Running | None:
        """Return the release that runs; None for none."""

    def plan(self, order: Order) -> list[str]:
        """Return what `apply` would change, a line per step, in order; empty for nothing."""

    def apply(self, order: Order, accept: Accept) -> Running:
        """Bring a release up beside the old one, test it with `accept(url, network)`, then switch. The lock is held.

        Raises:
            CheckFailedError: the release is not healthy in time, or `accept` raised; the old release still serves.

        """

    def retained(self) -> list[Running]:
        """Return the releases that can come back without a registry, newest first."""

    def unlock(self) -> Holder | None:
        """Remove the lock, whoever holds it. Return the holder; None when nobody held it."""


def releases_on(target: Target, running: Running | None) -> set[str]:
    """Return the releases that a target has by their digest, `running` among them: they need no registry."""
    return {release.release for release in [*target.retained(), *([running] if running else [])]}
