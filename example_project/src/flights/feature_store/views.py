"""The feature views: what is known about a flight, in parts. A model declares the views that it needs.

`combined` makes one schema of the views of a model. The limits of each column are those of `flights.flight.Flight`,
which checks single requests; a test compares the two.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from types import new_class
from typing import Self

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.typing import DataFrame

from flights.columns import TARGET
from flights.feature_store.kinds import LocalTime, WholeNumber


class FeatureView(pa.DataFrameModel):
    """Columns that belong together."""

    class Config:
        """Convert values where nothing is lost; ignore columns of other views."""

        coerce = True
        strict = "filter"
        unique_column_names = True

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the columns of the view, in its order."""
        return tuple(cls.to_schema().columns)

    @classmethod
    def check(cls, flights: pd.DataFrame) -> DataFrame[Self]:
        """Return the view's columns of these flights, in its order.

        Raises:
            pandera.errors.SchemaErrors: columns are missing, or rows are bad.

        """
        checked: DataFrame[Self] = cls.validate(flights, lazy=True)[[*cls.names()]]
        return checked


class ScheduleView(FeatureView):
    """Who flies where, and when it should."""

    carrier: str = pa.Field(str_matches=r"^[A-Z0-9]{2}$")
    origin: str = pa.Field(isin=["EWR", "JFK", "LGA"])
    dest: str = pa.Field(str_matches=r"^[A-Z0-9]{3}$")
    scheduled_departure: LocalTime = pa.Field()
    scheduled_minutes: WholeNumber = pa.Field(gt=0, lt=1440)
    distance: WholeNumber = pa.Field(gt=0, lt=10_000)


class AircraftView(FeatureView):
    """The aircraft that is to fly; unknown for some flights."""

    seats: np.float64 = pa.Field(nullable=True, gt=0, lt=1000)
    engines: np.float64 = pa.Field(nullable=True, gt=0, lt=10)
    built: np.float64 = pa.Field(nullable=True, gt=1930, lt=2100)
    model: str = pa.Field(nullable=True, str_length={"min_value": 1, "max_value": 40})


class WeatherView(FeatureView):
    """The last weather observed at the origin an hour before departure (so one to two hours old); missing for some."""

    temperature: np.float64 = pa.Field(nullable=True, ge=-80, le=140)
    dew_point: np.float64 = pa.Field(nullable=True, ge=-80, le=140)
    humidity: np.float64 = pa.Field(nullable=True, ge=0, le=110)
    wind_speed: np.float64 = pa.Field(nullable=True, ge=0, le=2000)
    precipitation: np.float64 = pa.Field(nullable=True, ge=0, le=20)
    pressure: np.float64 = pa.Field(nullable=True, ge=800, le=1100)
    visibility: np.float64 = pa.Field(nullable=True, ge=0, le=100)


VIEWS: Mapping[str, type[FeatureView]] = {
    "schedule": ScheduleView,
    "aircraft": AircraftView,
    "weather": WeatherView,
}
"""The views by name, in the order of their columns."""


def names_of(views: Sequence[type[FeatureView]]) -> list[str]:
    """Return the names of these views in VIEWS."""
    return [name for name, view in VIEWS.items() if view in views]


@cache
def combined(*views: type[FeatureView]) -> type[FeatureView]:
    """Return one schema with the columns of these views, in the order given."""
    schema: type[FeatureView] = new_class("And".join(view.__name__ for view in views), views[::-1])
    return schema


class KnownView(WeatherView, AircraftView, ScheduleView):
    """All that a caller gives: the columns KNOWN."""


class Flights(KnownView):
    """All that is known, and the delay, which is missing for flights that have not arrived."""

    arrival_delay: np.float64 = pa.Field(nullable=True, gt=-180, lt=3000)

    @classmethod
    def check(cls, flights: pd.DataFrame) -> DataFrame[Self]:
        """Return the view's columns. Flights without a column for the delay get an empty one.

        Raises:
            pandera.errors.SchemaErrors: columns are missing, or rows are bad.

        """
        return super().check(flights if TARGET in flights else flights.assign(**{TARGET: np.nan}))
