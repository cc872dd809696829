"""The naive model: it answers every row with the same value, the best one for the metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cicd.gate import metrics
from cicd.gate.rows import Answers

if TYPE_CHECKING:
    from cicd.gate.rows import Numbers, Truth
    from cicd.gate.rules import MetricRule

_WITHOUT = ("recall", "ndcg", "map", "score")
"""Metrics without a naive model: a constant answer is the best one, or means nothing."""


def answers(rule: MetricRule, truth: Truth) -> Answers | None:
    """Return the naive model's answers for a metric; None if there is no naive model for it."""
    if rule.name in _WITHOUT or rule.metric.needs == metrics.OWN:
        return None
    weights = truth.weight
    if rule.metric.needs == metrics.LABELS:
        assert truth.labels is not None
        most = int(np.argmax(np.bincount(truth.labels, weights)))
        return Answers(labels=np.full(truth.rows, most, np.int32))
    if rule.metric.needs == metrics.POSITIVE:
        return Answers(positive=np.ones(truth.rows, np.bool_))
    if rule.metric.needs == metrics.PROBABILITIES:
        assert truth.positive is not None
        return Answers(probabilities=np.full(truth.rows, np.average(truth.positive, weights=weights)))
    assert truth.numbers is not None
    return Answers(numbers=np.full(truth.rows, _constant(rule, truth.numbers, weights)))


def _constant(rule: MetricRule, targets: Numbers, weights: Numbers) -> float:
    if rule.name in ("rmse", "r2"):
        return float(np.average(targets, weights=weights))
    order = np.argsort(targets)
    reached = np.cumsum(weights[order]) / weights.sum()
    place = np.searchsorted(reached, rule.options.get("quantile", 0.5))
    return float(targets[order][min(int(place), len(targets) - 1)])
