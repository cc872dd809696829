"""The words and numbers of a report of the model gate, as every printer shows them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cicd.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.gate.account import Account
    from cicd.gate.examination import Finding
    from cicd.gate.report import Report
    from cicd.gate.verdict import Mark
    from cicd.ledger import Judgement

MEANING = {
    "failed": "the candidate is below a floor, or a check failed",
    "mixed": "one metric is worse, another one better: a person must decide",
    "regressed": "the candidate is shown worse than the champion",
    "superior": "the candidate loses less than every margin, and gains",
    "non-inferior": "the candidate loses less than every margin",
    "inconclusive": "these rows can't tell: a person must decide",
    "unchanged": "the predictions are those of the champion",
    "first": "there is no champion; every floor is reached",
}
HEAD = ("metric", "champion", "candidate", "difference", "92 % interval", "margin", "shown")
SLICE_HEAD = ("slice", "rows", *HEAD)
TOLD = ("failed", "warning", "switched off")
"""The ends of checks that are shown with what was seen."""
LONGEST = 60
"""How many characters of a slice's name are shown."""
_URGENT = {"worse": 0, "unclear": 1, "undecided": 2, "better": 3, "within": 4, "reported": 5}


def whole(judged: Report) -> list[Mark]:
    """Return the metrics on the whole set."""
    return [mark for mark in judged.marks if not mark.comparison.slice]


def slices(judged: Report) -> list[Mark]:
    """Return the metrics on slices, the most urgent first."""
    return sorted((mark for mark in judged.marks if mark.comparison.slice), key=lambda mark: _URGENT[mark.shown])


def size(judged: Report) -> str:
    """Return how many rows and groups the evaluation set has."""
    return f"{judged.rows:,} rows" + ("" if judged.groups is None else f" in {judged.groups:,} groups")


def cells(mark: Mark) -> tuple[str, ...]:
    """Return the row of a metric, below `HEAD`."""
    compared = mark.comparison
    champion = "-" if compared.champion is None else number(compared.champion)
    interval, margin = "-", "-"
    if compared.judged:
        low, high = compared.interval()
        margin = f"{compared.margin:g}"
        if math.isfinite(low) or math.isfinite(high):
            interval = f"{signed(low)} to {signed(high)}"
    return (
        compared.rule.name, champion, number(compared.candidate), signed(compared.difference), interval, margin,
        str(mark.shown),
    )  # fmt: skip


def slice_name(mark: Mark) -> str:
    """Return the name of a mark's slice, which is text of the project."""
    return visible(mark.comparison.slice, LONGEST)


def left_out(marks: Sequence[Mark]) -> str:
    """Return a sentence about slices that are not listed."""
    kinds = sorted({str(mark.shown) for mark in marks}, key=_URGENT.__getitem__)
    counts = [f"{sum(mark.shown == kind for mark in marks):,} {kind}" for kind in kinds]
    return f"{len(marks):,} more are not listed: {', '.join(counts)}."


def remarks(judged: Report) -> list[str]:
    """Return the sentences below the tables, which hold no text of the project."""
    before = changes(judged.history) if judged.history else ""
    return [
        *_floors(judged),
        *_reasons(judged),
        *needed(judged.verdict, judged.rows, judged.rows_needed),
        _account(judged),
        *([before] if before else []),
    ]


def _floors(judged: Report) -> list[str]:
    words = {"reached": "is reached", "missed": "IS MISSED", "unclear": "is neither shown reached nor missed"}
    return [
        f"{mark.comparison.rule.name}: the {'floor' if mark.comparison.rule.higher else 'ceiling'} of "
        f"{mark.comparison.rule.floor:g} {words[mark.floor]}."
        for mark in whole(judged)
        if mark.floor != "none"
    ]


def _reasons(judged: Report) -> list[str]:
    """Return why nothing can be shown of whole metrics, and what a required gain lacks."""
    lines = []
    for mark in whole(judged):
        compared = mark.comparison
        if compared.why:
            lines.append(f"{compared.rule.name}: {compared.why}.")
        if compared.rule.gain and compared.judged and mark.shown != "better":
            lines.append(f"{compared.rule.name}: a gain is required, and none is shown.")
    undecided = sum(mark.shown == "undecided" for mark in judged.marks)
    if undecided:
        lines.append(f"{undecided} slices are too small to show their margin; they can block, and do not hold back.")
    return lines


def needed(verdict: str, rows: int, rows_needed: int | None) -> list[str]:
    """Return how many rows would decide, as a sentence, for predictions with this verdict on so many rows."""
    if rows_needed is not None:
        more = rows_needed - rows
        return [f"{rows_needed:,} rows of this kind would decide ({more:,} more), for four of five equal models."]
    return ["How many rows would decide is not known."] if verdict == "inconclusive" else []


def meaning(judged: Report, final: Judgement | None) -> str:
    """Return what the verdict of a report means.

    `final` is what the ledger gets; None if there is no ledger. If its verdict is another one, say that the report's is
    that of the predictions alone.
    """
    if final is None or final.verdict == judged.verdict:
        return MEANING[judged.verdict]
    return f"by the predictions alone it is {judged.verdict}: {MEANING[judged.verdict]}"


def _account(judged: Report) -> str:
    allowance = judged.allowance
    if allowance.look is None:
        return "Nobody counts how often this set was used: the error rates hold for its first use. See --look."
    if judged.verdict == "unchanged":
        return "Equal predictions are no new look at this set."
    now, spent = f"{allowance.pass_alpha:.3%}", f"{allowance.spent:.3%}"
    return f"Look {allowance.look} at this set: passing may err in {now}, and in {spent} over all looks so far."


def changes(account: Account) -> str:
    """Return how the releases in production changed each metric, in a sentence; empty for no change."""
    if not account.changes:
        return ""
    sums = ", ".join(f"{name} by {signed(change)}" for name, change in account.changes.items())
    since = f"after {account.since}, the last superior one," if account.since else "so far"
    return f"The releases that reached production {since} changed {sums} together."


def told(judged: Report) -> list[Finding]:
    """Return the checks that failed, warn or are off."""
    return [finding for finding in judged.findings if finding.status in TOLD]


def ending(finding: Finding) -> str:
    """Return how a check ended, in a word that is seen."""
    return "FAILED" if finding.status == "failed" else str(finding.status)


def detail(finding: Finding) -> str:
    """Return what a check saw, or why it is off, which is text of the project."""
    return visible(finding.detail, 400)


def other_checks(judged: Report) -> list[str]:
    """Return the codes of the checks that passed, and of those without data."""
    lines = []
    for status in ("passed", "not checked"):
        codes = [finding.check.code for finding in judged.findings if finding.status == status]
        if codes:
            lines.append(f"{status}: {', '.join(codes)}")
    return lines


def number(value: float) -> str:
    """Return a value of a metric."""
    return "-" if math.isnan(value) else f"{value:.4f}" if abs(value) < 1000 else f"{value:,.1f}"  # noqa: PLR2004


def signed(value: float) -> str:
    """Return a difference with its sign; `?` if it is not bounded."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "?"
    return f"{value:+.4f}" if abs(value) < 1000 else f"{value:+,.1f}"  # noqa: PLR2004
