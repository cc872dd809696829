"""The features: a pure function of what is known about a flight."""

import pandas as pd

from flights.features.columns import AIRCRAFT, CATEGORIES, WEATHER

NUMBERS = ("hour", "weekday", "scheduled_minutes", "distance", "seats", "age", *WEATHER)
FEATURES = (*CATEGORIES, *NUMBERS)


def build_features(flights: pd.DataFrame) -> pd.DataFrame:
    """The columns FEATURES, one row per flight; what is missing stays missing."""
    departure = flights["scheduled_departure"].dt
    numbers = flights[["scheduled_minutes", "distance", *AIRCRAFT, *WEATHER]].astype("float64")
    return numbers.assign(
        **{name: flights[name] for name in CATEGORIES},
        hour=departure.hour + departure.minute / 60,
        weekday=departure.day_of_week,
        age=departure.year - numbers["built"],
    )[[*FEATURES]]
