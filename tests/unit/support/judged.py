"""Releases that the model gate has judged, in the ledger of a project."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from cicd.gate.record import Record
from cicd.ledger import Judgement
from tests.unit.support.road import Road

if TYPE_CHECKING:
    from typing import Any

    from cicd import ledger


def digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def judgement(
    verdict: str = "non-inferior", decision: Any = "pass", *, candidate: str = "new", champion: str = "old",
    against: str = "", rules: str = "rules", reason: str = "", evaluation: str = "set",
) -> Judgement:  # fmt: skip
    """Return a verdict on the predictions `candidate` beside those of the release `against`, which are `champion`."""
    record = Record(
        verdict, digest(evaluation), digest(candidate), digest(champion) if champion else "", 2000, 1, 0.04,
        digest(evaluation)[7:19],
    )  # fmt: skip
    return Judgement(verdict, decision, digest(rules), reason, against, record=record)


class JudgedRoad(Road):
    """A road on which integration judges."""

    gate: Judgement | None = None
    run = ""
    """The address of the runs of integration."""
    minutes = 0
    day = "2000-01-01"
    """When the deployments end: long before a person approves."""

    def deployment(self, deployment: ledger.Deployment) -> ledger.Deployment:
        judged = deployment.environment == "integration" and deployment.action == "deploy"
        self.minutes += 1
        timed = replace(deployment, ended=f"{self.day}T{self.minutes // 60:02}:{self.minutes % 60:02}:00+00:00")
        return replace(timed, gate=self.gate, run=self.run) if judged else timed

    def judged(self, gate: Judgement | None, *environments: str) -> str:
        """Bring a new commit with this verdict through integration, and to these environments; return the commit."""
        self.gate = gate
        return self.accepted("integration", *environments)
