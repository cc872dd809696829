"""Who may bring a release to an environment, and whose approval it needs; both as `ml-cicd.toml` on main says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config import Environment
    from cicd.ledger import Deployment, Entry


def check_promoter(environment: Environment, who: str) -> None:
    """Refuse whoever may not promote to the environment; without a list, everybody may who can push the tag.

    Raises:
        RefusedError: the message names those who may.

    """
    _check(environment.name, who, "promote to", "promoters", environment.promoters)


def missing_approval(environment: Environment, accepted: Deployment, own: Sequence[Entry], who: str) -> str:
    """What approval a release lacks before `who` may bring it to the environment; empty for none.

    An approval counts for one release. One's own does not count. What has passed in the environment before needs none
    to come back. `own` are the entries of the environment.
    """
    images = (accepted.release, accepted.test)
    same = [entry for entry in own if (entry.deployment.release, entry.deployment.test) == images]
    if not environment.approvers or any(entry.deployment.result == "passed" for entry in same):
        return ""
    given = [
        entry.deployment.actor for entry in same if entry.deployment.action == "approve" if entry.trust != "unsigned"
    ]
    if any(_among(one, environment.approvers) and not _among(one, [who]) for one in given):
        return ""
    lacks = f"{accepted.commit[:12]} needs an approval for {environment.name} by {_named(environment.approvers)}"
    return f"{lacks}; that of {who}, who promotes it, does not count" if _among(who, given) else lacks


def check_approver(environment: Environment, who: str) -> None:
    """Refuse whoever may not approve releases for the environment; without a list, everybody may say what they think.

    Raises:
        RefusedError: the message names those who may.

    """
    _check(environment.name, who, "approve releases for", "approvers", environment.approvers)


def _check(environment: str, who: str, doing: str, role: str, allowed: Sequence[str]) -> None:
    if allowed and not _among(who, allowed):
        raise RefusedError(
            f"{who} may not {doing} {environment}; {_named(allowed)} may.",
            f"They are the {role} of [environments.{environment}] in ml-cicd.toml on main.",
        )


def _among(who: str, names: Sequence[str]) -> bool:
    """Whether `who` is one of them; GitHub's names have no case."""
    return who.casefold() in {name.casefold() for name in names}


def _named(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
