"""Judge files of predictions: read, compare, check and decide."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd.errors import UsageError
from cicd.gate import (
    account,
    budget,
    comparison,
    curves,
    examination,
    groups,
    metrics,
    pairing,
    reading,
    table,
    verdict,
)
from cicd.gate.budget import Allowance
from cicd.gate.examination import Status
from cicd.gate.outcomes import Verdict
from cicd.gate.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cicd.gate.account import Account, Look
    from cicd.gate.comparison import Comparison
    from cicd.gate.curves import Curves
    from cicd.gate.examination import Finding
    from cicd.gate.groups import Measured
    from cicd.gate.pairing import Sample
    from cicd.gate.rules import Rules
    from cicd.gate.verdict import Mark


@dataclass(frozen=True)
class Report:
    """The verdict on a candidate, with the comparisons and checks that led to it."""

    verdict: Verdict
    marks: Sequence[Mark]
    findings: Sequence[Finding]
    rules: Rules
    allowance: Allowance
    rows: int
    groups: int | None
    rows_needed: int | None
    evaluation: str
    answers: Mapping[str, str]
    sketch: str
    curves: Curves | None = None
    history: Account | None = None
    """The account of the looks before this one; None if nobody counts."""

    def at(self, look: int) -> Report:
        """Return the report as it is if this were another look at the evaluation set."""
        marks = verdict.judge([mark.comparison for mark in self.marks], budget.pass_alpha(look))
        failed = any(finding.status == Status.FAILED for finding in self.findings)
        unchanged = self.verdict == Verdict.UNCHANGED
        decided = verdict.decide(marks, failed_check=failed, unchanged=unchanged, champion="champion" in self.answers)
        return replace(
            self, verdict=decided, marks=marks, allowance=Allowance(look), rows_needed=_rows_needed(decided, marks)
        )

    @property
    def record(self) -> Record:
        """Return what the ledger keeps of this report, which must have a look."""
        assert self.allowance.look is not None
        whole = [mark.comparison for mark in self.marks if not mark.comparison.slice]
        look = 0 if self.verdict == Verdict.UNCHANGED else self.allowance.look
        return Record(
            str(self.verdict), self.evaluation, self.answers["candidate"], self.answers.get("champion", ""), self.rows,
            look, self.allowance.pass_alpha if look else 0.0, self.sketch,
            {entry.rule.name: entry.difference for entry in whole if math.isfinite(entry.difference)},
        )  # fmt: skip


def judge(
    candidate: Path,
    champion: Path | None,
    rules: Rules,
    training: Path | None = None,
    *,
    looks: Sequence[Look] | None = None,
    measured: Mapping[str, Measured] | None = None,
    image_bytes: int | None = None,
    drawn: bool = False,
) -> Report:
    """Return the report on a candidate.

    Args:
        candidate: its predictions, as CSV or Parquet.
        champion: the champion's, on the same rows; None for a first model.
        rules: what is asked.
        training: ids, and perhaps times, of the rows that the candidate was trained on.
        looks: those that the ledger recorded, from which the number of this look follows; None for that of the rules.
        measured: the numbers of each metric of the project, by its name.
        image_bytes: the size of the release image, if it was measured.
        drawn: whether the report gets its curves.

    Raises:
        UsageError: a file or a rule is wrong, or the files do not belong together.

    """
    needed, optional = pairing.kinds(rules)
    more = {"time": table.LABEL} if training else {}
    if rules.latency is not None:
        more["latency"] = table.NUMBER
    more = {name: kind for name, kind in more.items() if name not in needed}
    ours = reading.read(candidate, table.Wanted(needed, {**optional, **more}, rules.columns))
    theirs = None if champion is None else reading.read(champion, table.Wanted(needed, optional, rules.columns))
    dated = table.Wanted({"id": table.ID}, {"time": table.LABEL}, rules.columns)
    trained = None if training is None else reading.read(training, dated)
    sample = pairing.pair(ours.without(*more), theirs, rules)
    if looks is not None:
        rules = replace(rules, look=_look(sample, looks))
    compared = sorted(
        [*_of_project(rules, measured or {}, sample.truth.rows), *comparison.compare_all(sample, rules)],
        key=lambda entry: (bool(entry.slice), not entry.slice and rules.metrics.index(entry.rule)),
    )
    findings = examination.run(examination.Case(sample, rules, compared, ours, trained, image_bytes))
    marks = verdict.judge(compared, rules.pass_alpha)
    failed = any(finding.status == Status.FAILED for finding in findings)
    decided = verdict.decide(marks, failed_check=failed, unchanged=sample.unchanged, champion=champion is not None)
    codes = sample.truth.groups
    return Report(
        decided, marks, findings, rules, Allowance(rules.look), sample.truth.rows,
        None if codes is None else len(set(codes.tolist())),
        _rows_needed(decided, marks), sample.evaluation, sample.answers,
        sample.sketch, curves.draw(sample, queries=rules.needs(metrics.QUERIES)) if drawn else None,
        None if looks is None else account.account(looks),
    )  # fmt: skip


def _rows_needed(decided: Verdict, marks: Sequence[Mark]) -> int | None:
    return verdict.rows_needed(marks) if decided == Verdict.INCONCLUSIVE else None


def _of_project(rules: Rules, measured: Mapping[str, Measured], rows: int) -> list[Comparison]:
    """Return the comparison of each metric of the project."""
    names = [rule.name for rule in rules.metrics if rule.metric.needs == metrics.OWN]
    for name in dict.fromkeys((*names, *measured)):
        if name not in measured:
            raise UsageError(f"There are no numbers of the metric {name}.", "Let its function run for both models.")
        if name not in names:
            raise UsageError(f"There are numbers of {name}, which is no metric that is asked for.", "Leave them out.")
    return [groups.compare(rule, measured[rule.name], rows) for rule in rules.metrics if rule.name in names]


def _look(sample: Sample, looks: Sequence[Look]) -> int:
    """Return which look at the evaluation set this is; 1 for equal predictions, for which it does not matter."""
    pair = Record(
        str(Verdict.INCONCLUSIVE), sample.evaluation, sample.answers["candidate"], sample.answers.get("champion", ""),
        sample.truth.rows, 1, budget.ALPHA, sample.sketch,
    )  # fmt: skip
    return account.next_look(looks, pair) or 1
