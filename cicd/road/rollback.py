"""Going back to a release that was accepted, by a person at a terminal, who may have no registry and no git remote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd import ledger, repository
from cicd.deploy import target_for
from cicd.errors import RefusedError, UnreachableError
from cicd.ledger import pending
from cicd.road import agreement, entries, observed, verification
from cicd.road.request import config_for

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config import Config
    from cicd.deploy.target import Target
    from cicd.ledger import Entry
    from cicd.repository import Repository
    from cicd.road.deployment import Outcome
    from cicd.road.request import Request
    from cicd.road.verification import Candidate


@dataclass(frozen=True)
class Plan:
    """What a rollback would do: the resolved request, what runs now, and the release that comes back."""

    request: Request
    config: Config
    target: Target
    candidate: Candidate
    runs: str
    """The commit that runs now, as the target says; empty for nothing."""
    nothing_to_do: bool
    """Whether the release runs already, healthy, and the ledger says so."""

    def steps(self) -> list[str]:
        """Return what the target would change, a line per step."""
        return self.target.plan(self.candidate.order)


def reach(directory: Path, remote: str | None) -> tuple[Repository, str]:
    """Return the clone, fetched, and ""; if the remote is down, the clone as last fetched and what is wrong.

    Raises:
        UnreachableError: the remote is down, and nothing was ever fetched.

    """
    clone = repository.clone(directory, remote, changes=True)
    try:
        clone.fetch()
    except UnreachableError as error:
        if clone.main_commit is None:
            raise
        return clone, error.message
    return clone, ""


def prepare(clone: Repository) -> None:
    """Record what waits to be recorded; raise if the outcome of a rollback could not be recorded.

    Raises:
        UsageError: the ledger is signed, and there is no key.

    """
    ledger.signer(ledger.keyring(clone))
    pending.hand_in(clone)


def plan(clone: Repository, request: Request, name: str | None) -> Plan:
    """Find the release to go back to, and verify it as for any promotion.

    `name` is an entry's number, or a commit; None: the previous release. A release that the target holds needs no
    registry. Offline, the running release may be newer than the ledger.

    Raises:
        RefusedError: it may not come back, or the ledger does not know what runs.
        UsageError: there is no such commit.

    """
    config = config_for(clone, request.stage, clone.commit(clone.main_branch))
    environment = config.environments[request.stage.name]
    target = target_for(config, environment, clone)
    chains, running = ledger.read_all(clone, config.name), target.observe()
    chain = chains.get(environment.name, [])
    if request.offline and name is None and (missing := agreement.missing_entry(chains, running)):
        passed = [entry for entry in chain if entry.deployment.result == "passed"]
        raise RefusedError(
            f"The release that runs in {environment.name} names the entry {missing}, "
            "which the ledger as last fetched does not have.",
            "Name the entry to go back to. Those that passed: "
            + (", ".join(f"{entry.number} ({entry.deployment.commit[:12]})" for entry in passed) or "none"),
        )
    if name is None and not request.offline:
        chain = observed.with_unrecorded(config.name, environment.name, chains, running)
    request = _chosen(clone, request, chain, name)
    candidate = verification.verify(clone, config, request, target)
    present = ledger.last_passed(chains.get(environment.name, []))
    recorded = present.deployment.release if present else ""
    done = (
        running is not None
        and running.healthy
        and running.release == recorded == candidate.release
        and running.other_images == candidate.others
    )
    return Plan(request, config, target, candidate, running.commit if running else "", done)


def _chosen(clone: Repository, request: Request, chain: list[Entry], name: str | None) -> Request:
    """Return the request with the commit and release of an entry, or with the commit of that name."""
    environment = request.stage.name
    if name is None:
        entry = entries.previous_release(chain, environment)
    elif name.removeprefix("#").isdecimal():
        entry = entries.numbered(chain, environment, name)
        if entry.deployment.result != "passed":
            raise RefusedError(
                f"Entry {entry.number} of {environment} is no deployment that passed.",
                f"List those that passed: ml-cicd history {environment}",
            )
    else:
        return replace(request, commit=clone.commit(name))
    return replace(request, commit=entry.deployment.commit, release=entry.deployment.release)


def record(clone: Repository, outcome: Outcome, *, offline: bool) -> tuple[Entry | None, Path]:
    """Keep the outcome in a file, and record it if the remote answers; return the entry and the file.

    A deployment before it that nobody recorded is kept and recorded first.

    Raises:
        UnreachableError: the remote does not answer any more, and the outcome waits in the file; or the file can't be
            written.

    """
    try:
        if outcome.unrecorded:
            pending.keep(clone, outcome.unrecorded)
        file = pending.keep(clone, outcome.deployment)
    except UnreachableError as error:
        raise observed.lost(outcome.deployment, error) from error
    recorded = [] if offline else pending.hand_in(clone)
    return (recorded[-1] if recorded else None), file
