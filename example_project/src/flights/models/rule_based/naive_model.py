"""The naive model: the carrier's usual delay."""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin


class NaiveModel(RegressorMixin, BaseEstimator):
    """Predicts the median delay of the carrier; for an unknown carrier the median of all."""

    def fit(self, flights: pd.DataFrame, delays: pd.Series) -> Self:
        """Learn the medians."""
        self.all_ = float(delays.median())
        self.carriers_ = delays.groupby(flights["carrier"]).median()
        return self

    def predict(self, flights: pd.DataFrame) -> np.ndarray:
        """One delay in minutes per flight."""
        return np.asarray(flights["carrier"].map(self.carriers_).fillna(self.all_), "float64")
