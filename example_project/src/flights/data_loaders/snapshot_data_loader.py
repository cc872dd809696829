"""Flights from a snapshot: a CSV file with the answer of a query, named after its own content."""

import hashlib
import re
from pathlib import Path

from flights.data_loaders.csv_data_loader import CsvDataLoader
from flights.errors import BadDataError

NAME = re.compile(r".+\.sha256-([0-9a-f]{16})\.csv")


def named_after(name: str, content: bytes) -> str:
    """Return the file name of a snapshot: `NAME.sha256-<the first 16 digits>.csv`."""
    return f"{name}.sha256-{hashlib.sha256(content).hexdigest()[:16]}.csv"


def is_snapshot(path: Path) -> bool:
    """Return whether a file has the name of a snapshot."""
    return NAME.fullmatch(path.name) is not None


class SnapshotDataLoader(CsvDataLoader):
    """A snapshot, refused if its content is not what its name says."""

    def content(self) -> bytes:
        """Return the bytes of the file.

        Raises:
            BadDataError: the content is not what the name says.

        """
        content = super().content()
        digest = hashlib.sha256(content).hexdigest()
        if f".sha256-{digest[:16]}.csv" not in self.path.name:
            raise BadDataError(f"{self.path} was changed since the snapshot was taken: its SHA-256 is now {digest}.")
        return content
