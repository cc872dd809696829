"""The naive model: what is usual for the carrier."""

from typing import Literal, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin


class NaiveModel(RegressorMixin, BaseEstimator):
    """Answers with the median or mean of the carrier; an unknown carrier gets that of all flights."""

    def __init__(self, statistic: Literal["median", "mean"] = "median") -> None:
        self.statistic = statistic

    def fit(self, flights: pd.DataFrame, answers: pd.Series) -> Self:
        """Learn the statistic of each carrier."""
        self.all_ = float(answers.agg(self.statistic))
        self.carriers_ = answers.groupby(flights["carrier"]).agg(self.statistic)
        return self

    def predict(self, flights: pd.DataFrame) -> np.ndarray:
        """Return one answer per flight."""
        return np.asarray(flights["carrier"].map(self.carriers_).fillna(self.all_), "float64")
