"""Bounds of a mean of few values that may be skewed: those of Student's t, or Hall's where these are wider."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy import special

from cicd.gate.intervals import Student

if TYPE_CHECKING:
    from cicd.gate.rows import Numbers

_FLAT = 1e-9
"""Skewness below this changes nothing."""


@dataclass(frozen=True)
class Skewed(Student):
    """A mean with the skewness of its values, divided by the root of their number.

    Student's bounds err too often on the side of the long tail. Hall's transformation corrects for that (Annals of
    Statistics 20, 1992), and errs on the other side; so each bound is the wider one of the two.
    """

    lean: float

    def lower(self, alpha: float) -> float:
        """Return the lower bound."""
        quantile = -float(special.stdtrit(self.freedom, alpha))
        return min(super().lower(alpha), self.estimate - self.deviation * self._untransformed(quantile))

    def upper(self, alpha: float) -> float:
        """Return the upper bound."""
        quantile = float(special.stdtrit(self.freedom, alpha))
        return max(super().upper(alpha), self.estimate - self.deviation * self._untransformed(quantile))

    def p_below(self, threshold: float) -> float:
        """Return the p-value of the claim that the value is below a threshold."""
        score = self._transformed((self.estimate - threshold) / self.deviation)
        return max(super().p_below(threshold), float(special.stdtr(self.freedom, score)))

    def p_above(self, threshold: float) -> float:
        """Return the p-value of the claim that the value is above a threshold."""
        score = self._transformed((self.estimate - threshold) / self.deviation)
        return max(super().p_above(threshold), float(special.stdtr(self.freedom, -score)))

    def _transformed(self, score: float) -> float:
        """Return a score whose distribution is closer to Student's."""
        lean = self.lean
        return score + lean * score**2 / 3 + lean**2 * score**3 / 27 + lean / 6

    def _untransformed(self, score: float) -> float:
        """Return the score that `_transformed` turns into this one."""
        if abs(self.lean) < _FLAT:
            return score
        return 3 / self.lean * (_root(1 + self.lean * (score - self.lean / 6)) - 1)


def _root(number: float) -> float:
    """Return the cube root."""
    return math.copysign(abs(number) ** (1 / 3), number)


def of_mean(values: Numbers, bounds: Student) -> Skewed:
    """Return Student's bounds of a mean as those that take the skewness of its values into account."""
    count = len(values)
    centred = values - values.mean()
    skewness = float((centred**3).mean() / (centred**2).mean() ** 1.5) * math.sqrt(count * (count - 1)) / (count - 2)
    return Skewed(bounds.estimate, bounds.deviation, bounds.freedom, skewness / math.sqrt(count))
