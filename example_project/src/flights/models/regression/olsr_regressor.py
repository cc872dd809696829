"""Ordinary least squares."""

from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline

from flights.models.common.encoding import features


def olsr_regressor(columns: Pipeline) -> Pipeline:
    """An untrained regressor that minimises squares."""
    return Pipeline([("features", features()), ("columns", columns), ("estimator", LinearRegression())])
