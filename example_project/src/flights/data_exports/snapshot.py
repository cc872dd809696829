"""Snapshot: keep what a query of a database answers today, in a file named after its content.

python -m flights.data_exports.snapshot --data sqlite:///flights.db --query "SELECT ..." --output snapshots
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from flights import config
from flights.data_exports.csv_file import csv_bytes
from flights.data_loaders.snapshot_data_loader import named_after
from flights.data_loaders.sql_data_loader import EVERYTHING, SqlDataLoader
from flights.datasets import read
from flights.feature_store.views import Flights
from flights.targets import target


def take(loader: SqlDataLoader, folder: Path, name: str) -> Path:
    """Write the flights that the query answers, sorted, and beside them where they come from.

    A database answers in any order; sorted, the same flights give the same file.

    Raises:
        BadDataError: columns are missing, or rows are bad; nothing was written.
        UnreadableSourceError: the database does not answer.

    """
    flights = read(loader, Flights)
    content = csv_bytes(flights.sort_values([*flights.columns]))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / named_after(name, content)
    path.write_bytes(content)
    origin = {"source": loader.name, "query": loader.query, "rows": len(flights), "columns": [*flights.columns]}
    path.with_suffix(".json").write_text(json.dumps(origin, indent=2) + "\n", "utf-8")
    return path


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Take the snapshot, print its path, and return the exit code: 1 for bad data."""
    options = config.read(config.Snapshot, "snapshot", arguments)
    print(take(SqlDataLoader(options.data, options.query or EVERYTHING), options.output, options.name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
