"""A flight as a caller describes it. Every request and every file of flights to predict is checked by it."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime

from flights.columns import KNOWN, TEXTS

KINDS = {
    **dict.fromkeys(KNOWN, "float64"),
    **dict.fromkeys(TEXTS, "object"),
    "scheduled_departure": "datetime64[us]",
    "scheduled_minutes": "int64",
    "distance": "int64",
}


class Flight(BaseModel):
    """What is known an hour before a flight leaves New York. An unknown field is an error."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    carrier: str = Field(pattern=r"^[A-Z0-9]{2}$", description="airline, two letters or digits", examples=["UA"])
    origin: Literal["EWR", "JFK", "LGA"] = Field(description="airport it leaves from")
    dest: str = Field(pattern=r"^[A-Z0-9]{3}$", description="airport it flies to", examples=["LAX"])
    scheduled_departure: NaiveDatetime = Field(
        description="New York time",
        examples=["2013-12-20T17:45:00"],
        json_schema_extra={"format": "date-time-local"},  # `date-time` has a time zone
    )
    scheduled_minutes: int = Field(gt=0, lt=1440, description="from gate to gate, as scheduled", examples=[370])
    distance: int = Field(gt=0, lt=10_000, description="miles", examples=[2454])
    seats: int | None = Field(None, gt=0, lt=1000, description="seats of the aircraft")
    engines: int | None = Field(None, gt=0, lt=10, description="engines of the aircraft")
    built: int | None = Field(None, gt=1930, lt=2100, description="year the aircraft was built")
    model: str | None = Field(None, min_length=1, max_length=40, description="of the aircraft", examples=["A320-232"])
    temperature: float | None = Field(None, ge=-80, le=140, description="in Fahrenheit; observed 1 to 2 hours before")
    dew_point: float | None = Field(None, ge=-80, le=140, description="in Fahrenheit")
    humidity: float | None = Field(None, ge=0, le=110, description="relative, in per cent")
    wind_speed: float | None = Field(None, ge=0, le=2000, description="miles per hour")
    precipitation: float | None = Field(None, ge=0, le=20, description="inches in the hour")
    pressure: float | None = Field(None, ge=800, le=1100, description="at sea level, in millibars")
    visibility: float | None = Field(None, ge=0, le=100, description="miles")


def to_columns(flights: Sequence[Flight]) -> dict[str, np.ndarray]:
    """Return the columns KNOWN as arrays, with a value for each flight."""
    return {name: np.array([getattr(flight, name) for flight in flights], KINDS[name]) for name in KNOWN}


def to_frame(flights: Sequence[Flight]) -> pd.DataFrame:
    """Return the columns KNOWN as a frame, with a row for each flight; `Bundle.predict` checks it by pandera."""
    return pd.DataFrame(to_columns(flights))
