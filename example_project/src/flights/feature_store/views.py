"""The feature views: what is known about a flight, in parts that models combine. Each is checked wherever it is read.

They are the gate for data as `flights.flight.Flight` is for requests; a test holds the limits of both together.
"""

from typing import Self

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors
from pandera.typing import DataFrame

from flights.data_loaders.data_loader import DataLoader
from flights.errors import BadDataError
from flights.feature_store.explain import explain
from flights.feature_store.kinds import LocalTime, WholeNumber
from flights.features.columns import TARGET


class FeatureView(pa.DataFrameModel):
    """Columns that belong together."""

    class Config:
        """Values are converted where nothing is lost; other columns are no part of the view."""

        coerce = True
        strict = "filter"
        unique_column_names = True

    @classmethod
    def read(cls, loader: DataLoader) -> DataFrame[Self]:
        """The view's columns of all flights of a source.

        Raises:
            BadDataError: columns are missing, or rows are bad; says how many, and names the first.

        """
        try:
            return cls.check(loader.rows())
        except SchemaErrors as error:
            raise BadDataError(explain(error, loader.name, loader.first_row)) from None

    @classmethod
    def check(cls, flights: pd.DataFrame) -> DataFrame[Self]:
        """The view's columns of these flights, in its order.

        Raises:
            pandera.errors.SchemaErrors: columns are missing, or rows are bad.

        """
        checked: DataFrame[Self] = cls.validate(flights, lazy=True)[[*cls.to_schema().columns]]
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
    """The aircraft that is to fly; unknown for some."""

    seats: np.float64 = pa.Field(nullable=True, gt=0, lt=1000)
    engines: np.float64 = pa.Field(nullable=True, gt=0, lt=10)
    built: np.float64 = pa.Field(nullable=True, gt=1930, lt=2100)
    model: str = pa.Field(nullable=True, str_length={"min_value": 1, "max_value": 40})


class WeatherView(FeatureView):
    """What was last observed at the origin when an hour was left, so one to two hours before; missing for some."""

    temperature: np.float64 = pa.Field(nullable=True, ge=-80, le=140)
    dew_point: np.float64 = pa.Field(nullable=True, ge=-80, le=140)
    humidity: np.float64 = pa.Field(nullable=True, ge=0, le=110)
    wind_speed: np.float64 = pa.Field(nullable=True, ge=0, le=2000)
    precipitation: np.float64 = pa.Field(nullable=True, ge=0, le=20)
    pressure: np.float64 = pa.Field(nullable=True, ge=800, le=1100)
    visibility: np.float64 = pa.Field(nullable=True, ge=0, le=100)


class KnownView(WeatherView, AircraftView, ScheduleView):
    """Everything that is known an hour before departure: the columns KNOWN."""


class Flights(KnownView):
    """What is known, and the delay, which is missing where nobody knows it yet."""

    arrival_delay: np.float64 = pa.Field(nullable=True, gt=-180, lt=3000)

    @classmethod
    def check(cls, flights: pd.DataFrame) -> DataFrame[Self]:
        """As for every view; a source without the delay is one of flights still to come."""
        return super().check(flights if TARGET in flights else flights.assign(**{TARGET: np.nan}))
