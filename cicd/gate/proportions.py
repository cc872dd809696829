"""Score intervals of proportions: Tango's for the difference of two paired ones, Wilson's for a single one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from cicd.gate.intervals import normal_quantile

_STEPS = 60


class _ScoreTest:
    """The p-values of a score test."""

    def _score(self, threshold: float) -> float:
        """Return the score statistic of the hypothesis that the value is `threshold`; it falls as that rises."""
        raise NotImplementedError

    def p_below(self, threshold: float) -> float:
        """Return the p-value of the claim that the value is below a threshold."""
        return float(special.ndtr(self._score(threshold)))

    def p_above(self, threshold: float) -> float:
        """Return the p-value of the claim that the value is above a threshold."""
        return float(special.ndtr(-self._score(threshold)))


@dataclass(frozen=True)
class Paired(_ScoreTest):
    """Tango's score interval for the difference of two paired proportions.

    Args:
        better: rows that only the candidate got right.
        worse: rows that only the champion got right.
        rows: all rows.

    """

    better: float
    worse: float
    rows: float

    @property
    def disagreement(self) -> float:
        """Return the share of the rows that only one of the models got right."""
        return (self.better + self.worse) / self.rows

    @property
    def deviation(self) -> float:
        """Return the standard error of the difference of two equal models that disagree as often."""
        return math.sqrt(self.better + self.worse) / self.rows

    def _score(self, threshold: float) -> float:
        rows, better, worse = self.rows, self.better, self.worse
        linear = -better - worse + (2 * rows - better + worse) * threshold
        root = math.sqrt(max(0.0, linear**2 + 8 * rows * worse * threshold * (1 - threshold)))
        share = max(0.0, (root - linear) / (4 * rows), -threshold)
        return _standardised(better - worse - rows * threshold, rows * (2 * share + threshold * (1 - threshold)))

    def _solve(self, score: float, low: float, high: float) -> float:
        """Return the threshold between `low` and `high` that has this score statistic."""
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._score(middle) > score else (low, middle)
        return (low + high) / 2

    def lower(self, alpha: float) -> float:
        """Return the lower bound of the difference."""
        return self._solve(normal_quantile(alpha), -1.0, (self.better - self.worse) / self.rows)

    def upper(self, alpha: float) -> float:
        """Return the upper bound of the difference."""
        return self._solve(-normal_quantile(alpha), (self.better - self.worse) / self.rows, 1.0)


@dataclass(frozen=True)
class FewGroups(Paired):
    """Tango's interval where fewer than two groups disagree, too few to say which model is better in such groups.

    `better`, `worse` and `rows` count groups. The lower bound takes all groups that disagree as lost, the upper bound
    as won.
    """

    @property
    def _lost(self) -> Paired:
        return Paired(0, self.better + self.worse, self.rows)

    @property
    def _won(self) -> Paired:
        return Paired(self.better + self.worse, 0, self.rows)

    def lower(self, alpha: float) -> float:
        """Return the lower bound, as if all groups that disagree were lost."""
        return self._lost.lower(alpha)

    def upper(self, alpha: float) -> float:
        """Return the upper bound, as if all groups that disagree were won."""
        return self._won.upper(alpha)

    def p_below(self, threshold: float) -> float:
        """Return the p-value as if all groups that disagree were won."""
        return self._won.p_below(threshold)

    def p_above(self, threshold: float) -> float:
        """Return the p-value as if all groups that disagree were lost."""
        return self._lost.p_above(threshold)


@dataclass(frozen=True)
class Proportion(_ScoreTest):
    """Wilson's score interval of one proportion."""

    successes: float
    rows: float

    @property
    def deviation(self) -> float:
        """Return the standard error."""
        share = self.successes / self.rows
        return math.sqrt(share * (1 - share) / self.rows)

    def _bounds(self, alpha: float) -> tuple[float, float]:
        square = normal_quantile(alpha) ** 2
        share, rows = self.successes / self.rows, self.rows
        centre = (share + square / (2 * rows)) / (1 + square / rows)
        half = math.sqrt(square * (share * (1 - share) / rows + square / (4 * rows**2))) / (1 + square / rows)
        return max(0.0, centre - half), min(1.0, centre + half)

    def lower(self, alpha: float) -> float:
        """Return the lower bound."""
        return self._bounds(alpha)[0]

    def upper(self, alpha: float) -> float:
        """Return the upper bound."""
        return self._bounds(alpha)[1]

    def _score(self, threshold: float) -> float:
        return _standardised(self.successes / self.rows - threshold, threshold * (1 - threshold) / self.rows)


def _standardised(distance: float, variance: float) -> float:
    """Return a distance in standard deviations; without variance, infinite or 0."""
    if variance <= 0:
        return math.copysign(math.inf, distance) if distance else 0.0
    return distance / math.sqrt(variance)
