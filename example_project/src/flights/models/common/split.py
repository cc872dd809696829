"""Which flights train the model and which judge it: the past trains, the later period judges."""

from dataclasses import dataclass

import pandas as pd

from flights.features.flight.filter import arrived

FIRST_TEST_DAY = "2013-11-01"


@dataclass(frozen=True)
class Split:
    """Flights before a day, and from that day on. All have arrived."""

    train: pd.DataFrame
    test: pd.DataFrame


def split_by_time(flights: pd.DataFrame, first_test_day: str = FIRST_TEST_DAY) -> Split:
    """The two periods.

    Raises:
        ValueError: a period has no flight.

    """
    known = arrived(flights)
    later = known["scheduled_departure"] >= pd.Timestamp(first_test_day)
    split = Split(known[~later], known[later])
    if split.train.empty or split.test.empty:
        raise ValueError(f"There must be flights both before and from {first_test_day} on.")
    return split


def period(flights: pd.DataFrame) -> dict[str, str | int]:
    """First day, last day and number of flights."""
    days = flights["scheduled_departure"]
    return {"from": days.min().date().isoformat(), "to": days.max().date().isoformat(), "rows": len(flights)}
