"""How many rows each margin needs, from how two models differ: no targets are needed.

Labels plan for the accuracy, numbers for the mean absolute error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cicd.errors import UsageError
from cicd.gate import intervals, power, reading, table
from cicd.gate.budget import pass_alpha
from cicd.gate.metrics import LABELS, METRICS, NUMBERS, POSITIVE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

MARGINS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1)
"""Of the accuracy. For numbers, of the power of ten above their typical difference."""
ACCURACY, MAE = "accuracy", "mae"
_SMALLEST = 1e-300
"""A difference below this is rounding."""


@dataclass(frozen=True)
class Differences:
    """How two models differ on the same rows.

    Args:
        share: the share of rows on which they answer differently.
        rows: how many rows there are.
        design_effect: how many times as many rows are needed because rows of a group are alike; 1 without groups.
        deviation: the root mean square of the difference of two numbers; None for labels.

    """

    share: float
    rows: int
    design_effect: float
    deviation: float | None = None


@dataclass(frozen=True)
class Plan:
    """Which margins an evaluation set can decide.

    Args:
        metric: the metric that the margins are of.
        disagreement: the share of rows on which two models answer differently.
        deviation: as in `Differences`.
        design_effect: as in `Differences`.
        alpha: the error rate that this look may spend on passing.
        look: which look it is; None if nobody counts.
        rows: of the evaluation set; None if they are not known.
        margin: the smallest margin that these rows decide; None if they are not known.
        table: pairs of a margin and the number of rows that it needs.

    """

    metric: str
    disagreement: float
    deviation: float | None
    design_effect: float
    alpha: float
    look: int | None
    rows: int | None
    margin: float | None
    table: Sequence[tuple[float, int]]


def plan(disagreement: float, look: int | None, rows: int | None, design_effect: float = 1.0) -> Plan:
    """Return how many rows let four of five equal models pass, for each margin of the accuracy.

    Args:
        disagreement: the share of rows on which the two models answer differently, from 0 to 1.
        look: which look at the set it will be; None if nobody counts.
        rows: the rows of the set, if they are known.
        design_effect: as in `Differences`.

    """
    alpha = pass_alpha(look)
    margin = None
    if rows is not None and rows >= intervals.LEAST:
        margin = power.margin_of(disagreement, rows / design_effect, alpha)
    table = [(size, _rows(design_effect * power.rows_for(disagreement, size, alpha))) for size in MARGINS]
    return Plan(ACCURACY, disagreement, None, design_effect, alpha, look, rows, margin, table)


def plan_for(differences: Differences, look: int | None, rows: int | None) -> Plan:
    """Return how many rows a set needs, so that four of five pairs of equal models that differ like these pass.

    An absolute error changes by the difference of the two predictions at most. So the plan for numbers asks for more
    rows than are needed where the two models err to different sides.
    """
    if differences.deviation is None:
        return plan(differences.share, look, rows, differences.design_effect)
    alpha = pass_alpha(look)
    wide = power.spread(alpha) * differences.deviation
    scale = 10.0 ** math.ceil(math.log10(differences.deviation))
    margins = [float(f"{size * scale:.1g}") for size in MARGINS]
    margin = None
    if rows is not None and rows >= intervals.LEAST:
        margin = wide * math.sqrt(differences.design_effect / rows)
    table = [(size, _rows(differences.design_effect * (wide / size) ** 2)) for size in margins]
    return Plan(
        MAE, differences.share, differences.deviation, differences.design_effect, alpha, look, rows, margin, table
    )


def _rows(needed: float) -> int:
    return max(math.ceil(needed), intervals.LEAST)


def differences(
    candidate: Path, champion: Path, names: Mapping[str, str] | None = None, metrics: Collection[str] = ()
) -> Differences:
    """Return how two files of predictions differ.

    Args:
        candidate: a file with the columns `id` and `prediction`, perhaps `group`.
        champion: another one with the same ids.
        names: the files' names of columns, where they differ from the kit's.
        metrics: those that will judge. If they do not say whether predictions are labels or numbers, the predictions
            do: numbers are those of which one is a fraction.

    Raises:
        UsageError: a file is wrong, they have not the same ids, or they predict the same numbers.

    """
    wanted = table.Wanted({"id": table.ID, "prediction": table.LABEL}, {"group": table.LABEL}, names or {})
    files = [reading.read(file, wanted) for file in (candidate, champion)]
    answers = [
        dict(zip(file.ids, map(column.words.__getitem__, column.codes), strict=True))
        for file, column in ((file, file.labels["prediction"]) for file in files)
    ]
    once = [len(answer) == len(file.ids) for answer, file in zip(answers, files, strict=True)]
    if not all(once) or answers[0].keys() != answers[1].keys():
        raise UsageError(
            f"{candidate} and {champion} do not have the same ids, each once.", "Let both models predict the same rows."
        )
    group = files[0].labels.get("group")
    codes = None if group is None else group.codes
    if _are_numbers([word for file in files for word in file.labels["prediction"].words], metrics):
        return _of_numbers([_numbers(file) for file in files], files[0].ids, codes)
    apart = np.array([answers[0][name] != answers[1][name] for name in files[0].ids])
    share = float(apart.mean())
    return Differences(share, len(apart), _design_effect(apart, codes))


def _are_numbers(words: Sequence[str], metrics: Collection[str]) -> bool:
    """Whether the predictions are numbers: as the metrics ask, or else if all read as numbers and one is a fraction."""
    kinds = {METRICS[name].needs for name in metrics if name in METRICS}
    if (NUMBERS in kinds) != bool(kinds & {LABELS, POSITIVE}):
        return NUMBERS in kinds
    return all(map(table.is_number, words)) and not all(float(word).is_integer() for word in words)


def _numbers(file: table.Table) -> dict[str, float]:
    """Return the predicted number of each id.

    Raises:
        UsageError: a prediction is no finite number.

    """
    column = file.labels["prediction"]
    words = [column.words[code] for code in column.codes]
    values = table.numbers(words, file.file, file.first_row, file.named("prediction"))
    return dict(zip(file.ids, values.tolist(), strict=True))


def _of_numbers(
    answers: Sequence[Mapping[str, float]], ids: Sequence[str], groups: NDArray[np.int32] | None
) -> Differences:
    """Return how much two models' numbers differ; `groups` are those of the first model's rows."""
    changes = np.array([answers[0][name] - answers[1][name] for name in ids])
    largest = float(np.abs(changes).max())
    if not _SMALLEST < largest < math.inf:
        raise UsageError(
            "The two models predict the same numbers, so that nothing can be planned."
            if largest <= _SMALLEST
            else "The two models' numbers are too far apart to be subtracted.",
            "Plan with the predictions of two models that were trained differently.",
        )
    scaled = changes / largest
    effect = max(_design_effect(scaled, groups), _design_effect(np.abs(scaled), groups))
    deviation = largest * math.sqrt(float(np.mean(scaled**2)))
    return Differences(float(np.count_nonzero(changes) / len(changes)), len(changes), effect, deviation)


def _design_effect(values: NDArray[np.float64], groups: NDArray[np.int32] | None) -> float:
    """Return how much more the sums of groups vary than if the rows were independent; at least 1."""
    centred = values - values.mean()
    alone = float(np.sum(centred**2))
    if groups is None or not alone:
        return 1.0
    return max(1.0, float(np.sum(np.bincount(groups, centred) ** 2) / alone))
