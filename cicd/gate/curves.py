"""What a report draws beside intervals: ROC curves, calibration, residuals, and how labels changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.gate.pairing import Sample
    from cicd.gate.rows import Answers, Numbers, Truth

POINTS = 100
"""How many points a ROC curve has at most."""
BINS = 10
"""How many bins of equal width show the calibration."""
BARS = 31
"""How many bars show the residuals."""
LABELS = 8
"""How many labels a table of changes has at most; the others are one label."""
OUTER = 0.005
"""This share of the residuals, at either end, is in the outermost bars."""


@dataclass(frozen=True)
class Bin:
    """Rows whose probabilities are alike: their mean probability, the share of positive ones, and their weight."""

    predicted: float
    observed: float
    weight: float


@dataclass(frozen=True)
class Residuals:
    """How many rows have a residual, prediction minus target, in each bar."""

    edges: Sequence[float]
    candidate: Sequence[int]
    champion: Sequence[int] | None


@dataclass(frozen=True)
class Confusion:
    """How many rows of each target (outer) have each label (inner); with `other`, the last one is all the rest."""

    words: Sequence[str]
    other: bool
    candidate: Sequence[Sequence[int]]
    champion: Sequence[Sequence[int]] | None


@dataclass(frozen=True)
class Curves:
    """The pictures of a report. Of two entries, the first is the candidate's, the second the champion's."""

    roc: Sequence[Sequence[tuple[float, float]]] = ()
    calibration: Sequence[Sequence[Bin]] = ()
    residuals: Residuals | None = None
    confusion: Confusion | None = None


def draw(sample: Sample, *, queries: bool = False) -> Curves:
    """Return the curves that fit a sample. With `queries`, predictions are scores that rank the rows of a query."""
    truth, models = sample.truth, [sample.candidate] + ([sample.champion] if sample.champion else [])
    ours = sample.candidate  # both files have the same columns
    probabilities = ours.probabilities is not None
    return Curves(
        [_roc(truth, model) for model in models] if probabilities else [],
        [_calibration(truth, model) for model in models] if probabilities else [],
        _residuals(truth, models) if ours.numbers is not None and not queries else None,
        _confusion(truth, models) if ours.labels is not None and len(truth.words) > 1 else None,
    )


def _rows(truth: Truth, answers: Answers) -> np.ndarray:
    return np.arange(truth.rows) if answers.row is None else answers.row


def _roc(truth: Truth, answers: Answers) -> list[tuple[float, float]]:
    """Return the points of a ROC curve: shares of negative and of positive rows above a probability."""
    assert truth.positive is not None
    assert answers.probabilities is not None
    rows = _rows(truth, answers)
    place = np.unique(-answers.probabilities, return_inverse=True)[1]
    weights, positive = truth.weight[rows], truth.positive[rows]
    ups = np.cumsum(np.bincount(place, weights * positive))
    downs = np.cumsum(np.bincount(place, weights * ~positive))
    if not ups[-1] or not downs[-1]:
        return []
    across, up = np.append(0.0, downs / downs[-1]), np.append(0.0, ups / ups[-1])
    kept = np.unique(np.searchsorted(across + up, np.linspace(0, 2, POINTS)))
    return list(zip(across[kept].tolist(), up[kept].tolist(), strict=True))


def _calibration(truth: Truth, answers: Answers) -> list[Bin]:
    assert truth.positive is not None
    assert answers.probabilities is not None
    rows = _rows(truth, answers)
    weights, positive = truth.weight[rows], truth.positive[rows]
    place = np.minimum((answers.probabilities * BINS).astype(int), BINS - 1)
    total, predicted, observed = (
        np.bincount(place, values) for values in (weights, weights * answers.probabilities, weights * positive)
    )
    return [
        Bin(float(predicted[bin_] / total[bin_]), float(observed[bin_] / total[bin_]), float(total[bin_]))
        for bin_ in np.flatnonzero(total)
    ]


def _residuals(truth: Truth, models: Sequence[Answers]) -> Residuals | None:
    assert truth.numbers is not None
    residuals: list[Numbers] = []
    for model in models:
        assert model.numbers is not None
        residuals.append(model.numbers - truth.numbers[_rows(truth, model)])
    everything = np.concatenate(residuals)
    low, high = np.quantile(everything, [OUTER, 1 - OUTER])
    if not low < high:
        return None
    edges = np.linspace(low, high, BARS + 1)
    counts = [np.histogram(values.clip(low, high), edges)[0].tolist() for values in residuals]
    return Residuals(edges.tolist(), counts[0], counts[1] if len(counts) > 1 else None)


def _confusion(truth: Truth, models: Sequence[Answers]) -> Confusion:
    assert truth.labels is not None
    most = np.argsort(-np.bincount(truth.labels, minlength=len(truth.words)), kind="stable")
    other = len(most) > LABELS
    kept = most[: LABELS - 1] if other else most
    place = np.full(len(truth.words), len(kept))
    place[kept] = np.arange(len(kept))
    size = len(kept) + other
    matrices = []
    for model in models:
        assert model.labels is not None
        cells = place[truth.labels[_rows(truth, model)]] * size + place[model.labels]
        matrices.append(np.bincount(cells, minlength=size * size).reshape(size, size).tolist())
    return Confusion(
        [truth.words[code] for code in kept], other, matrices[0], matrices[1] if len(matrices) > 1 else None
    )
