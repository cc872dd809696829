"""What a model package tells the pipelines about its model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import is_classifier

from flights.models.common.metrics import Metric

NAIVE = "naive"


@dataclass(frozen=True)
class Model:
    """A question about flights, and the ways to answer it.

    `actual` is the true answer; `families` are untrained estimators by name, of which NAIVE is what the others are
    compared with and `chosen` is released; `output` names the answer in files and in the service.
    """

    name: str
    output: str
    actual: Callable[[pd.DataFrame], pd.Series]
    families: Mapping[str, Callable[[], Any]]
    chosen: str
    features: tuple[str, ...]
    metrics: tuple[Metric, ...]

    def fit(self, family: str, flights: pd.DataFrame) -> Any:
        """The family's estimator, trained with these flights."""
        return self.families[family]().fit(flights, self.actual(flights))


def answers(fitted: Any, flights: pd.DataFrame) -> np.ndarray:
    """One answer per flight (columns KNOWN): the probability where the model is a classifier, else the number."""
    found = fitted.predict_proba(flights)[:, 1] if is_classifier(fitted) else fitted.predict(flights)
    return np.asarray(found, "float64")
