"""Whether what an environment runs is what its ledger says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.ledger import integrity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.deploy.target import Running
    from cicd.ledger import Entry


def named_entries(running: Running | None) -> str:
    """Return in words which entries of the ledger the running release names."""
    if running is None:
        return "nothing runs"
    names = [running.entry, f"deployed after {running.after}" if running.after else ""]
    return ", ".join(filter(None, names)) or "no entry"


def missing_entry(chains: Mapping[str, Sequence[Entry]], running: Running | None) -> str:
    """Return the entry that the running release names and the ledger lacks; empty when the ledger has them all."""
    return integrity.cut_off(chains, (running.entry, running.after)) if running else ""


def check_recorded(chains: Mapping[str, Sequence[Entry]], environment: str, running: Running | None) -> None:
    """Raise unless the ledger has every entry that the running release names.

    Raises:
        RefusedError: entries were cut off at the end of the ledger.

    """
    if missing := missing_entry(chains, running):
        number = len(chains.get(environment, [])) + 1
        raise integrity.broken(environment, number, _cut_off(missing))


def difference(chains: Mapping[str, Sequence[Entry]], passed: Entry | None, running: Running | None) -> str:
    """Return how what runs differs from `passed`, the entry that should run, or what ails it; empty for nothing."""
    if running is None:
        return f"nothing runs, but the ledger says that {passed.deployment.release} does" if passed else ""
    if missing := missing_entry(chains, running):
        return _cut_off(missing)
    if passed is None or passed.deployment.release != running.release:
        return f"the ledger says {passed.deployment.release if passed else 'nothing'}, but {running.release} runs"
    return running.detail


def _cut_off(missing: str) -> str:
    return f"the running release names the entry {missing}, which the ledger does not have: it was cut off or altered"
