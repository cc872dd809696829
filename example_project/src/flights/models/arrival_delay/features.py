"""The features of this model: schedule, weather, and the aircraft with a formula and the words of its model."""

from sklearn.pipeline import Pipeline

from flights.columns import CATEGORIES, WEATHER
from flights.feature_store.views import AircraftView, ScheduleView, WeatherView
from flights.features.common.formula_transformer import FormulaTransformer
from flights.features.flight.processor import AIRCRAFT, PLANE_MODEL, SCHEDULE
from flights.features.plane_model.processor import PlaneWords
from flights.models.common.encoding import Columns, Step, for_lines, for_trees

VIEWS = (ScheduleView, AircraftView, WeatherView)
NUMBERS = (*SCHEDULE, *WEATHER)
FEATURES = (*CATEGORIES, *NUMBERS, *AIRCRAFT, "seats_per_engine", PLANE_MODEL)
RAW_NUMBERS = ("scheduled_minutes", "distance", "seats", "engines", "built", *WEATHER)
"""The numbers of the views as they come, for families without features."""


def tree_columns() -> Columns:
    """Return the columns for models made of trees."""
    return for_trees(NUMBERS, *_aircraft())


def line_columns() -> Pipeline:
    """Return the columns for models that are sums."""
    return for_lines(NUMBERS, *_aircraft())


def _aircraft() -> list[Step]:
    return [
        ("aircraft", FormulaTransformer(formula="seats_per_engine = seats / engines"), [*AIRCRAFT]),
        ("words", PlaneWords(most=8), PLANE_MODEL),
    ]
