"""Metrics of labels that are ratios, or means of ratios: precision, F1, balanced accuracy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cicd.gate.rows import Estimate

if TYPE_CHECKING:
    from cicd.gate.rows import Answers, Flags, Numbers, Truth


def precision(truth: Truth, answers: Answers) -> Estimate:
    """Return the share of positive rows among those that the model calls positive."""
    actual, called = _flags(truth, answers)
    return _ratio(truth, (actual & called).astype(np.float64), called.astype(np.float64), called.astype(np.float64))


def f1(truth: Truth, answers: Answers) -> Estimate:
    """Return the harmonic mean of precision and recall."""
    actual, called = _flags(truth, answers)
    return _ratio(
        truth,
        2.0 * (actual & called).astype(np.float64),
        actual.astype(np.float64) + called.astype(np.float64),
        called.astype(np.float64),
    )


def balanced_accuracy(truth: Truth, answers: Answers) -> Estimate:
    """Return the mean of the recalls of all classes."""
    assert truth.labels is not None
    assert answers.labels is not None
    weights, right = truth.weight, (truth.labels == answers.labels).astype(np.float64)
    total, classes = weights.sum(), np.unique(truth.labels)
    value, influence = 0.0, np.zeros(truth.rows)
    for label in classes:
        rows = truth.labels == label
        share = weights[rows].sum()
        if not share:
            return Estimate(math.nan, np.zeros(truth.rows), answers.labels.astype(np.float64), truth)
        recall = float((weights * right)[rows].sum() / share)
        value += recall / len(classes)
        influence[rows] = (right[rows] - recall) * total / share / len(classes)
    return Estimate(value, influence, answers.labels.astype(np.float64), truth)


def _flags(truth: Truth, answers: Answers) -> tuple[Flags, Flags]:
    assert truth.positive is not None
    assert answers.positive is not None
    return truth.positive, answers.positive


def _ratio(truth: Truth, above: Numbers, below: Numbers, parts: Numbers) -> Estimate:
    weights = truth.weight
    divisor = float((weights * below).sum())
    if not divisor:
        return Estimate(math.nan, np.zeros(truth.rows), parts, truth)
    value = float((weights * above).sum()) / divisor
    return Estimate(value, (above - value * below) * (weights.sum() / divisor), parts, truth)
