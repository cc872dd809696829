"""Metrics that compare predictions with targets."""

from collections.abc import Sequence


def mean_absolute_error(targets: Sequence[float], predictions: Sequence[float]) -> float:
    """Return the mean absolute error."""
    return sum(abs(a - b) for a, b in zip(targets, predictions, strict=True)) / len(targets)
