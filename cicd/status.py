"""What runs where: the target's own word, held against the ledger's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import ledger
from cicd.deploy import target_for
from cicd.deployment import instance_of

if TYPE_CHECKING:
    from cicd.config import Config
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


def status(repository: Repository, config: Config) -> dict[str, State]:
    """The state of every environment in which something runs, or should run by the ledger."""
    found, instance = {}, instance_of(repository)
    for name, environment in config.environments.items():
        entries = ledger.read(repository, config.name, name)
        entry = ledger.last_passed(entries)
        running = target_for(config, environment, instance).observe()
        if running is None and (entry is None or entry.deployment.ephemeral):
            continue
        problem = running.detail if running else "nothing runs, but the ledger says that something should"
        if running and (entry is None or entry.deployment.release != running.release):
            problem = f"the ledger says {entry.deployment.release if entry else 'nothing'}, but {running.release} runs"
        found[name] = State(
            commit=running.commit if running else "",
            digest=ledger.digest_of(running.release) if running else "",
            entry=entry.number if entry else None,
            healthy=bool(running and running.healthy),
            url=running.url if running else "",
            problem=problem,
        )
    return found
