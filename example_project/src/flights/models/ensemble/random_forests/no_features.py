"""A forest of the raw columns."""

from collections.abc import Sequence

from sklearn.pipeline import Pipeline

from flights.models.common.encoding import for_trees
from flights.models.ensemble.random_forests.forest import forest


def no_features(numbers: Sequence[str], *, classifier: bool) -> Pipeline:
    """Return an untrained forest over the categories and these numbers of a model's views."""
    return Pipeline([("columns", for_trees(numbers)), ("estimator", forest(classifier=classifier))])
