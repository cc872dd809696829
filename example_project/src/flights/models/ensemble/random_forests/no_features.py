"""A forest of what is known, as it comes."""

from sklearn.pipeline import Pipeline

from flights.features.columns import WEATHER
from flights.models.common.encoding import for_trees
from flights.models.ensemble.random_forests.forest import forest

NUMBERS = ("scheduled_minutes", "distance", "seats", "engines", "built", *WEATHER)


def no_features(*, classifier: bool) -> Pipeline:
    """An untrained forest over the columns KNOWN that are numbers or categories."""
    return Pipeline([("columns", for_trees(NUMBERS)), ("estimator", forest(classifier=classifier))])
