"""Errors of a model, and the difference between the errors of two models."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
RESAMPLES = 2000


@dataclass(frozen=True)
class Metric:
    """An error, the lower the better: `finish`, applied to the mean loss per row."""

    name: str
    loss: Callable[[Array, Array], Array]
    finish: Callable[[float], float] = float

    def __call__(self, actual: pd.Series, answer: Array) -> float:
        """Return the error, to four digits."""
        return round(self.finish(float(self.loss(_values(actual), answer).mean())), 4)


def _square(actual: Array, answer: Array) -> Array:
    squared: Array = np.square(actual - answer)
    return squared


def _surprise(actual: Array, answer: Array) -> Array:
    surprise: Array = -np.log(np.clip(np.where(actual == 1, answer, 1 - answer), 1e-6, 1))
    return surprise


MAE = Metric("mae", lambda actual, answer: np.abs(actual - answer))
RMSE = Metric("rmse", _square, sqrt)
BRIER = Metric("brier", _square)
LOG_LOSS = Metric("log_loss", _surprise)


@dataclass(frozen=True)
class Difference:
    """The error of a model minus that of another, with its 95 % interval; below zero is better."""

    value: float
    low: float
    high: float


def difference(metric: Metric, flights: pd.DataFrame, actual: pd.Series, answer: Array, other: Array) -> Difference:
    """Return the error of `answer` minus that of `other`, by a paired bootstrap over whole days.

    Flights of a day share their weather and their queues: drawn one by one, they would count as more evidence than they
    are.
    """
    days = flights["scheduled_departure"].dt.normalize().to_numpy()
    truth = _values(actual)
    losses = pd.DataFrame({"rows": 1.0, "ours": metric.loss(truth, answer), "theirs": metric.loss(truth, other)})
    rows, ours, theirs = losses.groupby(days).sum().to_numpy().T
    drawn = np.random.default_rng(0).multinomial(len(rows), np.full(len(rows), 1 / len(rows)), RESAMPLES)
    means = [(drawn * losses).sum(axis=1) / (drawn * rows).sum(axis=1) for losses in (ours, theirs)]
    differences = [metric.finish(first) - metric.finish(second) for first, second in zip(*means, strict=True)]
    low, high = np.quantile(differences, [0.025, 0.975])
    value = metric.finish(ours.sum() / rows.sum()) - metric.finish(theirs.sum() / rows.sum())
    return Difference(*(round(float(number), 4) for number in (value, low, high)))


def _values(actual: pd.Series) -> Array:
    return np.asarray(actual, "float64")
