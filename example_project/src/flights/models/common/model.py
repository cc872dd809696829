"""What a model package declares about its model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import is_classifier

from flights.feature_store.views import FeatureView, combined
from flights.models.common.metrics import Metric

NAIVE = "naive"


@dataclass(frozen=True)
class Model:
    """A question about flights, and the ways to answer it.

    `actual` is the true answer; `families` are untrained estimators by name, of which NAIVE is what the others are
    compared with and `chosen` is released; `output` names the answer in files and in the service, and `limits` are the
    lowest and the highest answer that makes sense. `views` is all that the model may read, `features` what it reads.
    """

    name: str
    output: str
    limits: tuple[float, float]
    actual: Callable[[pd.DataFrame], pd.Series]
    families: Mapping[str, Callable[[], Any]]
    chosen: str
    views: tuple[type[FeatureView], ...]
    features: tuple[str, ...]
    metrics: tuple[Metric, ...]

    @property
    def inputs(self) -> type[FeatureView]:
        """The schema of what the model may read: its views combined."""
        return combined(*self.views)

    def fit(self, family: str, flights: pd.DataFrame) -> Any:
        """Return the family's estimator, trained with these flights and with nothing but the model's views of them."""
        return self.families[family]().fit(flights[[*self.inputs.names()]], self.actual(flights))


def answers(fitted: Any, flights: pd.DataFrame) -> np.ndarray:
    """Return one answer per flight: the probability where the model is a classifier, else the number."""
    raw = fitted.predict_proba(flights)[:, 1] if is_classifier(fitted) else fitted.predict(flights)
    return np.asarray(raw, "float64")
