"""Metrics that are a mean over rows (accuracy, MAE), or computed from one (RMSE, R²)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cicd.gate.rows import Estimate, sums

if TYPE_CHECKING:
    from cicd.gate.rows import Answers, Flags, Numbers, Truth

_EPSILON = float(np.finfo(np.float64).eps)
"""Probabilities of 0 and 1 are moved by this much before their logarithm is taken."""


def accuracy(truth: Truth, answers: Answers) -> Estimate:
    """Return the share of rows whose label is right."""
    return mean(truth, answers, _equal(truth, answers))


def recall(truth: Truth, answers: Answers) -> Estimate:
    """Return the share of the positive rows that the model calls positive."""
    assert truth.positive is not None
    assert answers.positive is not None
    return mean(truth, answers, answers.positive.astype(float), truth.positive)


def score(truth: Truth, answers: Answers) -> Estimate:
    """Return the mean of the column `score`."""
    assert answers.scores is not None
    return mean(truth, answers, answers.scores)


def mean_absolute_error(truth: Truth, answers: Answers) -> Estimate:
    """Return the mean of the absolute errors."""
    return mean(truth, answers, np.abs(_errors(truth, answers)))


def pinball(truth: Truth, answers: Answers, quantile: float) -> Estimate:
    """Return the mean pinball loss of predictions of a quantile."""
    below = -_errors(truth, answers)
    return mean(truth, answers, np.maximum(quantile * below, (quantile - 1) * below))


def brier(truth: Truth, answers: Answers) -> Estimate:
    """Return the mean squared difference between probability and outcome."""
    probabilities, outcomes = _probabilities(truth, answers)
    return mean(truth, answers, (probabilities - outcomes) ** 2)


def log_loss(truth: Truth, answers: Answers) -> Estimate:
    """Return the mean negative logarithm of the probability that the model gave to the actual class."""
    probabilities, outcomes = _probabilities(truth, answers)
    given = np.where(outcomes == 1, probabilities, 1 - probabilities)
    return mean(truth, answers, -np.log(np.clip(given, _EPSILON, 1 - _EPSILON)))


def root_mean_squared_error(truth: Truth, answers: Answers) -> Estimate:
    """Return the root of the mean squared error."""
    squares = mean(truth, answers, _errors(truth, answers) ** 2)
    root = math.sqrt(squares.value)
    slope = 1 / (2 * root) if root else 0.0
    return Estimate(root, squares.influence * slope, squares.parts, truth)


def r_squared(truth: Truth, answers: Answers) -> Estimate:
    """Return the share of the target's variance that the predictions explain."""
    assert truth.numbers is not None
    squares = mean(truth, answers, _errors(truth, answers) ** 2)
    if math.isnan(squares.value):
        return squares
    centre = np.average(truth.numbers, weights=truth.weight)
    distances = (truth.numbers - centre) ** 2
    variance = float(np.average(distances, weights=truth.weight))
    if variance == 0:
        return Estimate(math.nan, np.zeros(truth.rows), squares.parts, truth)
    share = squares.value / variance
    influence = -squares.influence / variance + share * (distances - variance) / variance
    return Estimate(1 - share, influence, squares.parts, truth)


def mean(truth: Truth, answers: Answers, values: Numbers, counted: Flags | None = None) -> Estimate:
    """Return the mean of the answers' values over the rows that count; trials of a row are averaged first."""
    parts = averaged(answers, values)
    weights = truth.weight if counted is None else truth.weight * counted
    total = weights.sum()
    if not total:
        return Estimate(math.nan, np.zeros(truth.rows), parts, truth, counted)
    value = float((weights * parts).sum() / total)
    influence = parts - value
    if counted is not None:
        influence = influence * counted * (truth.weight.sum() / total)
    return Estimate(value, influence, parts, truth, counted, mean=True)


def averaged(answers: Answers, values: Numbers) -> Numbers:
    """Return the mean value of each row's answers."""
    if answers.row is None:
        return values
    averages: Numbers = sums(answers.row, values) / np.bincount(answers.row)
    return averages


def _equal(truth: Truth, answers: Answers) -> Numbers:
    assert truth.labels is not None
    labels = truth.labels if answers.row is None else truth.labels[answers.row]
    assert answers.labels is not None
    right: Numbers = np.equal(labels, answers.labels).astype(np.float64)
    return right


def _errors(truth: Truth, answers: Answers) -> Numbers:
    assert truth.numbers is not None
    assert answers.numbers is not None
    return answers.numbers - (truth.numbers if answers.row is None else truth.numbers[answers.row])


def _probabilities(truth: Truth, answers: Answers) -> tuple[Numbers, Numbers]:
    assert truth.positive is not None
    assert answers.probabilities is not None
    outcomes = truth.positive.astype(float)
    return answers.probabilities, outcomes if answers.row is None else outcomes[answers.row]
