"""Who may bring a release to an environment, and whose approval it needs: `ml-cicd.toml` on main says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config import Environment
    from cicd.ledger import Deployment, Entry


def check_promotion(environment: Environment, accepted: Deployment, entries: Sequence[Entry], person: str) -> None:
    """Raise unless the person may promote to the environment, and the release has the approval that it needs.

    Without a list of promoters, everybody may promote who can push the tag. `entries` are the environment's.

    Raises:
        RefusedError: the message names those who may promote, or approve.

    """
    _check(environment.name, person, "promote to", "promoters", environment.promoters)
    if missing := missing_approval(environment, accepted, entries, person):
        approve = f"ml-cicd approve {environment.name} {accepted.commit[:12]} --reason TEXT"
        raise RefusedError(f"{missing}.", f"One of them runs: {approve}")


def missing_approval(environment: Environment, accepted: Deployment, entries: Sequence[Entry], person: str) -> str:
    """Return which approval a release lacks before the person may bring it to the environment; empty for none.

    An approval counts for one release, and never for the person who gave it. A release that has passed in the
    environment before comes back without one. `entries` are the environment's.
    """
    images = (accepted.release, accepted.test)
    same = [entry for entry in entries if (entry.deployment.release, entry.deployment.test) == images]
    if not environment.approvers or any(entry.deployment.result == "passed" for entry in same):
        return ""
    approved_by = [
        entry.deployment.actor for entry in same if entry.deployment.action == "approve" if entry.trust != "unsigned"
    ]
    if any(_among(name, environment.approvers) and not _among(name, [person]) for name in approved_by):
        return ""
    lacks = f"{accepted.commit[:12]} needs an approval for {environment.name} by {_listed(environment.approvers)}"
    return f"{lacks}; that of {person}, who promotes it, does not count" if _among(person, approved_by) else lacks


def check_approver(environment: Environment, person: str) -> None:
    """Raise unless the person may approve releases for the environment; without a list of approvers, everybody may.

    Raises:
        RefusedError: the message names those who may.

    """
    _check(environment.name, person, "approve releases for", "approvers", environment.approvers)


def _check(environment: str, person: str, doing: str, role: str, allowed: Sequence[str]) -> None:
    if allowed and not _among(person, allowed):
        raise RefusedError(
            f"{person} may not {doing} {environment}; {_listed(allowed)} may.",
            f"Ask one of them, or change `{role}` of [environments.{environment}] in ml-cicd.toml on main.",
        )


def _among(person: str, names: Sequence[str]) -> bool:
    """Return whether the person is one of them; GitHub's names have no case."""
    return person.casefold() in {name.casefold() for name in names}


def _listed(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
