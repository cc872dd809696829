"""The verdict of the model gate as the ledger keeps it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.printers import gate_words
from cicd.printers.terminal import table

if TYPE_CHECKING:
    from cicd.gate.record import Record
    from cicd.ledger import Judgement, Line

LEADS = {"pass": "", "ask": "; production needs an approval", "block": "; the release goes no further"}
"""Where a verdict leads, as the end of a sentence."""
HEAD = ("metric", "slice", "champion", "candidate", "92 % interval", "margin", "shown", "floor")
"""The columns of a table of metrics."""
SHOWN = 20
"""How many metrics and slices are listed."""


def line(judged: Judgement) -> str:
    """Return the verdict, why it is not that of the predictions, and where it leads, in a line."""
    reason = f" ({judged.reason})" if judged.reason else ""
    return f"model gate: {judged.verdict}{reason}{LEADS[judged.decision]}"


def report(judged: Judgement) -> str:
    """Return what the ledger knows of a verdict, for a person who decides on it."""
    lines = [line(judged)]
    if record := judged.record:
        lines.append(f"{record.rows:,} rows, evaluation set {record.evaluation[:19]}; {look(record)}")
    lines.append(f"compared with {judged.champion or 'no release: none ran in production'}")
    if judged.metrics:
        lines += ["", table(HEAD, [cells(metric) for metric in judged.metrics[:SHOWN]])]
        if len(judged.metrics) > SHOWN:
            lines.append(f"and {len(judged.metrics) - SHOWN} more")
    last = needed(judged)
    return "\n".join([*lines, *(["", *judged.checks] if judged.checks else []), *(["", *last] if last else [])])


def look(record: Record) -> str:
    """Return which look at the evaluation set a verdict was, and what it spent."""
    return f"look {record.look}, passing may err in {record.alpha:.3%}" if record.look else "no look was spent"


def needed(judged: Judgement) -> list[str]:
    """Return how many rows would decide, as a sentence; nothing if the rows could tell."""
    if judged.record is None or judged.verdict != "inconclusive":
        return []
    return gate_words.needed(judged.record.verdict, judged.record.rows, judged.rows_needed)


def cells(metric: Line) -> tuple[str, ...]:
    """Return a row of the table of metrics, for the columns `HEAD`. The first two are text of a project."""
    interval = f"{_number(metric.low, '+')} to {_number(metric.high, '+')}"
    return (
        metric.name, metric.slice or "-", _number(metric.champion), _number(metric.candidate),
        "-" if metric.low is None and metric.high is None else interval, _number(metric.margin), metric.shown,
        metric.floor,
    )  # fmt: skip


def _number(value: float | None, sign: str = "") -> str:
    return "-" if value is None else f"{value:{sign}.4g}"
