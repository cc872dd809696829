"""Flights from a snapshot: a CSV file with the answer of a query, named after its own content."""

import hashlib
import re
from pathlib import Path

from flights.data_loaders.csv_data_loader import CsvDataLoader
from flights.errors import BadDataError

NAME = re.compile(r".+\.sha256-([0-9a-f]{16})\.csv")


def named_after(name: str, content: bytes) -> str:
    """The file name of a snapshot: `NAME.sha256-<the first 16 digits>.csv`."""
    return f"{name}.sha256-{hashlib.sha256(content).hexdigest()[:16]}.csv"


def is_snapshot(path: Path) -> bool:
    """Whether a file is named as a snapshot is."""
    return NAME.fullmatch(path.name) is not None


class SnapshotDataLoader(CsvDataLoader):
    """A snapshot, which must still be what it was when it was taken."""

    def content(self) -> bytes:
        """The bytes of the file.

        Raises:
            BadDataError: they are others than the name says.

        """
        content = super().content()
        found = hashlib.sha256(content).hexdigest()
        if f".sha256-{found[:16]}.csv" not in self.path.name:
            raise BadDataError(f"{self.path} was changed since the snapshot was taken: its SHA-256 is now {found}.")
        return content
