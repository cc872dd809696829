"""The interface of all models."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Self


class Model(ABC):
    """A regression model that predicts one number from another."""

    @classmethod
    @abstractmethod
    def fit(cls, inputs: Sequence[float], targets: Sequence[float]) -> Self:
        """Return the model that fits the rows."""

    @abstractmethod
    def predict(self, value: float) -> float:
        """Return the predicted target for one input value."""
