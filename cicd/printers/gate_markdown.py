"""The report of the model gate as Markdown, for the summary of a job.

Text of a project stands as entities inside `<code>`: there, Markdown sees no markup, and GitHub no mention and no link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.printers import gate_words as words
from cicd.printers import verdicts
from cicd.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.gate.report import Report
    from cicd.ledger import Judgement

SUMMARY = 1_000_000
"""How many bytes the report may have in the summary of a job, which ends at 1 MiB."""
SIGNS = {
    "failed": "❌", "regressed": "❌", "mixed": "⚠️", "inconclusive": "⚠️", "superior": "✅", "non-inferior": "✅",
    "unchanged": "✅", "first": "✅",
}  # fmt: skip


def report(judged: Report, most: int = SUMMARY, *, final: Judgement | None = None) -> str:
    """Return the report as Markdown of at most that many bytes: rows that do not fit are counted in a line instead.

    Args:
        judged: the report.
        most: bytes, from 10,000 on.
        final: what the ledger gets, whose verdict counts; None if there is no ledger.

    """
    head = [
        *(headline(final) if final else [f"### {SIGNS[judged.verdict]} Model: {judged.verdict}", ""]),
        f"{_sentence(words.meaning(judged, final))}",
        f"{words.size(judged)}, evaluation set {code(judged.evaluation[:19])}", "",
    ]  # fmt: skip
    tail = ["", *(f"* {remark}" for remark in words.remarks(judged)), *_checks(judged)]
    room = most - _bytes(head) - _bytes(tail) - 1000  # the sentences about rows that are left out
    metrics, slices = words.whole(judged), words.slices(judged)
    rows, room = _fitting([row_of([*map(unbroken, words.cells(mark))]) for mark in metrics], room)
    table = [*head_of(words.HEAD), *rows]
    if len(rows) < len(metrics):
        table.append(f"\n{len(metrics) - len(rows):,} more metrics are not listed.")
    if slices:
        counts = words.left_out(slices).partition(": ")[2]
        rows, _ = _fitting(
            [
                row_of(
                    (
                        code(mark.comparison.slice, words.LONGEST),
                        f"{mark.comparison.rows:,}",
                        *map(unbroken, words.cells(mark)),
                    )
                )
                for mark in slices
            ],
            room,
        )
        more = [] if len(rows) == len(slices) else ["", words.left_out(slices[len(rows) :])]
        lines = [*head_of(words.SLICE_HEAD), *rows, *more]
        table += ["", *folded(f"{len(slices):,} slices: {counts}", lines)]
    return "\n".join([*head, *table, *tail]).rstrip() + "\n"


def headline(judged: Judgement, of: str = "") -> list[str]:
    """Return a headline with the verdict and where it leads, and why it is not that of the predictions alone.

    `of` names the project, as Markdown; empty for the only one.
    """
    head = f"### {SIGNS[judged.verdict]} Model{of}: {judged.verdict}{verdicts.LEADS[judged.decision]}"
    return [head, "", *([code(judged.reason, 400), ""] if judged.reason else [])]


def recorded(judged: Judgement, note: str) -> str:
    """Return what became of a verdict when it was recorded, for the summary of a job."""
    return "\n".join([*headline(judged), note]) + "\n"


def code(text: str, most: int = 200) -> str:
    """Return text of a project so that it is shown as it is, whatever it contains."""
    letters = (
        letter if letter.isalnum() or letter in " ,=-" else f"&#{ord(letter)};" for letter in visible(text, most)
    )
    return f"<code>{''.join(letters)}</code>"


def folded(title: str, lines: Sequence[str]) -> list[str]:
    """Return lines of Markdown that a reader opens by their title."""
    return [f"<details><summary>{title}</summary>", "", *lines, "", "</details>"]


def unbroken(interval: str) -> str:
    """Return an interval so that it stays in one line."""
    return interval.replace(" ", "&nbsp;")


def _checks(judged: Report) -> list[str]:
    lines = [
        f"* {finding.check.code} {words.ending(finding)}: {finding.check.title} ({code(words.detail(finding), 400)})"
        for finding in words.told(judged)
    ]
    return [*lines, *(f"* {_sentence(line)}" for line in words.other_checks(judged))]


def head_of(names: Sequence[str]) -> list[str]:
    """Return the first two lines of a table: its columns, of which those with numbers end on the right."""
    left = ("metric", "slice", "shown", "floor")
    return [row_of(names), row_of([":--" if name in left else "--:" for name in names])]


def row_of(cells: Sequence[str]) -> str:
    """Return a line of a table."""
    return f"| {' | '.join(cells)} |"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _bytes(lines: Sequence[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)


def _fitting(rows: Sequence[str], room: int) -> tuple[list[str], int]:
    """Return as many rows as fit, and the room that is left."""
    kept: list[str] = []
    for row in rows:
        room -= _bytes([row])
        if room < 0:
            break
        kept.append(row)
    return kept, room
