"""What the thin training of a branch showed: for a terminal, for the summary of a job, and for a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.printers.gate_markdown import code, folded, head_of, row_of, unbroken
from cicd.printers.terminal import table
from cicd.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.comment.rehearsal import Rehearsal, Row

SHOWN = 50
"""How many metrics and slices are listed."""
HEAD = ("metric", "slice", "champion", "candidate", "92 % interval")
TITLES = {
    "unchanged": "Model: this branch does not change it",
    "trained": "Model: thin training, not evaluated",
    "evaluated": "Model: thin training on the development set, no verdict",
}
MEANING = {
    "unchanged": "What training reads is what a model of integration was made of, so nothing was trained.",
    "trained": "The thin training passed. Integration trains in full.",
    "evaluated": "The candidate saw less data than the model of a release, and the set is the development set. So the "
    "numbers decide nothing: integration trains in full, and the model gate judges that model on the evaluation set.",
}


def text(done: Rehearsal) -> str:
    """Return a rehearsal for a terminal."""
    lines = [f"{_lowered(TITLES[done.state])}", MEANING[done.state]]
    if done.note:
        lines.append(visible(f"{done.note}."))
    if done.state == "evaluated":
        lines += [_size(done), f"compared with {done.champion or 'no release'}", ""]
        lines.append(table(HEAD, [_cells(row) for row in done.metrics[:SHOWN]]))
        lines += _rest(done)
    return "\n".join([*lines, *(["", *map(visible, done.checks)] if done.checks else [])])


def markdown(done: Rehearsal, of: str = "") -> str:
    """Return a rehearsal as Markdown; `of` names the project as the middle of a sentence, and may be empty."""
    lines = [f"### {TITLES[done.state].replace('Model', f'Model{of}', 1)}", "", MEANING[done.state]]
    if done.note:
        lines += ["", code(done.note, 400)]
    if done.state == "evaluated":
        champion = f"compared with {code(done.champion)}" if done.champion else "compared with no release"
        lines += ["", f"{_size(done)}, {champion}"]
        whole, slices = ([row for row in done.metrics if bool(row.slice) == part] for part in (False, True))
        lines += ["", *_table(whole)] if whole else []
        lines += ["", *folded(f"Slices: {len(slices)}", _table(slices))] if slices else []
    checks = [f"* {code(check, 400)}" for check in done.checks]
    return "\n".join([*lines, *(["", *checks] if checks else [])])


def left_out(reason: str) -> str:
    """Return for a summary why a run trains no branch."""
    return f"**Thin training**: left out, since {reason}"


def _lowered(title: str) -> str:
    return f"{title[:1].lower()}{title[1:]}"


def _size(done: Rehearsal) -> str:
    return f"{done.rows:,} rows" + (f" in {done.groups:,} groups" if done.groups else "")


def _rest(done: Rehearsal) -> list[str]:
    more = len(done.metrics) - SHOWN
    return [f"{more} more are not listed."] if more > 0 else []


def _cells(row: Row) -> tuple[str, ...]:
    bounds = f"{_number(row.low, '+')} to {_number(row.high, '+')}"
    unknown = row.low is None and row.high is None
    return (
        visible(row.name), visible(row.slice) or "-", _number(row.champion), _number(row.candidate),
        "-" if unknown else bounds,
    )  # fmt: skip


def _number(value: float | None, sign: str = "") -> str:
    return "-" if value is None else f"{value:{sign}.4g}"


def _table(metrics: Sequence[Row]) -> list[str]:
    """Return a table of metrics on the whole set, or of those on slices, as Markdown."""
    lines = head_of(HEAD if metrics[0].slice else [name for name in HEAD if name != "slice"])
    for row in metrics[:SHOWN]:
        name, part, *numbers = _cells(row)
        parts = [code(part, 100)] if row.slice else []
        lines.append(row_of([code(name, 100), *parts, *map(unbroken, numbers)]))
    more = [f"\n{len(metrics) - SHOWN} more are not listed."] if len(metrics) > SHOWN else []
    return [*lines, *more]
