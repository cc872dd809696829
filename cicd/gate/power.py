"""How many rows equal models need to pass with a margin, and the margin with which they pass on so many rows."""

from __future__ import annotations

import math

from cicd.gate.intervals import normal_quantile
from cicd.gate.proportions import Paired

POWER = 0.8
"""The share of equal models that must pass."""


def spread(alpha: float, power: float = POWER) -> float:
    """Return how many standard errors a margin must be wide, so that this share of equal models passes."""
    return normal_quantile(alpha) + normal_quantile(1 - power)


def margin_of(disagreement: float, rows: float, alpha: float, power: float = POWER) -> float:
    """Return the smallest margin with which most equal models pass on so many rows.

    Args:
        disagreement: the share of rows on which only one of the models is right.
        rows: how many independent rows there are.
        alpha: the one-sided error rate.
        power: the share of equal models.

    """
    apart = disagreement * rows
    # This many rows, or fewer, are lost by the share `power` of equal models.
    lost = min(normal_quantile(1 - power) * math.sqrt(apart), apart)
    return -Paired((apart - lost) / 2, (apart + lost) / 2, rows).lower(alpha)


def rows_for(disagreement: float, margin: float, alpha: float) -> int:
    """Return how many independent rows four of five equal models need to pass; arguments as for `margin_of`."""
    few, many = 1, 2
    while margin_of(disagreement, many, alpha) >= margin:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if margin_of(disagreement, middle, alpha) < margin else (middle, many)
    return many
