"""Bounds of a gain or of one model's value, with their p-values. For proportions, see `cicd.gate.proportions`.

A gain is a difference of which positive is better. A bound at `alpha` is one-sided.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST = 20
"""The fewest groups, rows, or rows of the rarer class with which a candidate can pass."""
FEW = 2
"""The fewest groups that have a variance."""
_TINY = 1e-12
"""A standard error below this share of the values is rounding."""


class Bounds(Protocol):
    """The bounds of a value at any error rate, and the p-values of its tests against a threshold."""

    @property
    def deviation(self) -> float:
        """Return the standard error (of a gain: as if the models were equal); NaN if it is not known."""

    def lower(self, alpha: float) -> float:
        """Return the lower bound."""

    def upper(self, alpha: float) -> float:
        """Return the upper bound."""

    def p_below(self, threshold: float) -> float:
        """Return the p-value of the claim that the value is below a threshold."""

    def p_above(self, threshold: float) -> float:
        """Return the p-value of the claim that the value is above a threshold."""


def normal_quantile(alpha: float) -> float:
    """Return the value that a standard normal variable exceeds with probability `alpha`."""
    return -float(special.ndtri(alpha))


@dataclass(frozen=True)
class Nothing:
    """The bounds of a value about which the data says nothing."""

    deviation: float = math.nan

    def lower(self, alpha: float) -> float:  # noqa: ARG002
        """Return minus infinity."""
        return -math.inf

    def upper(self, alpha: float) -> float:  # noqa: ARG002
        """Return infinity."""
        return math.inf

    def p_below(self, threshold: float) -> float:  # noqa: ARG002
        """Return 1."""
        return 1.0

    def p_above(self, threshold: float) -> float:  # noqa: ARG002
        """Return 1."""
        return 1.0


@dataclass(frozen=True)
class Student:
    """An estimate with a standard error and degrees of freedom."""

    estimate: float
    deviation: float
    freedom: int

    def lower(self, alpha: float) -> float:
        """Return the lower bound."""
        return self.estimate + self.deviation * float(special.stdtrit(self.freedom, alpha))

    def upper(self, alpha: float) -> float:
        """Return the upper bound."""
        return self.estimate - self.deviation * float(special.stdtrit(self.freedom, alpha))

    def p_below(self, threshold: float) -> float:
        """Return the p-value of the claim that the value is below a threshold."""
        return float(special.stdtr(self.freedom, (self.estimate - threshold) / self.deviation))

    def p_above(self, threshold: float) -> float:
        """Return the p-value of the claim that the value is above a threshold."""
        return float(special.stdtr(self.freedom, (threshold - self.estimate) / self.deviation))


@dataclass(frozen=True)
class SameEverywhere:
    """The bounds of a gain without variance: every group changed by the same amount. They can show a loss only."""

    estimate: float
    deviation: float = math.nan

    def lower(self, alpha: float) -> float:  # noqa: ARG002
        """Return minus infinity: data without variance can't show a gain."""
        return -math.inf

    def upper(self, alpha: float) -> float:  # noqa: ARG002
        """Return the gain itself."""
        return self.estimate

    def p_below(self, threshold: float) -> float:
        """Return 0 if the gain is below the threshold, else 1."""
        return 0.0 if self.estimate < threshold else 1.0

    def p_above(self, threshold: float) -> float:  # noqa: ARG002
        """Return 1: data without variance can't show a gain."""
        return 1.0


def deviation(sums: NDArray[np.float64]) -> float:
    """Return the standard error of an estimate; `sums` are its influence values, summed in each group."""
    groups = len(sums)
    return math.nan if groups < FEW else math.sqrt(groups * float(np.var(sums, ddof=1)))


def from_sums(estimate: float, sums: NDArray[np.float64], freedom: int, scale: float) -> Bounds:
    """Return the bounds of an estimate from its influence values.

    Args:
        estimate: the value, or the gain.
        sums: the influence values, summed in each group.
        freedom: degrees of freedom; below 1 nothing is known.
        scale: the larger of the two values that were subtracted; a variance as small as its rounding counts as none.

    """
    error = deviation(sums)
    if freedom < 1 or not math.isfinite(error) or not math.isfinite(estimate):
        return Nothing()
    if error <= _TINY * scale:
        return SameEverywhere(estimate) if len(sums) >= LEAST else Nothing()
    return Student(estimate, error, freedom)
