"""What a deploy target is asked to do, and what it says is running."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Order:
    """What to bring to an environment. `entry` is the ledger entry on which the deployment rests, for people."""

    release: str
    commit: str
    entry: str
    actor: str


@dataclass(frozen=True)
class Running:
    """The release that an environment runs, as read from the target itself."""

    release: str
    commit: str
    entry: str
    url: str
    healthy: bool
    detail: str = ""


class Target(Protocol):
    """One environment on one kind of infrastructure."""

    def observe(self) -> Running | None:
        """What is running; None for nothing."""

    def apply(self, order: Order, accept: Callable[[str, str], None]) -> Running:
        """Bring a release up beside the old one, let `accept(url, network)` judge it, then switch.

        Raises:
            CheckFailedError: it is not healthy in time, or `accept` raised; the old release still serves.
            RefusedError: another deployment to this environment is under way.

        """
