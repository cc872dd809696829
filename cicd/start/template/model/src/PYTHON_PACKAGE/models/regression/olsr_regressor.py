"""Ordinary least squares with one input."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from PYTHON_PACKAGE.models.common.model import Model


@dataclass(frozen=True)
class OlsrRegressor(Model):
    """A regression line: intercept and slope."""

    slope: float
    intercept: float

    @classmethod
    def fit(cls, inputs: Sequence[float], targets: Sequence[float]) -> Self:
        """Return the line with the least sum of squared errors."""
        centre, level = sum(inputs) / len(inputs), sum(targets) / len(targets)
        spread = sum((value - centre) ** 2 for value in inputs)
        together = sum((value - centre) * (target - level) for value, target in zip(inputs, targets, strict=True))
        slope = together / spread if spread else 0.0
        return cls(slope, level - slope * centre)

    def predict(self, value: float) -> float:
        """Return the predicted target for one input value."""
        return self.intercept + self.slope * value
