"""What runs where: the target's own word, held against the ledger's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import ledger
from cicd.deploy import target_for
from cicd.errors import UnreachableError, UsageError
from cicd.road import agreement

if TYPE_CHECKING:
    from cicd.config import Config
    from cicd.ledger import Trust
    from cicd.repository import Repository


@dataclass(frozen=True)
class State:
    """One environment: what runs there, the entry that brought it, and what is wrong with it ("" for nothing)."""

    commit: str
    digest: str
    entry: int | None
    healthy: bool
    url: str
    problem: str
    trust: Trust | None
    """Whether the ledger of the environment is signed; None where it is empty."""


def status(repository: Repository, config: Config) -> dict[str, State]:
    """The state of every environment in which something runs, or should run by the ledger."""
    found = {}
    chains = ledger.read_all(repository, config.name)
    for name, environment in config.environments.items():
        entries = chains.get(name, [])
        entry = ledger.last_passed(entries)
        running = target_for(config, environment, repository).observe()
        if running is None and (entry is None or entry.deployment.ephemeral):
            continue
        found[name] = State(
            commit=running.commit if running else "",
            digest=ledger.digest_of(running.release) if running and running.release else "",
            entry=entry.number if entry else None,
            healthy=bool(running and running.healthy),
            url=running.url if running else "",
            problem=agreement.difference(chains, entry, running),
            trust=entries[-1].trust if entries else None,
        )
    return found


@dataclass(frozen=True)
class Examined:
    """One environment whose whole ledger was found to hold together."""

    entries: int
    newest: str
    trust: Trust | None
    signatures: int
    """How many were checked; 0 where none counts."""
    links: int
    """How many of its entries rest on another entry, which is there."""
    running: str
    """What became of the comparison with what runs."""


def examine(repository: Repository, config: Config) -> dict[str, Examined]:
    """Verify everything in the ledger, also whether entries were cut off after a release that runs had named them.

    Raises:
        RefusedError: the first thing that does not hold.

    """
    found = {}
    chains = ledger.read_all(repository, config.name, every_signature=True)
    for name, environment in config.environments.items():
        entries = chains.get(name, [])
        try:
            running = target_for(config, environment, repository).observe()
            compared = f"{running.entry}, {running.after or 'no entry'} before it" if running else "nothing runs"
        except (UnreachableError, UsageError) as error:
            running, compared = None, f"not compared: {error.message}"
        agreement.check_recorded(chains, name, running)
        trust = entries[-1].trust if entries else None
        found[name] = Examined(
            entries=len(entries),
            newest=entries[-1].name if entries else "",
            trust=trust,
            signatures=sum(bool(entry.keyid) for entry in entries) if trust == "signed" else 0,
            links=sum(entry.deployment.basis is not None for entry in entries),
            running=compared,
        )
    return found
