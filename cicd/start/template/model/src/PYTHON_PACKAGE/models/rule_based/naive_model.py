"""The naive model: it always predicts the mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from PYTHON_PACKAGE.models.common.model import Model


@dataclass(frozen=True)
class NaiveModel(Model):
    """Predicts the mean of the training targets."""

    mean: float

    @classmethod
    def fit(cls, inputs: Sequence[float], targets: Sequence[float]) -> Self:  # noqa: ARG003 -- it needs no input
        """Return the mean of the targets as a model."""
        return cls(sum(targets) / len(targets))

    def predict(self, value: float) -> float:  # noqa: ARG002
        """Return the mean."""
        return self.mean
