"""The features of this model: schedule and weather. What aircraft flies hardly matters to it."""

from sklearn.pipeline import Pipeline

from flights.features.columns import CATEGORIES, WEATHER
from flights.features.flight.processor import SCHEDULE
from flights.models.common.encoding import Columns, for_lines, for_trees

NUMBERS = (*SCHEDULE, *WEATHER)
FEATURES = (*CATEGORIES, *NUMBERS)


def tree_columns() -> Columns:
    """For models made of trees."""
    return for_trees(NUMBERS)


def line_columns() -> Pipeline:
    """For models that are sums."""
    return for_lines(NUMBERS)
