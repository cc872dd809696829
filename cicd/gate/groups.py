"""A metric of the project: its function turned the rows of each group into one number, for both models alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cicd.errors import UsageError
from cicd.gate import intervals, reading, skewed, table
from cicd.gate.comparison import Comparison
from cicd.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cicd.gate.rows import Numbers
    from cicd.gate.rules import MetricRule


@dataclass(frozen=True)
class Measured:
    """A number for each group: of the candidate, and of the champion if there is one."""

    candidate: Mapping[str, float]
    champion: Mapping[str, float] | None


def read(file: Path) -> dict[str, float]:
    """Return the number of each group from a file with the columns `group` and `value`.

    Raises:
        UsageError: the file is wrong, or a group stands in it twice.

    """
    content = reading.read(file, table.Wanted({"group": table.ID, "value": table.NUMBER}))
    numbers = dict(zip(content.ids, content.numbers["value"].tolist(), strict=True))
    if len(numbers) < len(content.ids):
        twice = next(name for name in content.ids if content.ids.count(name) > 1)
        raise UsageError(f"{file} has two numbers of the group '{visible(twice)}'.", "Write one number for each group.")
    return numbers


def compare(rule: MetricRule, measured: Measured, rows: int) -> Comparison:
    """Return the comparison of a project's metric: the mean over the groups, each of which counts the same.

    Args:
        rule: the metric.
        measured: the numbers of both models.
        rows: of the evaluation set.

    Raises:
        UsageError: the two models have numbers of different groups, or none.

    """
    names = list(measured.candidate)
    if not names:
        raise UsageError(f"{rule.name} has no number of any group.", "Let the function return one for each group.")
    ours = np.array([measured.candidate[name] for name in names])
    theirs = None
    if measured.champion is not None:
        if apart := sorted(set(names) ^ set(measured.champion)):
            raise UsageError(
                f"{rule.name} has a number of the group '{visible(apart[0])}' for one of the models alone.",
                "Let the function return a number for each group of both models' rows.",
            )
        theirs = np.array([measured.champion[name] for name in names])
    _check_finite(rule, names, ours, theirs)
    few = len(names) < intervals.LEAST
    own = _bounds(rule.sign * ours, len(names) - 1, abs(float(ours.mean())))
    return Comparison(
        rule, "", None if theirs is None else float(theirs.mean()), float(ours.mean()),
        intervals.Nothing() if theirs is None else _gain(rule.sign * (ours - theirs), ours, theirs), own,
        rows, len(names), None, rows,
        f"{len(names)} groups, and nothing can pass with fewer than {intervals.LEAST}" if few else "",
    )  # fmt: skip


def _gain(gains: Numbers, ours: Numbers, theirs: Numbers) -> intervals.Bounds:
    """Return the bounds of the mean gain of groups; positive is better."""
    scale = max(abs(float(ours.mean())), abs(float(theirs.mean())))
    return _bounds(gains, int(np.count_nonzero(gains)) - 1, scale)


def _bounds(values: Numbers, freedom: int, scale: float) -> intervals.Bounds:
    """Return the bounds of the mean of values, which may be skewed; `scale` as for `intervals.from_sums`."""
    bounds = intervals.from_sums(float(values.mean()), values / len(values), freedom, scale)
    return skewed.of_mean(values, bounds) if isinstance(bounds, intervals.Student) and len(values) > 2 else bounds  # noqa: PLR2004


def _check_finite(rule: MetricRule, names: list[str], *models: Numbers | None) -> None:
    for numbers in models:
        if numbers is not None and not np.isfinite(numbers).all():
            name = names[int(np.flatnonzero(~np.isfinite(numbers))[0])]
            raise UsageError(
                f"{rule.name} is no finite number for the group '{visible(name)}'.",
                "Let the function return a finite number for each group.",
            )
