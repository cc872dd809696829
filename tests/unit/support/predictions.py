"""Files of predictions for the tests of the model gate."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cicd.gate import report, rules
from cicd.gate.table import Coding, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cicd.gate.report import Report

    Columns = Mapping[str, Iterable[Any]]


def write(file: Path, columns: Columns) -> Path:
    """Write columns as CSV; without a column `id`, the rows are counted."""
    data = {name: list(values) for name, values in columns.items()}
    if "id" not in data:
        data = {"id": list(range(len(next(iter(data.values()))))), **data}
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(data)
        writer.writerows(zip(*data.values(), strict=True))
    return file


def table(name: str, columns: Mapping[str, Sequence[str] | Sequence[float]], ids: Sequence[str] = "abc") -> Table:
    """Return the table of a file: words are labels, and all else numbers."""
    numbers, labelled = {}, {}
    for column, values in columns.items():
        if any(isinstance(value, str) for value in values):
            coding = Coding()
            coding.add([str(value) for value in values])
            labelled[column] = coding.column()
        else:
            numbers[column] = np.array(values, np.float64)
    return Table(Path(name), [*ids], numbers, labelled)


def ask(*metrics: str, champion: bool = True, **options: Any) -> rules.Rules:
    """Return rules for metrics as the command line writes them."""
    return rules.Rules(
        tuple(rules.metric_rule(*rules.read(text), {}, champion=champion) for text in metrics), **options
    )


def judge_pair(folder: Path, sides: Iterable[Columns], asked: rules.Rules) -> Report:
    """Return the report on candidate and champion."""
    candidate, champion = sides
    return judge(folder, candidate, champion, asked)


def judge(
    folder: Path,
    candidate: Columns,
    champion: Columns | None,
    asked: rules.Rules,
    training: Columns | None = None,
) -> Report:
    """Return the report on columns that are written to files first."""
    return report.judge(
        write(folder / "candidate.csv", candidate),
        None if champion is None else write(folder / "champion.csv", champion),
        asked,
        None if training is None else write(folder / "training.csv", training),
    )


def labels(rows: int, *, lost: int = 0, won: int = 0, both_wrong: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return candidate and champion on two balanced classes.

    Args:
        rows: of the set.
        lost: rows that only the champion gets right.
        won: rows that only the candidate gets right.
        both_wrong: rows that both get wrong in the same way.

    """
    target = np.arange(rows) % 2
    right = np.ones((2, rows), bool)
    right[0, :lost] = False
    right[1, lost : lost + won] = False
    right[:, lost + won : lost + won + both_wrong] = False
    candidate, champion = np.where(right, target, 1 - target)
    return {"target": target, "prediction": candidate}, {"target": target, "prediction": champion}


def shown(report_: Report) -> Sequence[tuple[str, str, str]]:
    """Return metric, slice and what is shown of each comparison."""
    return [(mark.comparison.rule.name, mark.comparison.slice, str(mark.shown)) for mark in report_.marks]
