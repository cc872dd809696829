"""The lock of an environment: one deployment at a time, wherever it runs.

The target keeps the lock itself, as an object that it creates for one of any number that try. Here is how such an
object is taken, waited for, recovered from a dead holder, and released.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cicd import failpoints
from cicd.deploy import holder as holders
from cicd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicd.deploy.holder import Holder


@dataclass(frozen=True)
class Lock:
    """A lock that exists."""

    holder: Holder
    identity: str
    """What the target calls this lock, and no later one of the same environment."""


class LockStore(Protocol):
    """Where the lock of one environment is kept."""

    @property
    def kind(self) -> str:
        """The target's kind, with which the crash marks begin."""

    @property
    def poll(self) -> float:
        """Seconds between two attempts."""

    @property
    def care(self) -> str:
        """How to clean up the target without removing locks, as a sentence for people."""

    def take(self, holder: Holder) -> str:
        """Create the lock, if there is none, and return its identity; empty when there is one already."""

    def find(self) -> Lock | None:
        """Return the lock; None when nobody holds it."""

    def remove(self, identity: str) -> None:
        """Remove the lock if it still is the one with that identity."""


@contextmanager
def hold(store: LockStore, environment: str, holder: Holder, wait: float) -> Iterator[Callable[[], None]]:
    """Hold the lock of an environment, waiting up to `wait` seconds for a living holder.

    Yields a function to call before the switch. It raises RefusedError if somebody removed the lock meanwhile, for
    example with `docker container prune` or `kubectl delete lease`: then another deployment may be under way.

    Raises:
        RefusedError: another deployment still holds it; the message names the holder.

    """
    identity = _wait(store, environment, holder, wait)
    try:
        failpoints.boundary(f"{store.kind}.lock.after")
        yield lambda: _check(store, environment, identity)
    finally:
        try:
            failpoints.boundary(f"{store.kind}.unlock.before")
        finally:
            store.remove(identity)
        failpoints.boundary(f"{store.kind}.unlock.after")


def _check(store: LockStore, environment: str, identity: str) -> None:
    lock = store.find()
    if lock and lock.identity == identity:
        return
    now = f"{lock.holder} holds it now" if lock else "nobody holds it now"
    raise RefusedError(
        f"The lock of {environment} was removed while this deployment held it; {now}. The old release still serves.",
        f"Run the deployment again. {store.care}",
    )


def unlock(store: LockStore) -> Holder | None:
    """Remove the lock, whoever holds it. Return the holder; None when nobody held it."""
    lock = store.find()
    if lock is None:
        return None
    store.remove(lock.identity)
    return lock.holder


def _wait(store: LockStore, environment: str, holder: Holder, wait: float) -> str:
    """Take the lock as soon as it is free, and return its identity."""
    end, announced = time.monotonic() + wait, False
    while True:
        failpoints.boundary(f"{store.kind}.lock.before")
        if identity := store.take(holder):
            return identity
        lock = store.find()
        if lock is None:
            continue
        if holders.is_dead(lock.holder):
            _say(f"{lock.holder} held the lock of {environment} and has died; taking the lock over")
            store.remove(lock.identity)
            continue
        left = end - time.monotonic()
        if left <= 0:
            raise RefusedError(
                f"Another deployment to {environment} is under way, by {lock.holder}.",
                f"Wait for it (--lock-wait SECONDS). If you know that it is dead: ml-cicd unlock {environment}",
            )
        if not announced:
            _say(f"another deployment to {environment} is under way, by {lock.holder}: waiting up to {wait:g} s")
        announced = True
        time.sleep(min(store.poll, left))


def _say(line: str) -> None:
    print(line, file=sys.stderr)
