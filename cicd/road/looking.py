"""Which look at the evaluation set a verdict was: decided by the ledger, when the entry is added to it.

Two runs of integration may judge at the same time, and count the same looks before theirs. One entry is added first.
The other one then is a later look, which may spend less of the error rate on passing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cicd import ledger
from cicd.gate import account
from cicd.road import judging, verdicts

if TYPE_CHECKING:
    from cicd.ledger import Deployment, Judgement
    from cicd.road.verdicts import Chains


def counted(chains: Chains, deployment: Deployment) -> Deployment:
    """Return a deployment with the look that it is after all entries, and with the verdict that it has at that look.

    A verdict that lets the release go no further makes a failed deployment.
    """
    judgement = deployment.gate
    if judgement is None or judgement.record is None:
        return deployment
    final = judgement.at(_number(chains, deployment))
    counted = replace(deployment, gate=final)
    if refusal := judging.refusal(final):
        return replace(counted, result="failed", reason=deployment.reason or refusal.message)
    return counted


def note(judgement: Judgement | None, recorded: Judgement | None) -> str:
    """Return in a sentence what became of the verdict when it was recorded; empty if it is as it was."""
    if judgement is None or recorded is None or judgement.record is None or recorded.record is None:
        return ""
    if judgement.record.look == recorded.record.look:
        return ""
    stays = judgement.verdict == recorded.verdict
    verdict = "the verdict stays" if stays else f"not {judgement.verdict}, the verdict is"
    return (
        f"Another release was recorded first, so that this is look {recorded.record.look} at the evaluation set, "
        f"not {judgement.record.look}: {verdict} {recorded.verdict}."
    )


def _number(chains: Chains, deployment: Deployment) -> int:
    """Return the number of the look that an entry with this deployment adds to the account; 0 for none."""
    entries = chains.get(deployment.environment, [])
    new = ledger.Entry(len(entries) + 1, "", "", deployment)
    looks = verdicts.looks({**chains, deployment.environment: [*entries, new]})
    name = f"{deployment.environment}/{new.number}"
    return next(line.number for line in account.account(looks).lines if line.look.entry == name)
