"""Flights from a CSV file."""

from pathlib import Path

import pandas as pd

from flights.data_loaders.data_loader import DataLoader


class CsvDataLoader(DataLoader):
    """A CSV file whose header names the columns; aircraft, weather and the target may be left empty."""

    first_row = 2

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)

    def rows(self) -> pd.DataFrame:
        """The rows of the file, in its order, with the very numbers that were written."""
        return pd.read_csv(self.path, keep_default_na=False, na_values=[""], low_memory=False)
