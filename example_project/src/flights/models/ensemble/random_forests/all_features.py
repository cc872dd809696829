"""A forest of all features of a model."""

from collections.abc import Sequence

from sklearn.pipeline import Pipeline

from flights.feature_store.views import FeatureView
from flights.models.common.encoding import Columns, features
from flights.models.ensemble.random_forests.forest import forest


def all_features(views: Sequence[type[FeatureView]], columns: Columns, *, classifier: bool) -> Pipeline:
    """Return an untrained forest over the columns that the model's package makes."""
    estimator = forest(classifier=classifier)
    return Pipeline([("features", features(views)), ("columns", columns), ("estimator", estimator)])
