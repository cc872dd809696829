"""Gradient boosting over histograms."""

from collections.abc import Sequence
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline

from flights.feature_store.views import FeatureView
from flights.models.common.encoding import Columns, features

SETTINGS: dict[str, Any] = {
    "early_stopping": False,
    "random_state": 0,
}
# What `flights.pipelines.tune` tries.
GRID: dict[str, list[Any]] = {
    "learning_rate": [0.05, 0.1],
    "max_iter": [50, 100],
    "max_leaf_nodes": [15, 31, 63],
    "min_samples_leaf": [50, 200],
}


def boosting_regressor(views: Sequence[type[FeatureView]], columns: Columns, **settings: Any) -> Pipeline:
    """Return an untrained regressor of the absolute error; delays have a long tail that squares would chase."""
    return _pipeline(views, columns, HistGradientBoostingRegressor(loss="absolute_error", **SETTINGS, **settings))


def boosting_classifier(views: Sequence[type[FeatureView]], columns: Columns, **settings: Any) -> Pipeline:
    """Return an untrained classifier."""
    return _pipeline(views, columns, HistGradientBoostingClassifier(**SETTINGS, **settings))


def _pipeline(views: Sequence[type[FeatureView]], columns: Columns, estimator: BaseEstimator) -> Pipeline:
    return Pipeline([("features", features(views)), ("columns", columns), ("estimator", estimator)])
