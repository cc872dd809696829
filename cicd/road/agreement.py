"""Whether what an environment runs is what its ledger says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import ledger
from cicd.ledger import integrity
from cicd.road import observed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.deploy.target import Running
    from cicd.ledger import Deployment, Entry


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


def difference(chains: Mapping[str, Sequence[Entry]], environment: str, running: Running | None) -> str:
    """Return how what runs differs from the newest passed entry, or what ails it; empty for nothing."""
    entries = chains.get(environment, [])
    passed = ledger.last_passed(entries)
    if running is None:
        return f"nothing runs, but the ledger says that {passed.deployment.release} does" if passed else ""
    if missing := missing_entry(chains, running):
        return _cut_off(missing)
    if observed.is_unrecorded(entries, running):
        return (
            f"the ledger says {passed.deployment.release if passed else 'nothing'}, but {running.release} runs"
            f"{_origin(running)}: no entry records that deployment. If its run has ended: "
            f"ml-cicd record --observed --environment {environment}"
        )
    if passed and (service := _other_service(passed.deployment, running)):
        return service
    return running.detail


def _other_service(recorded: Deployment, running: Running) -> str:
    """Return which other service runs an image that the ledger does not record for it; empty for none."""
    present = running.other_images
    for name in sorted({*recorded.others, *present}):
        says, runs = recorded.others.get(name, "nothing"), present.get(name, "nothing")
        if says != runs:
            return f"{name}: the ledger says {says}, but {runs} runs"
    return ""


def _origin(running: Running) -> str:
    """Return since when a release runs, who deployed it, and in which run, as far as the target knows."""
    parts = {" since ": running.started, ", deployed by ": running.actor, " in ": running.run}
    return "".join(f"{words}{value}" for words, value in parts.items() if value)


def _cut_off(missing: str) -> str:
    return f"the running release names the entry {missing}, which the ledger does not have: it was cut off or altered"
