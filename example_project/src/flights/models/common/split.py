"""The split by time: earlier flights train the model, later flights test it."""

from dataclasses import dataclass

import pandas as pd

from flights.errors import BadDataError
from flights.features.flight.filter import arrived

FIRST_TEST_DAY = "2013-11-01"


@dataclass(frozen=True)
class Split:
    """Flights before a day, and from that day on. All have arrived."""

    train: pd.DataFrame
    test: pd.DataFrame


def split_by_time(flights: pd.DataFrame, first_test_day: str = FIRST_TEST_DAY) -> Split:
    """Return the two periods.

    Raises:
        BadDataError: a period has no flight whose delay is known; says how many each has.

    """
    known = arrived(flights)
    later = known["scheduled_departure"] >= pd.Timestamp(first_test_day)
    split = Split(known[~later], known[later])
    if split.train.empty or split.test.empty:
        raise BadDataError(
            f"There must be flights with a known delay both before and from {first_test_day} on: "
            f"there are {len(split.train)} before and {len(split.test)} from then on."
        )
    return split


def period(flights: pd.DataFrame) -> dict[str, str | int]:
    """Return the first day, the last day and the number of flights."""
    days = flights["scheduled_departure"]
    return {"from": days.min().date().isoformat(), "to": days.max().date().isoformat(), "rows": len(flights)}
