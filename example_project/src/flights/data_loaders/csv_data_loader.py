"""Flights from a CSV file."""

from pathlib import Path

import pandas as pd

from flights.data_loaders.data_loader import DataLoader
from flights.features.columns import KNOWN, TARGET


class CsvDataLoader(DataLoader):
    """A CSV file whose header names the columns; aircraft, weather and the target may be left empty."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> pd.DataFrame:
        """The flights of the file.

        Raises:
            ValueError: the file lacks a column, or a departure is no time.

        """
        flights = pd.read_csv(self.path, keep_default_na=False, na_values=[""])
        if missing := [name for name in KNOWN if name not in flights]:
            raise ValueError(f"{self.path} lacks the columns {', '.join(missing)}.")
        if TARGET not in flights:
            flights[TARGET] = float("nan")
        flights["scheduled_departure"] = pd.to_datetime(flights["scheduled_departure"]).astype("datetime64[s]")
        return flights[[*KNOWN, TARGET]]
