"""Metrics of probabilities that look at all rows together: ROC AUC, average precision, calibration error."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cicd.gate.rows import Estimate, sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cicd.gate.rows import Answers, Numbers, Truth

_BINS = 10


def roc_auc(truth: Truth, answers: Answers) -> Estimate:
    """Return the chance that a positive row has a higher probability than a negative one, ties counting half.

    The influence values are DeLong's structural components.
    """
    scores, weights, positive = _inputs(truth, answers)
    up, down = float(weights[positive].sum()), float(weights[~positive].sum())
    if not up or not down:
        return Estimate(math.nan, np.zeros(truth.rows), scores, truth)
    place = _places(scores)
    ups, downs = (sums(place, np.where(kind, weights, 0.0)) for kind in (positive, ~positive))
    below = np.cumsum(downs) - downs / 2
    above = up - (np.cumsum(ups) - ups / 2)
    placements = np.where(positive, below[place] / down, above[place] / up)
    value = float((weights * placements)[positive].sum()) / up
    influence = (placements - value) * weights.sum() / np.where(positive, up, down)
    return Estimate(value, influence, scores, truth)


def average_precision(truth: Truth, answers: Answers) -> Estimate:
    """Return the mean, over the positive rows, of the precision at each one's probability."""
    scores, weights, positive = _inputs(truth, answers)
    up, total = float(weights[positive].sum()), float(weights.sum())
    if not up:
        return Estimate(math.nan, np.zeros(truth.rows), scores, truth)
    place = _places(scores)
    ups = sums(place, np.where(positive, weights, 0.0))
    alls = sums(place, weights)
    called = np.cumsum(alls[::-1])[::-1]
    precision = np.cumsum(ups[::-1])[::-1] / np.where(called > 0, called, 1.0)
    value = float((ups * precision).sum()) / up
    # What a row adds to the precision at every probability not above its own: once for being called, once if positive.
    gain = np.cumsum(ups / np.where(called > 0, called, 1.0))
    cost = np.cumsum(ups * precision / np.where(called > 0, called, 1.0))
    excess = np.where(positive, precision[place] - value, 0.0)
    influence = (excess + positive * gain[place] - cost[place]) * total / up
    return Estimate(value, influence, scores, truth)


def calibration_error(truth: Truth, answers: Answers) -> Estimate:
    """Return the mean distance of probability and frequency over ten bins of equal width; without influence values."""
    scores, weights, positive = _inputs(truth, answers)
    place = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    gaps = sums(place, weights * (scores - positive))
    return Estimate(float(np.abs(gaps).sum() / weights.sum()), np.zeros(truth.rows), scores, truth)


def _inputs(truth: Truth, answers: Answers) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    assert truth.positive is not None
    assert answers.probabilities is not None
    return answers.probabilities, truth.weight, truth.positive


def _places(scores: Numbers) -> NDArray[np.intp]:
    """Return the rank of each row's score among the distinct scores, from 0."""
    return np.unique(scores, return_inverse=True)[1]
