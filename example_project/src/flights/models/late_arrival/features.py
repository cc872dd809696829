"""The features of this model: schedule and weather. The aircraft hardly changes its answers."""

from sklearn.pipeline import Pipeline

from flights.columns import CATEGORIES, WEATHER
from flights.feature_store.views import ScheduleView, WeatherView
from flights.features.flight.processor import SCHEDULE
from flights.models.common.encoding import Columns, for_lines, for_trees

VIEWS = (ScheduleView, WeatherView)
NUMBERS = (*SCHEDULE, *WEATHER)
FEATURES = (*CATEGORIES, *NUMBERS)
RAW_NUMBERS = ("scheduled_minutes", "distance", *WEATHER)
"""The numbers of the views as they come, for families without features."""


def tree_columns() -> Columns:
    """Return the columns for models made of trees."""
    return for_trees(NUMBERS)


def line_columns() -> Pipeline:
    """Return the columns for models that are sums."""
    return for_lines(NUMBERS)
