"""The table of faults by module: figures.json holds it, docs/planted-faults.md shows it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tools.python_faults.survey import ELSEWHERE

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from tests.tools.python_faults.survey import Verdict
    from tests.tools.python_faults.survivors import Survivor

FILE = Path(__file__).with_suffix(".json")
PAGE = Path(__file__).resolve().parents[3] / "docs" / "planted-faults.md"
BEGIN, END = "<!-- written by `make mutants` -->\n\n", "\n<!-- end -->"


@dataclass(frozen=True)
class Row:
    """The faults of a module: how many a test sees, and how many of the others change nothing."""

    module: str
    faults: int
    seen: int
    equal: int
    elsewhere: int
    """How many only tests with an engine or a cluster reach."""
    every: int
    """Which share of the faults was made: one in so many."""
    measured: str
    """The day, as in 2026-01-31."""

    @property
    def missed(self) -> int:
        """How many faults a test should see, and none does."""
        return self.faults - self.seen - self.equal - self.elsewhere


def rows(verdicts: Sequence[Verdict], known: Sequence[Survivor], every: Mapping[str, int], day: str) -> list[Row]:
    """Return a row for each module, of which one in `every` faults was made."""
    equal = {survivor.name for survivor in known if survivor.equal}
    modules: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        modules.setdefault(verdict.fault.module, []).append(verdict)
    return [
        Row(
            module, len(group), sum(bool(verdict.test) for verdict in group),
            sum(not verdict.test and verdict.fault.name in equal for verdict in group),
            sum(verdict.why == ELSEWHERE for verdict in group), every[module], day,
        )
        for module, group in sorted(modules.items())
    ]  # fmt: skip


def score(all_rows: Sequence[Row]) -> float:
    """Return the share of the faults that a test sees, of those that change something."""
    seen, missed = sum(row.seen for row in all_rows), sum(row.missed for row in all_rows)
    return seen / ((seen + missed) or 1)


def table(all_rows: Sequence[Row]) -> list[str]:
    """Return the rows and their sum as a Markdown table."""
    sums = [sum(getattr(row, name) for row in all_rows) for name in ("faults", "seen", "equal", "elsewhere", "missed")]
    return [
        "| module | made | faults | seen | change nothing | other tiers | not seen | measured |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| `{row.module}` | {'all' if row.every == 1 else f'1 in {row.every}'} | {row.faults} | {row.seen} "
            f"| {row.equal} | {row.elsewhere} | {row.missed} | {row.measured} |"
            for row in all_rows
        ),
        f"| `all` | | {' | '.join(map(str, sums))} | |",
        "", f"A test sees {score(all_rows):.1%} of those that change something.",
    ]  # fmt: skip


def merged(old: Sequence[Row], new: Sequence[Row], modules: Container[str]) -> list[Row]:
    """Return the new rows, and the old ones of other modules, as far as the modules still exist."""
    measured = {row.module for row in new}
    return sorted(
        (*new, *(row for row in old if row.module in modules and row.module not in measured)),
        key=lambda row: row.module,
    )


def write(all_rows: Sequence[Row]) -> None:
    """Note the rows, and write them into the page."""
    FILE.write_text(json.dumps([asdict(row) for row in all_rows], indent=1) + "\n", "utf-8")
    PAGE.write_text(page(PAGE.read_text("utf-8"), all_rows), "utf-8")


def read() -> list[Row]:
    """Return the rows that were noted."""
    return [Row(**row) for row in json.loads(FILE.read_text("utf-8"))]


def page(text: str, all_rows: Sequence[Row]) -> str:
    """Return the text of the page with the table of these rows."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + "\n".join(table(all_rows)) + END + rest.partition(END)[2]
