"""Flights from a CSV file."""

import csv
from io import StringIO
from pathlib import Path

import pandas as pd

from flights.columns import TEXTS
from flights.data_loaders.data_loader import DataLoader
from flights.errors import UnreadableSourceError

AS_WRITTEN = dict.fromkeys((*TEXTS, "scheduled_departure"), str)


class CsvDataLoader(DataLoader):
    """A CSV file whose header names the columns; aircraft, weather and the target may be left empty."""

    first_row = 2

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)

    def rows(self) -> pd.DataFrame:
        """Return the rows of the file in its order; no number or text is changed.

        Raises:
            UnreadableSourceError: the file is missing, empty or not UTF-8, or its rows are longer than its header.

        """
        try:
            text = self.content().decode("utf-8-sig")
            rows = pd.read_csv(
                StringIO(text), dtype=AS_WRITTEN, keep_default_na=False, na_values=[""], low_memory=False
            )
        except UnicodeDecodeError as error:
            raise UnreadableSourceError(f"{self.path} is not UTF-8: save it as such.") from error
        except pd.errors.EmptyDataError as error:
            raise UnreadableSourceError(f"{self.path} is empty: its first row must name the columns.") from error
        except OSError as error:
            raise UnreadableSourceError(f"{self.path} can't be read: {error.strerror}.") from error
        except pd.errors.ParserError as error:
            raise UnreadableSourceError(f"{self.path} is no CSV file: {str(error).strip()}.") from error
        # pandas renames a column that is there twice; the view must see the name itself.
        header = next(row for row in csv.reader(StringIO(text)) if row)
        if len(header) != len(rows.columns) or not isinstance(rows.index, pd.RangeIndex):
            raise UnreadableSourceError(f"{self.path}: its rows have more cells than its header has names.")
        return rows.set_axis(header, axis="columns")

    def content(self) -> bytes:
        """Return the bytes of the file."""
        return self.path.read_bytes()
