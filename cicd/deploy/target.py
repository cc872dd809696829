"""What every deploy target does: the protocol, what it is ordered to bring, and what it reports to run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from cicd import labels
from cicd.oci.reference import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from cicd.deploy.holder import Holder
    from cicd.oci.containers import Runner

    Accept = Callable[[str, str], None]
    Finish = Callable[[], None]


FINISH = "publish the packages"
"""What finishes a deployment, in words."""


def nothing() -> None:
    """Finish a deployment that needs nothing more."""


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
    action: str = "deploy"
    """`deploy` or `rollback`."""
    test: str = ""
    """The test image of the release."""
    run: str = ""
    """The web address of the workflow run; empty outside of one."""
    started: str = ""
    """When the deployment began, as its outcome says."""
    others: Mapping[str, str] = field(default_factory=dict)
    """The images of the other services of the release, by name."""

    @property
    def facts(self) -> dict[str, str]:
        """What the target remembers of this deployment, as labels: enough to record it if its outcome is lost."""
        return {
            labels.ENTRY: self.entry,
            labels.AFTER: self.after,
            labels.ACTOR: self.actor,
            labels.ACTION: self.action,
            labels.TEST: self.test,
            labels.WORKFLOW_RUN: self.run,
            labels.STARTED: self.started,
        }

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
    actor: str = ""
    action: str = ""
    test: str = ""
    run: str = ""
    started: str = ""
    """Each is empty where the target does not know it."""
    notice: str = ""
    """What people should know of the target although the release is healthy; empty for nothing."""
    others: Mapping[str, Running] = field(default_factory=dict)
    """What the other services run, by name."""
    service: str = ""
    """Of a retained release: the name of its service; empty for the first service."""

    @property
    def other_images(self) -> dict[str, str]:
        """The images that the other services run, by name."""
        return {name: other.release for name, other in self.others.items()}


def running(
    release: str, commit: str, facts: Mapping[str, str], *, url: str = "", problem: str = "", notice: str = ""
) -> Running:
    """Return a release that runs, from the labels that `Order.facts` wrote; `problem` says why it is not healthy."""
    return Running(
        release=release,
        commit=commit,
        entry=facts.get(labels.ENTRY, ""),
        after=facts.get(labels.AFTER, ""),
        url=url,
        healthy=not problem,
        detail=problem,
        actor=facts.get(labels.ACTOR, ""),
        action=facts.get(labels.ACTION, ""),
        test=facts.get(labels.TEST, ""),
        run=facts.get(labels.WORKFLOW_RUN, ""),
        started=facts.get(labels.STARTED, ""),
        notice=notice,
    )


def together(first: Running, others: Mapping[str, Running | None]) -> Running:
    """Return what an environment with several services runs: healthy if all of them are. None: a service runs nothing.

    `others` are the services beside the first one, by name.
    """
    present = {name: other for name, other in others.items() if other}
    bad = [f"{name}: {other.detail}" for name, other in present.items() if not other.healthy]
    detail = "; ".join(filter(None, (first.detail, *bad)))
    return replace(first, others=present, healthy=not detail, detail=detail)


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

    def addresses(self) -> Mapping[str, str]:
        """Return the URLs of the other services for the tests of a release, by name."""

    def outputs(self) -> Mapping[str, str]:
        """Return where the tests of a release find what its jobs left, by name; the first job of a project has none."""

    def plan(self, order: Order) -> list[str]:
        """Return what `apply` would change, a line per step, in order; empty for nothing."""

    def apply(self, order: Order, accept: Accept, finish: Finish = nothing) -> Running:
        """Bring a release up beside the old one, test it with `accept(url, network)`, then switch. The lock is held.

        `finish()` does what can't be undone, when users reach the new release; if it raises, the switch is undone.

        Raises:
            CheckFailedError: the release is not healthy in time, or `accept` or `finish` raised; the old release
                serves.

        """

    def retained(self) -> list[Running]:
        """Return the releases that can come back without a registry, newest first."""

    def tidy(self, release: str, test: str) -> None:
        """Remove images of the project that are older than these and that no environment can go back to."""

    def unlock(self) -> Holder | None:
        """Remove the lock, whoever holds it. Return the holder; None when nobody held it."""


def releases_on(target: Target, running: Running | None) -> set[str]:
    """Return the images that a target has by their digest, those of `running` among them: they need no registry."""
    present = {running.release, *running.other_images.values()} if running else set()
    return {release.release for release in target.retained()} | present
