"""What runs where: what the targets say, compared with what the ledger says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd import github, ledger
from cicd.config import DockerSettings
from cicd.deploy import target_for
from cicd.errors import UnreachableError, UsageError
from cicd.ledger import anchors
from cicd.road import agreement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Config, Environment
    from cicd.deploy.target import Running, Target
    from cicd.ledger import Entry, Trust
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
    others: Mapping[str, Mapping[str, str | bool]] = field(default_factory=dict)
    """The services beside the first one: digest, health and URL of each, by name."""
    notices: tuple[str, ...] = ()
    """What people should know although nothing differs from the ledger."""


def status(repository: Repository, config: Config) -> dict[str, State]:
    """Return the state of every environment in which something runs, or should run according to the ledger."""
    states = {}
    chains = ledger.read_all(repository, config.name)
    altered = _altered(repository, config, chains)
    for name, environment in config.environments.items():
        entries = chains.get(name, [])
        entry = ledger.last_passed(entries)
        target = target_for(config, environment, repository)
        running = target.observe()
        if running is None and (entry is None or entry.deployment.ephemeral):
            continue
        notices = (
            running.notice if running else "",
            f"no {entry.deployment.undeclared} tests declared" if entry and entry.deployment.undeclared else "",
            _retained(environment, entries, running, target),
        )
        states[name] = State(
            commit=running.commit if running else "",
            digest=ledger.digest_of(running.release) if running and running.release else "",
            entry=entry.number if entry else None,
            healthy=bool(running and running.healthy),
            url=running.url if running else "",
            problem=altered.get(name) or agreement.difference(chains, name, running),
            trust=entries[-1].trust if entries else None,
            others={
                name: {"digest": ledger.digest_of(other.release), "healthy": other.healthy, "url": other.url}
                for name, other in (running.others if running else {}).items()
            },
            notices=tuple(filter(None, notices)),
        )
    return states


def _altered(repository: Repository, config: Config, chains: Mapping[str, Sequence[Entry]]) -> dict[str, str]:
    """Return the environment whose ledger contradicts the registry's tags, and how; empty if it holds together."""
    try:
        found = anchors.contradiction(repository, config.name, chains)
    except UnreachableError as error:
        github.annotate("warning", error.message, title="The ledger was not compared with the registry")
        return {}
    return {found[0]: f"the ledger does not hold together at entry {found[1]}: {found[2]}"} if found else {}


def _retained(environment: Environment, entries: Sequence[Entry], running: Running | None, target: Target) -> str:
    """Return how many of the releases that an engine should retain it still has; empty where it should have none."""
    if not isinstance(environment.settings, DockerSettings):
        return ""
    passed = [entry.deployment for entry in reversed(entries) if entry.deployment.result == "passed"]
    earlier = dict.fromkeys(deployment.release for deployment in passed if not deployment.ephemeral)
    wanted = [release for release in earlier if not running or release != running.release][: environment.retain]
    if not wanted:
        return ""
    present = {release.release for release in target.retained() if not release.service}
    here = sum(release in present for release in wanted)
    lost = (
        "" if here == len(wanted) else "; the others were removed from the engine, for example by docker system prune"
    )
    releases = "release" if len(wanted) == 1 else "releases"
    return f"{here} of {len(wanted)} earlier {releases} can come back without the registry{lost}"


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
    anchor: str
    """Whether the registry has the tag of the newest deployment, or why it was not asked."""
    running: str
    """The entries that the running release names, or why it was not compared."""


def examine(repository: Repository, config: Config) -> dict[str, Examined]:
    """Verify the whole ledger, also that it has every entry which a running release names.

    Raises:
        RefusedError: the first entry that does not hold.

    """
    examined = {}
    chains = ledger.read_all(repository, config.name, every_signature=True)
    chains = anchors.compared(repository, config.name, chains)
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
            anchor=_anchor(repository, config, entries, chains),
            running=compared,
        )
    return examined


def _anchor(
    repository: Repository, config: Config, entries: Sequence[Entry], chains: Mapping[str, Sequence[Entry]]
) -> str:
    """Return in words whether the registry names the newest deployment."""
    try:
        return "yes" if anchors.has_newest(repository, config.name, entries, chains) else "no"
    except UnreachableError as error:
        return f"not asked: {error.message}"
