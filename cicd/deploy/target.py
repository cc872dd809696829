"""What a deploy target is asked to do, and what it says is running."""

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
    """What to bring to an environment, and what in the ledger it rests on."""

    release: str
    """`repository@sha256:...`"""
    commit: str
    entry: str
    """The entry that accepted the release: `staging/3@<sha256>`."""
    after: str
    """The newest entry of the environment itself when this was ordered: `production/2@<sha256>`; empty for none."""
    actor: str

    @property
    def digest(self) -> str:
        """The digest of the release, `sha256:...`."""
        return digest_of(self.release)


@dataclass(frozen=True)
class Running:
    """A release that an environment runs, or can run again, as read from the target itself; see `Order`."""

    release: str
    commit: str
    entry: str
    after: str
    url: str
    healthy: bool
    detail: str = ""


class Target(Protocol):
    """One environment on one kind of infrastructure."""

    def runner(self, network: str) -> Runner:
        """What runs the test image where it reaches the URL and the network that `apply` hands to `accept`."""

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[None]:
        """Hold the environment's lock, which keeps every other deployment out, wherever it runs.

        A dead holder of this machine is recovered from. `wait` is how many seconds to wait for a living one.

        Raises:
            RefusedError: it is held; the message names the holder.

        """

    def observe(self) -> Running | None:
        """What is running; None for nothing."""

    def plan(self, order: Order) -> list[str]:
        """What `apply` would change, a line per step, in order; empty for nothing."""

    def apply(self, order: Order, accept: Accept) -> Running:
        """Bring a release up beside the old one, let `accept(url, network)` judge it, then switch. The lock is held.

        Raises:
            CheckFailedError: it is not healthy in time, or `accept` raised; the old release still serves.

        """

    def retained(self) -> list[Running]:
        """The releases that can come back without a registry, newest first."""

    def unlock(self) -> Holder | None:
        """Remove the lock, whoever holds it. Returns the holder; None when nobody held it."""


def held(target: Target, running: Running | None) -> set[str]:
    """The releases that a target has by their digest, `running` among them: they need no registry."""
    return {one.release for one in [*target.retained(), *([running] if running else [])]}
