"""Export the checked flights of any source to a CSV file.

python -m flights.data_exports.csv_file --output data/flights.csv
"""

import sys
from collections.abc import Sequence

import pandas as pd

from flights import config, datasets
from flights.targets import target


def csv_bytes(flights: pd.DataFrame) -> bytes:
    """Return the flights as CSV: the same flights in the same order give the same bytes on any machine."""
    text: str = flights.to_csv(index=False, lineterminator="\n")
    return text.encode()


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, print how many flights it has, and return the exit code: 1 for bad data."""
    options = config.read(config.ExportCsv, "export-csv", arguments)
    flights = datasets.load(options.data, options.rows, options.query)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_bytes(csv_bytes(flights))
    print(f"{len(flights)} flights in {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
