"""Ordinary least squares."""

from collections.abc import Sequence

from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline

from flights.feature_store.views import FeatureView
from flights.models.common.encoding import features


def olsr_regressor(views: Sequence[type[FeatureView]], columns: Pipeline) -> Pipeline:
    """Return an untrained regressor that minimises squares."""
    return Pipeline([("features", features(views)), ("columns", columns), ("estimator", LinearRegression())])
