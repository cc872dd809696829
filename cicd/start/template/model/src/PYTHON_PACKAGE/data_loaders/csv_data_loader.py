"""Rows from a CSV file."""

import csv
from collections.abc import Sequence
from pathlib import Path

from PYTHON_PACKAGE.data_loaders.data_loader import DataLoader, Row


class CsvDataLoader(DataLoader):
    """Reads a CSV file, or every CSV file of a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Sequence[Row]:
        """Return all rows.

        Raises:
            ValueError: a value is not a number; the message names the file.

        """
        files = sorted(self.path.glob("*.csv")) if self.path.is_dir() else [self.path]
        return [row for file in files for row in self._read(file)]

    @staticmethod
    def _read(file: Path) -> list[Row]:
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        try:
            return [{name: float(value) for name, value in row.items()} for row in rows]
        except (TypeError, ValueError) as error:
            raise ValueError(f"{file.name}: every value must be a number ({error})") from error
