"""Logistic regression."""

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from flights.models.common.encoding import features


def logistic_classifier(columns: Pipeline) -> Pipeline:
    """An untrained classifier."""
    return Pipeline([("features", features()), ("columns", columns), ("estimator", LogisticRegression(max_iter=300))])
