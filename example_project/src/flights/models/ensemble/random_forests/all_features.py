"""A forest of all features of a model."""

from sklearn.pipeline import Pipeline

from flights.models.common.encoding import Columns, features
from flights.models.ensemble.random_forests.forest import forest


def all_features(columns: Columns, *, classifier: bool) -> Pipeline:
    """An untrained forest over the columns that the model's package makes."""
    return Pipeline([("features", features()), ("columns", columns), ("estimator", forest(classifier=classifier))])
