"""Who may bring a release to an environment, and whose approvals it needs. `road.rules` says whose rules count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import stages
from cicd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config import Config, Environment
    from cicd.ledger import Deployment, Entry
    from cicd.road.request import Request

APP = "[bot]"
"""How the account of every GitHub App ends, that of a job's own token included; no person's can."""


def responsible(request: Request, config: Config, accepted: Deployment, entries: Sequence[Entry], actor: str) -> str:
    """Return the person who answers for a promotion: who started its run, or for an automatic one who started that.

    Integration moves the tag of staging, and an App (`github-actions[bot]`) then starts staging. That is the move of
    the person whose run of integration accepted the release. An App counts as that person only while the tag is at the
    commit, only forwards, and only until another release has replaced this one: so it brings nothing to staging but
    what that person's own run was to bring. `entries` are the environment's.
    """
    automatic = request.stage == stages.STAGING and config.staging_auto and request.tag == request.stage.tag
    if not actor.endswith(APP) or not automatic or request.backwards:
        return actor
    deployed = [entry.deployment.release for entry in entries if entry.deployment.action != "approve"]
    replaced = accepted.release in deployed and deployed[-1] != accepted.release
    return actor if replaced else accepted.actor or actor


def check_promotion(environment: Environment, accepted: Deployment, entries: Sequence[Entry], person: str) -> None:
    """Raise unless the person may promote to the environment, and the release has the approval that it needs.

    Without a list of promoters, everybody may promote who can push the tag. `entries` are the environment's.

    Raises:
        RefusedError: the message names those who may promote, or approve.

    """
    _check(environment.name, person, "promote to", "promoters", environment.promoters)
    if missing := missing_approval(environment, accepted, entries, person):
        approve = f"ml-cicd approve {environment.name} {accepted.commit[:12]} --reason TEXT"
        who = "One of them" if environment.approvals == 1 else "Each who approves"
        raise RefusedError(f"{missing}.", f"{who} runs: {approve}")


def missing_approval(environment: Environment, accepted: Deployment, entries: Sequence[Entry], person: str) -> str:
    """Return which approvals a release lacks before the person may bring it to the environment; empty for none.

    An approval counts for one release, once for each person, and never for the person who promotes. A release that has
    passed in the environment before comes back without one. `entries` are the environment's.
    """
    images = (accepted.release, accepted.test)
    same = [entry for entry in entries if (entry.deployment.release, entry.deployment.test) == images]
    if not environment.approvers or any(_was_accepted(entry) for entry in same):
        return ""
    approved_by = [
        entry.deployment.actor for entry in same if entry.deployment.action == "approve" if entry.trust != "unsigned"
    ]
    given = [name for name in environment.approvers if _among(name, approved_by) and not _among(name, [person])]
    count = len({name.casefold() for name in given})
    if count >= environment.approvals:
        return ""
    others = [name for name in environment.approvers if not _among(name, given)]
    lacks = f"{accepted.commit[:12]} needs an approval for {environment.name} by {_listed(others)}"
    if environment.approvals > 1:
        lacks = f"{count} of {environment.approvals} approvals: {lacks}"
    if given:
        lacks += f"; {' and '.join(given)} approved it"
    return f"{lacks}; that of {person}, who promotes it, does not count" if _among(person, approved_by) else lacks


def _was_accepted(entry: Entry) -> bool:
    return entry.deployment.result == "passed" and not entry.deployment.observed


def may_have_approved(environment: Environment, approver: str, person: str) -> bool:
    """Return whether an approval counts where `person` promotes: by one of the approvers, and never that person's own.

    Without a list of approvers, everybody's approval counts.
    """
    if not environment.approvers:
        return True
    return _among(approver, environment.approvers) and not _among(approver, [person])


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
            f"Ask one of them. A change of `{role}` of [environments.{environment}] in ml-cicd.toml counts once a "
            f"release with it has passed {environment}.",
        )


def _among(person: str, names: Sequence[str]) -> bool:
    """Return whether the person is one of them; GitHub's names have no case."""
    return person.casefold() in {name.casefold() for name in names}


def _listed(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
