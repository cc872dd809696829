"""The flights of a source, read through a view."""

from pathlib import Path
from typing import TypeVar

from pandera.errors import SchemaErrors
from pandera.typing import DataFrame

from flights.data_loaders.csv_data_loader import CsvDataLoader
from flights.data_loaders.data_loader import DataLoader
from flights.data_loaders.nycflights_data_loader import NycFlightsDataLoader
from flights.data_loaders.snapshot_data_loader import SnapshotDataLoader, is_snapshot
from flights.data_loaders.sql_data_loader import EVERYTHING, SqlDataLoader
from flights.errors import BadDataError, UnreadableSourceError
from flights.feature_store.explain import explain
from flights.feature_store.views import FeatureView, Flights

View = TypeVar("View", bound=FeatureView)


def source(data: str | None, query: str | None = None) -> DataLoader:
    """Return the loader for what `--data` names.

    Raises:
        UnreadableSourceError: there is a query, and no database to ask.

    """
    if data is not None and "://" in data:
        return SqlDataLoader(data, EVERYTHING if query is None else query)
    if query is not None:
        raise UnreadableSourceError("--query asks a database: name it with --data, such as sqlite:///flights.db.")
    if data is None:
        return NycFlightsDataLoader()
    path = Path(data)
    return SnapshotDataLoader(path) if is_snapshot(path) else CsvDataLoader(path)


def read(loader: DataLoader, view: type[View]) -> DataFrame[View]:
    """Return the view's columns of all flights of a source.

    Raises:
        BadDataError: columns are missing, or rows are bad; says how many, and names the first.

    """
    try:
        return view.check(loader.rows())
    except SchemaErrors as error:
        raise BadDataError(explain(error, loader.name, loader.first_row)) from None


def load(data: Path | str | None, rows: int | None, query: str | None = None) -> DataFrame[Flights]:
    """Return the flights, or a sample of them: the same sample every time, in the same order.

    Raises:
        BadDataError: columns are missing, or rows are bad; says how many, and names the first.
        UnreadableSourceError: the file, or what the database is asked for, is not there or can't be read.

    """
    flights = read(source(None if data is None else str(data), query), Flights)
    return flights if rows is None else sample(flights, rows)


def sample(flights: DataFrame[Flights], rows: int) -> DataFrame[Flights]:
    """Return so many of these flights: the same ones every time, in the same order."""
    drawn: DataFrame[Flights] = flights.sample(min(rows, len(flights)), random_state=0).sort_index()
    return drawn
