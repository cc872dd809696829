"""Gradient boosting over histograms."""

from typing import Any

from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline

from flights.features.columns import CATEGORIES
from flights.models.common.encoding import features

SETTINGS: dict[str, Any] = {
    "categorical_features": [*range(len(CATEGORIES))],
    "early_stopping": False,
    "random_state": 0,
}


def boosting_regressor(columns: ColumnTransformer, **settings: Any) -> Pipeline:
    """An untrained regressor of the absolute error, as delays have a long tail that squares would chase."""
    return _pipeline(columns, HistGradientBoostingRegressor(loss="absolute_error", **SETTINGS, **settings))


def boosting_classifier(columns: ColumnTransformer, **settings: Any) -> Pipeline:
    """An untrained classifier."""
    return _pipeline(columns, HistGradientBoostingClassifier(**SETTINGS, **settings))


def _pipeline(columns: ColumnTransformer, estimator: BaseEstimator) -> Pipeline:
    return Pipeline([("features", features()), ("columns", columns), ("estimator", estimator)])
