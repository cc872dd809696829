"""From the report on a release to the verdict that the ledger gets, and to what it means for the deployment."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from cicd import ledger, stages, text
from cicd.errors import CheckFailedError
from cicd.gate.outcomes import Floor, Shown, Verdict
from cicd.ledger.judgement import LONGEST, MOST, MOST_ROWS, Later

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.gate.report import Report
    from cicd.gate.verdict import Mark
    from cicd.ledger import Entry, Judgement, Line
    from cicd.road.model_rules import Governing

NAME, DETAIL = 100, 400
"""How many characters the name of a slice and the line of a check have: an outcome travels as one variable."""
NAMED = 10
"""How many of the things that speak against a release a message names."""
KEPT = "as entry"
"""How the reason of a verdict begins that an earlier entry decided."""
_URGENT = (Shown.WORSE, Shown.UNCLEAR, Shown.UNDECIDED, Shown.BETTER, Shown.WITHIN, Shown.REPORTED)
MOST_LATER = 20
"""How many looks after its own the verdict is worked out for, in case other releases are recorded first."""
_TOLD = ("failed", "warning", "switched off")


def decided(asked: Governing, report: Report, reasons: Sequence[str], *, champion: str, image: str) -> Judgement:
    """Return the verdict to which a report leads; for any of the `reasons`, it is `inconclusive` at best.

    `champion` is the release that was compared, `image` the evaluation set's.
    """
    verdict = _cautious(report.verdict, reasons)
    return ledger.Judgement(
        str(verdict), verdict.decision(asked.settings), asked.digest, short("; ".join(reasons)), champion, image,
        report.record, _metrics(report), checks(report), _later(asked, report, reasons), _rows_needed(report),
    )  # fmt: skip


def _cautious(verdict: Verdict, reasons: Sequence[str]) -> Verdict:
    if reasons and verdict not in (Verdict.FAILED, Verdict.REGRESSED, Verdict.MIXED):
        return Verdict.INCONCLUSIVE
    return verdict


def _later(asked: Governing, report: Report, reasons: Sequence[str]) -> tuple[Later, ...]:
    """Return each change of the verdict, or of the rows it needs, at later looks, which may spend less on passing."""
    first, before = report.record.look, (report.verdict, _rows_needed(report))
    if not first:
        return ()
    looks = range(first + 1, first + 1 + MOST_LATER)
    ends: list[tuple[int, Verdict, int | None]] = [
        (look, later.verdict, _rows_needed(later)) for look in looks for later in (report.at(look),)
    ]
    if ends[-1][1].decision(asked.settings) != "block":
        ends.append((looks.stop, Verdict.INCONCLUSIVE, None))  # nobody worked it out
    changes = []
    for look, verdict, rows in ends:
        if (verdict, rows) != before:
            final = _cautious(verdict, reasons)
            changes.append(Later(look, str(final), final.decision(asked.settings), str(verdict), rows))
            before = verdict, rows
    return tuple(changes)


def _rows_needed(report: Report) -> int | None:
    """Return how many rows would decide; None also for a number that is out of all proportion."""
    rows = report.rows_needed
    return rows if rows is not None and rows <= MOST_ROWS else None


def without_evaluation(asked: Governing, reasons: Sequence[str], champion: str) -> Judgement:
    """Return the verdict on a release that can't be evaluated, for these reasons."""
    verdict = Verdict.INCONCLUSIVE
    return ledger.Judgement(
        str(verdict), verdict.decision(asked.settings), asked.digest, short("; ".join(reasons)), champion=champion
    )


def kept(chains: Mapping[str, Sequence[Entry]], judgement: Judgement) -> Judgement:
    """Return an earlier verdict on the same predictions beside the same champion, if it asked for an approval.

    Otherwise a second run could turn a verdict on which a person must decide into one that passes.
    """
    if judgement.record is None or judgement.decision != "pass":
        return judgement
    for entry in reversed(chains.get(stages.INTEGRATION.name, [])):
        before = entry.deployment.gate
        if before is None or before.record is None or before.champion != judgement.champion:
            continue
        if before.record.pair != judgement.record.pair:
            continue
        if before.decision != "ask":
            return judgement
        why = f": {before.reason}" if before.reason else ""
        new = f"{KEPT} {entry.number} of the same predictions{why}"
        reason = before.reason if before.reason.startswith(KEPT) else new
        return replace(
            judgement, verdict=before.verdict, decision="ask", rules=before.rules, reason=short(reason),
            rows_needed=before.rows_needed,
        )  # fmt: skip
    return judgement


def refusal(judgement: Judgement) -> CheckFailedError | None:
    """Return the error that ends the deployment of a release; None if the release goes on."""
    if judgement.decision != "block":
        return None
    reason = f" ({judgement.reason})" if judgement.reason else ""
    shown = f": {', '.join(against)}" if (against := _against(judgement)) else ""
    message = f"The model gate's verdict on the release is {judgement.verdict}{reason}{shown}."
    if judgement.verdict in (Verdict.FAILED, Verdict.REGRESSED):
        return CheckFailedError(message, "The report has the numbers. No approval changes it: push a better model.")
    hint = f'ml-cicd.toml on main has [gate] {judgement.verdict} = "block". To let people decide, write "ask" there.'
    return CheckFailedError(message, hint)


def _against(judgement: Judgement) -> list[str]:
    """Return what speaks against a release, in words."""
    words = []
    for line in judgement.metrics:
        name = f"{line.name} of {line.slice}" if line.slice else line.name
        if line.floor == Floor.MISSED:
            words.append(f"{name} misses its floor")
        elif line.shown == Shown.WORSE:
            words.append(f"{name} is worse")
    return [*words, *(check for check in judgement.checks if " failed: " in check)][:NAMED]


def _metrics(report: Report) -> tuple[Line, ...]:
    """Return the metrics on the whole set, then the slices, what decides first."""
    places = {shown: place for place, shown in enumerate(_URGENT)}
    marks = sorted(report.marks, key=lambda mark: (bool(mark.comparison.slice), places[mark.shown]))
    return tuple(_metric(mark) for mark in marks[:MOST])


def _metric(mark: Mark) -> Line:
    compared = mark.comparison
    low, high = compared.interval()
    return ledger.Line(
        compared.rule.name, short(compared.slice, NAME), finite(compared.champion), finite(compared.candidate),
        finite(low), finite(high), finite(compared.rule.margin if not compared.slice else compared.margin),
        str(mark.shown), str(mark.floor),
    )  # fmt: skip


def checks(report: Report) -> tuple[str, ...]:
    """Return a line about each check of which people should know."""
    findings = [finding for finding in report.findings if finding.status in _TOLD]
    lines = (f"{finding.check.code} {finding.status}: {finding.check.title} ({finding.detail})" for finding in findings)
    return tuple(short(line, DETAIL) for line in lines)


def finite(value: float | None) -> float | None:
    """Return a number for JSON; None for one that is not known or not bounded."""
    return float(value) if value is not None and math.isfinite(value) else None


def short(words: str, most: int = LONGEST) -> str:
    """Return text of a project as one printable line of at most so many characters."""
    return text.visible(" ".join(words.split()), most)[:most]
