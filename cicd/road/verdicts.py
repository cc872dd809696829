"""The verdicts of the model gate in the ledger: which release has which, and whether production takes it with that.

Integration records a verdict with the release that it judged. Only production asks for it: until then a release may go
on, so that people can look at it.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cicd import ledger, stages
from cicd.errors import RefusedError
from cicd.gate.account import Look
from cicd.road import people

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Config, Environment
    from cicd.ledger import Deployment, Entry, Judgement

    Chains = Mapping[str, Sequence[Entry]]


@dataclass(frozen=True)
class Judged:
    """A verdict, and the entry of integration that holds it."""

    entry: Entry
    judgement: Judgement


def of_release(chains: Chains, release: str) -> Judged | None:
    """Return the newest verdict on a release; None if it was never judged."""
    for entry in reversed(chains.get(stages.INTEGRATION.name, [])):
        if entry.deployment.release == release and entry.deployment.gate:
            return Judged(entry, entry.deployment.gate)
    return None


def of_commit(chains: Chains, commit: str) -> Judged | None:
    """Return the newest verdict on a release of a commit; None if none was judged."""
    for entry in reversed(chains.get(stages.INTEGRATION.name, [])):
        if entry.deployment.commit == commit and entry.deployment.gate:
            return Judged(entry, entry.deployment.gate)
    return None


def champion(chains: Chains) -> Deployment | None:
    """Return what runs in production according to the ledger; None if nothing does."""
    entry = ledger.last_passed(chains.get(stages.PRODUCTION.name, []))
    return entry.deployment if entry else None


def looks(chains: Chains) -> list[Look]:
    """Return all looks at evaluation sets, and the promotions of judged releases, in the order of time.

    Each environment's entries keep their order, and a release is judged before it is promoted, also if the clocks of
    runners differ. A release that comes back to production is no new promotion.
    """
    judged: dict[str, str] = {}
    latest = ""
    for entry in chains.get(stages.INTEGRATION.name, []):
        latest = max(latest, entry.deployment.ended)
        if entry.deployment.gate:
            judged.setdefault(entry.deployment.release, latest)
    promoted: dict[str, Entry] = {}
    for entry in chains.get(stages.PRODUCTION.name, []):
        if _passed(entry) and entry.deployment.release in judged:
            promoted.setdefault(entry.deployment.release, entry)

    def moment(entry: Entry) -> str:
        return max(entry.deployment.ended, judged.get(entry.deployment.release, ""))

    verdict_of: dict[str, Judgement] = {}
    result = []
    for entry in heapq.merge(chains.get(stages.INTEGRATION.name, []), promoted.values(), key=moment):
        release, environment = entry.deployment.release, entry.deployment.environment
        if entry.deployment.gate:
            verdict_of[release] = entry.deployment.gate
        judgement = verdict_of.get(release) if entry.deployment.gate or environment == stages.PRODUCTION.name else None
        if judgement and judgement.record:
            name = f"{environment}/{entry.number}"
            result.append(Look(name, judgement.record, promoted=environment == stages.PRODUCTION.name))
    return result


def check(config: Config, chains: Chains, environment: Environment, accepted: Deployment, person: str) -> None:
    """Raise unless the model gate lets a release into an environment.

    A release that has passed there before comes back without a new verdict. `environment` is the one with the rules
    about people that count, `person` the one who promotes.

    Raises:
        RefusedError: it has no verdict, the champion is another one by now, the newest verdict stops the release, or an
            approval is missing.

    """
    if environment.name != stages.PRODUCTION.name or _was_there(chains, accepted.release):
        return
    judged, commit = of_release(chains, accepted.release), accepted.commit[:12]
    if judged is None:
        if config.gate and config.gate.evaluate:
            raise RefusedError(
                f"The model gate has not judged the release of {commit}: it passed {stages.INTEGRATION.name} before "
                "ml-cicd.toml had [gate].",
                _again(chains, accepted),
            )
        return
    if other := _other_champion(chains, judged.judgement):
        raise RefusedError(f"The model gate compared {commit} with another release than what runs now: {other}.",
                           _again(chains, accepted))  # fmt: skip
    _check_not_stopped(judged, commit)
    if missing := missing_approval(chains, environment, accepted, person):
        raise RefusedError(
            f"{missing}.",
            f"Read the report, then approve: ml-cicd approve {environment.name} {commit} --reason TEXT",
        )


def missing_approval(chains: Chains, environment: Environment, accepted: Deployment, person: str) -> str:
    """Return why the verdict on a release asks for an approval that it does not have; empty if none is missing.

    An approval counts for every release with the same predictions on the same set, judged by the same rules. In an
    environment with approvers it counts if one of them gave it, and not the person who promotes.
    """
    judged = of_release(chains, accepted.release)
    if environment.name != stages.PRODUCTION.name or judged is None or _was_there(chains, accepted.release):
        return ""
    if judged.judgement.decision != "ask" or _is_approved(chains, environment, judged, person):
        return ""
    reason = f" ({judged.judgement.reason})" if judged.judgement.reason else ""
    who = f" by {' or '.join(environment.approvers)}" if environment.approvers else ""
    return (
        f"The model gate's verdict on {accepted.commit[:12]} is {judged.judgement.verdict}{reason}: "
        f"{environment.name} needs an approval{who}"
    )


def check_approvable(chains: Chains, commit: str) -> None:
    """Raise if the model gate has stopped the newest release of a commit: no approval changes that.

    Raises:
        RefusedError: the verdict is one that no person decides on.

    """
    if judged := of_commit(chains, commit):
        _check_not_stopped(judged, commit[:12])


def _check_not_stopped(judged: Judged, commit: str) -> None:
    if judged.judgement.decision == "block":
        raise RefusedError(
            f"The model gate's verdict on {commit} is {judged.judgement.verdict} (entry {judged.entry.number} of "
            f"{stages.INTEGRATION.name}). No approval changes that.",
            "Push a better model. A floor that is too high is changed in ml-cicd.toml on main, in a commit of its own.",
        )


def _is_approved(chains: Chains, environment: Environment, judged: Judged, person: str) -> bool:
    for entry in chains.get(environment.name, []):
        approval = entry.deployment
        if approval.action != "approve" or entry.trust == "unsigned":
            continue
        if not people.may_have_approved(environment, approval.actor, person):
            continue
        if approval.release == judged.entry.deployment.release:
            if approval.started >= judged.entry.deployment.ended:  # it was this verdict that the person saw
                return True
        elif (other := of_release(chains, approval.release)) and other.judgement.covers(judged.judgement):
            return True
    return False


def _other_champion(chains: Chains, judgement: Judgement) -> str:
    """Return which other release runs in production than the one that was compared; empty if the model is the same."""
    present = champion(chains)
    if judgement.record is None or present is None or present.release == judgement.champion:
        return ""
    judged = of_release(chains, present.release)
    record = judged.judgement.record if judged else None
    compared = (judgement.record.evaluation, judgement.record.champion)
    if record and (record.evaluation, record.candidate) == compared:
        return ""  # the predictions of what runs are those that were compared
    return f"{present.release}, of {present.commit[:12]}"


def _was_there(chains: Chains, release: str) -> bool:
    """Return whether a release has passed in production before."""
    entries = chains.get(stages.PRODUCTION.name, [])
    return any(entry.deployment.release == release and _passed(entry) for entry in entries)


def _passed(entry: Entry) -> bool:
    return entry.deployment.result == "passed" and not entry.deployment.observed


def _again(chains: Chains, accepted: Deployment) -> str:
    """Return how a release is compared with what runs now: by its run of integration, or its newest release."""
    commit = accepted.commit[:12]
    newest = of_commit(chains, accepted.commit)
    if newest and newest.entry.deployment.release != accepted.release and not _other_champion(chains, newest.judgement):
        return (
            f"The newest release of {commit} was compared with it: {newest.entry.deployment.release}. Bring that to "
            f"{stages.STAGING.name} first: ml-cicd promote {stages.STAGING.name} {commit}"
        )
    runs = [
        entry.deployment.run for entry in chains.get(stages.INTEGRATION.name, [])
        if entry.deployment.commit == accepted.commit
    ]  # fmt: skip
    command = _rerun(runs[-1]) if runs else ""
    again = f": {command}" if command else ""
    return (
        f"Run {stages.INTEGRATION.name} of {commit} again{again}. It compares with what runs now. Then: "
        f"ml-cicd promote {stages.PRODUCTION.name} {commit} (if that run built another digest, to "
        f"{stages.STAGING.name} first)."
    )


def _rerun(run: str) -> str:
    """Return the command that starts the run at a web address again; empty if the address is of no run."""
    address = urlsplit(run)
    place, _, number = address.path.partition("/actions/runs/")
    if not number.isdecimal():
        return ""
    if address.scheme == "file":
        return f"ml-cicd local rerun {number}"
    host = "" if address.netloc == "github.com" else f"{address.netloc}/"
    return f"gh run rerun {number} --repo {host}{place.strip('/')}"
