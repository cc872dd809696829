"""Logistic regression."""

from collections.abc import Sequence

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from flights.feature_store.views import FeatureView
from flights.models.common.encoding import features


def logistic_classifier(views: Sequence[type[FeatureView]], columns: Pipeline) -> Pipeline:
    """Return an untrained classifier."""
    estimator = LogisticRegression(max_iter=300)
    return Pipeline([("features", features(views)), ("columns", columns), ("estimator", estimator)])
