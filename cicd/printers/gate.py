"""The report of the model gate, for terminals and for programs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cicd.printers import gate_words as words
from cicd.printers import verdicts
from cicd.printers.terminal import table

if TYPE_CHECKING:
    from cicd.gate.checks import Check
    from cicd.gate.plan import Plan
    from cicd.gate.report import Report
    from cicd.gate.verdict import Mark
    from cicd.ledger import Judgement

SHOWN = 30
"""How many slices are listed at most, the most urgent first."""


def report(judged: Report, final: Judgement | None = None) -> str:
    """Return the report as text for a terminal.

    `final` is what the ledger gets, whose verdict counts; None if there is no ledger.
    """
    lowered = final is not None and final.verdict != judged.verdict
    lines = [
        *([verdicts.line(final)] if final and (lowered or final.reason) else []),
        words.meaning(judged, final) if lowered else f"{judged.verdict}: {words.meaning(judged, final)}",
        f"{words.size(judged)}, evaluation set {judged.evaluation[:19]}", "",
        table(words.HEAD, [words.cells(mark) for mark in words.whole(judged)]),
    ]  # fmt: skip
    if slices := words.slices(judged):
        rows = [(words.slice_name(mark), f"{mark.comparison.rows:,}", *words.cells(mark)) for mark in slices[:SHOWN]]
        lines += ["", table(words.SLICE_HEAD, rows)]
        if len(slices) > SHOWN:
            lines.append(words.left_out(slices[SHOWN:]))
    findings = [
        f"{finding.check.code} {words.ending(finding)}: {finding.check.title} ({words.detail(finding)})"
        for finding in words.told(judged)
    ]
    lines += ["", *words.remarks(judged), "", *findings, *words.other_checks(judged)]
    return "\n".join(lines).rstrip()


def check(described: Check) -> str:
    """Return what a check looks for, and what to do."""
    kind = "fails the candidate" if described.fails else "is a warning"
    return f"{described.code}: {described.title}; it {kind}\n{described.explanation}\n{described.remedy}"


def plan(planned: Plan) -> str:
    """Return which margins how many rows decide."""
    effect = (
        f"; rows of a group are alike: {planned.design_effect:.1f} times as many rows"
        if planned.design_effect > 1
        else ""
    )
    apart = f"disagreement {planned.disagreement:.2%}"
    if planned.deviation is not None:
        apart = f"{planned.metric}, predictions differ by {planned.deviation:.4g} (root mean square)"
    lines = [f"{apart}, passing may err in {planned.alpha:.3%}{effect}", ""]
    lines.append(table(("margin", "rows"), [(f"{margin:g}", f"{rows:,}") for margin, rows in planned.table]))
    lines.append("")
    if planned.rows is not None:
        digits = ".4f" if planned.deviation is None else ".4g"
        able = "no margin" if planned.margin is None else f"a margin of {planned.margin:{digits}}"
        lines.append(f"{planned.rows:,} rows decide {able} for four of five equal models.")
    if planned.deviation is not None:
        lines.append("No absolute error changes by more than the prediction. So fewer rows may do.")
    return "\n".join(lines).rstrip()


def plan_as_json(planned: Plan) -> dict[str, Any]:
    """Return a plan for programs."""
    return {
        "metric": planned.metric,
        "disagreement": planned.disagreement,
        "deviation": planned.deviation,
        "design_effect": planned.design_effect,
        "alpha": planned.alpha,
        "look": planned.look,
        "rows": planned.rows,
        "margin": planned.margin,
        "table": [{"margin": margin, "rows": rows} for margin, rows in planned.table],
    }


def as_json(judged: Report) -> dict[str, Any]:
    """Return a report for programs; a value that is not known is null."""
    return {
        "verdict": str(judged.verdict),
        "metrics": [_mark_as_json(mark) for mark in judged.marks],
        "rows": judged.rows,
        "groups": judged.groups,
        "rows_needed": judged.rows_needed,
        "account": {
            "look": judged.allowance.look,
            "alpha_block": judged.allowance.block_alpha,
            "alpha_pass": judged.allowance.pass_alpha,
            "spent": judged.allowance.spent,
            "changes": dict(judged.history.changes) if judged.history else {},
            "since": judged.history.since if judged.history else "",
        },
        "checks": [
            {
                "code": finding.check.code,
                "title": finding.check.title,
                "status": str(finding.status),
                "detail": finding.detail,
            }
            for finding in judged.findings
        ],
        "evaluation": judged.evaluation,
        "predictions": dict(judged.answers),
    }


def _mark_as_json(mark: Mark) -> dict[str, Any]:
    compared = mark.comparison
    low, high = compared.interval()
    return {
        "name": compared.rule.name,
        "slice": compared.slice or None,
        "champion": _finite(compared.champion),
        "candidate": _finite(compared.candidate),
        "difference": _finite(compared.difference),
        "low": _finite(low),
        "high": _finite(high),
        "verdict": str(mark.shown),
        "direction": "higher" if compared.rule.higher else "lower",
        "margin": _finite(compared.margin),
        "floor": None if compared.slice else compared.rule.floor,
        "floor_verdict": str(mark.floor),
        "rows": compared.rows,
        "units": compared.units,
        "reason": compared.why,
    }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
