"""The way back by a person at a terminal, who may have neither a registry nor the git remote at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import ledger, repository
from cicd.deploy.target import held
from cicd.errors import RefusedError, UnreachableError
from cicd.ledger import integrity
from cicd.road import verification

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cicd.config import Config
    from cicd.deploy.target import Target
    from cicd.ledger import Entry
    from cicd.repository import Repository
    from cicd.road.verification import Candidate


def reach(directory: Path, remote: str | None) -> tuple[Repository, str]:
    """The clone at hand, freshly fetched, and ""; with a remote that is down, as last fetched, and what is wrong.

    Raises:
        UnreachableError: the remote is down, and nothing was ever fetched.

    """
    found = repository.clone(directory, remote)
    try:
        found.fetch()
    except UnreachableError as error:
        if found.tip is None:
            raise
        return found, error.message
    return found, ""


def find(
    found: Repository, config: Config, environment: str, name: str | None, *, target: Target, offline: bool
) -> Candidate:
    """The accepted release to go back to: that of an entry (its number) or commit, by default the one before.

    Its acceptance, the registry (but for what the target holds by its digest) and who may are checked as for any
    promotion. `offline`: the ledger is as it was last fetched, so what runs may be newer than it.

    Raises:
        RefusedError: it may not come back; or what runs is unknown to the ledger.
        UsageError: there is no such entry or commit.

    """
    chains, running = ledger.read_all(found, config.name), target.observe()
    own = chains.get(environment, [])
    if offline and name is None and running and (missing := integrity.cut_off(chains, running)):
        raise RefusedError(
            f"What runs in {environment} names {missing}, which the ledger as last fetched does not have.",
            "Name the entry to go back to; known here are "
            + (", ".join(f"{one.number} ({one.deployment.commit[:12]})" for one in own if _passed(one)) or "none"),
        )
    by_number = name is None or name.removeprefix("#").isdecimal()
    entry = _entry(own, environment, name) if by_number else None
    return verification.verify(
        found,
        config,
        environment,
        entry.deployment.commit if entry else found.commit(name or ""),
        backwards=True,
        release=entry.deployment.release if entry else None,
        running=None if offline else running,
        retained=held(target, running),
    )


def release_before(entries: Sequence[Entry], environment: str) -> Entry:
    """The entry of the release to which `environment` goes back: the one before; after a rollback, the present one.

    So the same way back, run again, leads no further. Further back, a release is named.

    Raises:
        RefusedError: there is none.

    """
    present = ledger.last_passed(entries)
    if present and present.deployment.action == "rollback":
        return present
    ran: list[Entry] = []
    for entry in entries:
        if entry.deployment.result == "passed":
            again = [place for place, one in enumerate(ran) if one.deployment.release == entry.deployment.release]
            del ran[again[0] if again else len(ran) :]
            ran.append(entry)
    if len(ran) < 2:  # noqa: PLR2004 -- the present one, and the one before
        raise RefusedError(
            f"There is no release before the one that runs in {environment}.",
            f"Name a commit that is to run there: ml-cicd history {environment}",
        )
    return ran[-2]


def there(found: Repository, config: Config, candidate: Candidate, target: Target) -> bool:
    """Whether the release runs, healthy, and the ledger says so: then there is nothing to do."""
    running = target.observe()
    present = ledger.last_passed(ledger.read(found, config.name, candidate.environment))
    if not running or not running.healthy or not present:
        return False
    return running.release == present.deployment.release == candidate.release


def _entry(own: list[Entry], environment: str, name: str | None) -> Entry:
    if name is None:
        return release_before(own, environment)
    number = int(name.removeprefix("#"))
    if not 0 < number <= len(own) or not _passed(own[number - 1]):
        raise RefusedError(
            f"Entry {number} of {environment} is no release that has passed there.",
            f"ml-cicd history {environment} lists them.",
        )
    return own[number - 1]


def _passed(entry: Entry) -> bool:
    return entry.deployment.result == "passed"
