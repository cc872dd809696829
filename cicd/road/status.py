"""What runs where: what the targets say, compared with what the ledger says."""

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
    """What an environment runs."""

    commit: str
    digest: str
    entry: int | None
    """The number of its newest passed entry."""
    healthy: bool
    url: str
    problem: str
    """How it differs from the ledger, or what ails it; empty for nothing."""
    trust: Trust | None
    """Whether the ledger of the environment is signed; None where it is empty."""


def status(repository: Repository, config: Config) -> dict[str, State]:
    """Return the state of every environment in which something runs, or should run according to the ledger."""
    states = {}
    chains = ledger.read_all(repository, config.name)
    for name, environment in config.environments.items():
        entries = chains.get(name, [])
        entry = ledger.last_passed(entries)
        running = target_for(config, environment, repository).observe()
        if running is None and (entry is None or entry.deployment.ephemeral):
            continue
        states[name] = State(
            commit=running.commit if running else "",
            digest=ledger.digest_of(running.release) if running and running.release else "",
            entry=entry.number if entry else None,
            healthy=bool(running and running.healthy),
            url=running.url if running else "",
            problem=agreement.difference(chains, entry, running),
            trust=entries[-1].trust if entries else None,
        )
    return states


@dataclass(frozen=True)
class Examined:
    """The ledger of an environment, after all of it was verified."""

    entries: int
    newest: str
    trust: Trust | None
    signatures: int
    """How many were checked; 0 if the ledger is not signed."""
    links: int
    """How many of its entries rest on another entry, which exists."""
    running: str
    """The entries that the running release names, or why it was not compared."""


def examine(repository: Repository, config: Config) -> dict[str, Examined]:
    """Verify the whole ledger, also that it has every entry which a running release names.

    Raises:
        RefusedError: the first entry that does not hold.

    """
    examined = {}
    chains = ledger.read_all(repository, config.name, every_signature=True)
    for name, environment in config.environments.items():
        entries = chains.get(name, [])
        try:
            running = target_for(config, environment, repository).observe()
            compared = agreement.named_entries(running)
        except (UnreachableError, UsageError) as error:
            running, compared = None, f"not compared: {error.message}"
        agreement.check_recorded(chains, name, running)
        trust = entries[-1].trust if entries else None
        examined[name] = Examined(
            entries=len(entries),
            newest=entries[-1].name if entries else "",
            trust=trust,
            signatures=sum(bool(entry.keyid) for entry in entries) if trust == "signed" else 0,
            links=sum(entry.deployment.basis is not None for entry in entries),
            running=compared,
        )
    return examined
