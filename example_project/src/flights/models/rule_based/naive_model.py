"""The naive model: what is usual for the carrier."""

from typing import Literal, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin


class NaiveModel(RegressorMixin, BaseEstimator):
    """Answers with the carrier's median, or mean (of yes and no it is a rate); an unknown carrier gets that of all."""

    def __init__(self, statistic: Literal["median", "mean"] = "median") -> None:
        self.statistic = statistic

    def fit(self, flights: pd.DataFrame, answers: pd.Series) -> Self:
        """Learn what is usual."""
        self.all_ = float(answers.agg(self.statistic))
        self.carriers_ = answers.groupby(flights["carrier"]).agg(self.statistic)
        return self

    def predict(self, flights: pd.DataFrame) -> np.ndarray:
        """One answer per flight."""
        return np.asarray(flights["carrier"].map(self.carriers_).fillna(self.all_), "float64")
