"""The features of this model: schedule, aircraft with its words and a formula, weather."""

from sklearn.pipeline import Pipeline

from flights.features.columns import CATEGORIES, WEATHER
from flights.features.common.formula_transformer import FormulaTransformer
from flights.features.flight.processor import AIRCRAFT, PLANE_MODEL, SCHEDULE
from flights.features.plane_model.processor import PlaneWords
from flights.models.common.encoding import Columns, Step, for_lines, for_trees

NUMBERS = (*SCHEDULE, *WEATHER)
FEATURES = (*CATEGORIES, *NUMBERS, *AIRCRAFT, "seats_per_engine", PLANE_MODEL)


def tree_columns() -> Columns:
    """For models made of trees."""
    return for_trees(NUMBERS, *_aircraft())


def line_columns() -> Pipeline:
    """For models that are sums."""
    return for_lines(NUMBERS, *_aircraft())


def _aircraft() -> list[Step]:
    return [
        ("aircraft", FormulaTransformer(formula="seats_per_engine = seats / engines"), [*AIRCRAFT]),
        ("words", PlaneWords(most=8), PLANE_MODEL),
    ]
