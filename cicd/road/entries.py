"""Choose an entry of an environment's ledger: by its number, the newest that passed, or the previous release's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import ledger
from cicd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.ledger import Entry


def numbered(entries: Sequence[Entry], environment: str, number: str) -> Entry:
    """Return the entry with a number, written as `7` or `#7`.

    Raises:
        RefusedError: the ledger has no such entry.

    """
    for entry in entries:
        if number.removeprefix("#") == str(entry.number):
            return entry
    raise RefusedError(
        f"The ledger of {environment} has no entry {number.removeprefix('#')}.",
        f"List its entries: ml-cicd history {environment}",
    )


def last_passed(entries: Sequence[Entry], environment: str) -> Entry:
    """Return the newest passed entry.

    Raises:
        RefusedError: nothing has passed yet.

    """
    entry = ledger.last_passed(entries)
    if entry is None:
        raise RefusedError(
            f"Nothing has passed {environment} yet: there is no release to take from its ledger.",
            f"List its entries: ml-cicd history {environment}",
        )
    return entry


def previous_release(entries: Sequence[Entry], environment: str) -> Entry:
    """Return the entry of the release that ran before the present one.

    After a rollback that is the present one, so that repeating a rollback does not go further back.

    Raises:
        RefusedError: no other release has passed there before, or none at all.

    """
    present = last_passed(entries, environment)
    if present.deployment.action == "rollback":
        return present
    releases: list[Entry] = []
    for entry in entries:
        if entry.deployment.result == "passed" and not entry.deployment.late:
            same = [place for place, old in enumerate(releases) if old.deployment.release == entry.deployment.release]
            del releases[same[0] if same else len(releases) :]
            releases.append(entry)
    if len(releases) < 2:  # noqa: PLR2004 -- the present one, and the one before
        raise RefusedError(
            f"There is no earlier release in {environment}: only {present.deployment.commit[:12]} has passed there.",
            f"Name the commit to go back to: ml-cicd rollback {environment} COMMIT --reason TEXT",
        )
    return releases[-2]
