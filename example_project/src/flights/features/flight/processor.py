"""The features: a pure function of what is known about a flight.

Computed with arrays, a frame made of them at the end: for a single flight pandas would take longer than the models.
"""

from collections.abc import Mapping

import numpy as np
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

# 1970-01-01, from which numpy counts days, was a Thursday.
THURSDAY = 3


def build_features(flights: pd.DataFrame) -> pd.DataFrame:
    """The columns FEATURES, one row per flight; a number that is missing stays missing, a text is empty."""
    return pd.DataFrame(feature_columns(flights), index=flights.index)


def feature_columns(flights: pd.DataFrame | Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same as `build_features`, no frame made of them; nor need there be one."""
    features = postfilter(_process(prefilter(flights)))
    return {name: features[name] for name in FEATURES}


def _process(flights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    departure = flights["scheduled_departure"].astype("datetime64[m]")
    day = departure.astype("datetime64[D]")
    numbers = {name: flights[name].astype("float64") for name in (*NUMBERS, "built") if name in flights}
    return {
        **{name: flights[name] for name in CATEGORIES},
        **numbers,
        "hour": (departure - day).astype("float64") / 60,
        "weekday": (day.astype("float64") + THURSDAY) % 7,
        "age": departure.astype("datetime64[Y]").astype("float64") + 1970 - numbers["built"],
        PLANE_MODEL: plane_model(flights[PLANE_MODEL]),
    }
