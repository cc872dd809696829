"""The flow from a flight to features: a pure function of the views that a model declares.

A frame of flights is checked by pandera on the way in and on the way out. A single flight comes as arrays that pydantic
has checked (`flights.flight`): for one flight, pandas and pandera would take several times longer than the models.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from flights.columns import CATEGORIES, WEATHER
from flights.feature_store.views import VIEWS, combined
from flights.features.flight.postfilter import postfilter
from flights.features.flight.prefilter import prefilter
from flights.features.flight.schemas import features_of
from flights.features.plane_model.prefilter import prefilter as plane_model

SCHEDULE = ("hour", "weekday", "scheduled_minutes", "distance")
AIRCRAFT = ("seats", "engines", "age")
PLANE_MODEL = "model"
# 1970-01-01, from which numpy counts days, was a Thursday.
THURSDAY = 3


def build_features(flights: pd.DataFrame, views: Sequence[str]) -> pd.DataFrame:
    """Return the features of these views, one row per flight; an unknown number is missing, an unknown text empty.

    Raises:
        pandera.errors.SchemaErrors: the flights are not as the views say, or the features not as their schema says.

    """
    known = combined(*(VIEWS[view] for view in views)).check(flights)
    columns = feature_columns({name: np.asarray(known[name]) for name in known}, views)
    features: pd.DataFrame = features_of(views).check(pd.DataFrame(columns, index=known.index))
    return features


def feature_columns(flights: Mapping[str, np.ndarray], views: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the same features as arrays by name, from arrays that were checked before."""
    known = prefilter(flights, views)
    features: dict[str, np.ndarray] = {}
    for view in views:
        features |= PROCESSORS[view](known)
    return postfilter(features)


def _schedule(known: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    departure = known["scheduled_departure"].astype("datetime64[m]")
    day = departure.astype("datetime64[D]")
    return {
        **{name: known[name] for name in CATEGORIES},
        "hour": (departure - day).astype("float64") / 60,
        "weekday": (day.astype("float64") + THURSDAY) % 7,
        **_numbers(known, ("scheduled_minutes", "distance")),
    }


def _aircraft(known: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    year = known["scheduled_departure"].astype("datetime64[Y]").astype("float64") + 1970
    return {
        **_numbers(known, ("seats", "engines")),
        "age": year - known["built"].astype("float64"),
        PLANE_MODEL: plane_model(known[PLANE_MODEL]),
    }


def _weather(known: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return _numbers(known, WEATHER)


def _numbers(known: Mapping[str, np.ndarray], names: Sequence[str]) -> dict[str, np.ndarray]:
    return {name: known[name].astype("float64") for name in names}


PROCESSORS = {"schedule": _schedule, "aircraft": _aircraft, "weather": _weather}
