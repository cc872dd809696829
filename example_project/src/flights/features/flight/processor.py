"""The features: a pure function of what is known about a flight."""

import pandas as pd

from flights.features.columns import CATEGORIES, WEATHER
from flights.features.flight.postfilter import postfilter
from flights.features.flight.prefilter import prefilter
from flights.features.plane_model.prefilter import prefilter as plane_model

SCHEDULE = ("hour", "weekday", "scheduled_minutes", "distance")
AIRCRAFT = ("seats", "engines", "age")
NUMBERS = (*SCHEDULE, *AIRCRAFT, *WEATHER)
PLANE_MODEL = "model"
FEATURES = (*CATEGORIES, *NUMBERS, PLANE_MODEL)


def build_features(flights: pd.DataFrame) -> pd.DataFrame:
    """The columns FEATURES, one row per flight; a number that is missing stays missing, a text is empty."""
    return postfilter(_process(prefilter(flights)))


def _process(flights: pd.DataFrame) -> pd.DataFrame:
    departure = flights["scheduled_departure"].dt
    given = {name: flights[name] for name in (*CATEGORIES, *NUMBERS, PLANE_MODEL) if name in flights}
    computed = {
        "hour": departure.hour + departure.minute / 60,
        "weekday": departure.day_of_week,
        "age": departure.year - flights["built"].astype("float64"),
        PLANE_MODEL: plane_model(flights[PLANE_MODEL]),
    }
    columns = given | computed
    # One frame made once: a frame per step would take longer than the model itself, for a single flight.
    return pd.DataFrame({name: columns[name].astype("float64" if name in NUMBERS else "str") for name in FEATURES})
