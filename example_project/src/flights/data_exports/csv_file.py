"""Export to a file: the flights of any source, checked, as CSV.

python -m flights.data_exports.csv_file --output data/flights.csv
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from flights import datasets
from flights.targets import target


def csv_bytes(flights: pd.DataFrame) -> bytes:
    """The flights as CSV: the same ones in the same order give the same bytes on any machine."""
    text: str = flights.to_csv(index=False, lineterminator="\n")
    return text.encode()


def parser() -> argparse.ArgumentParser:
    """What the command line may say."""
    made = argparse.ArgumentParser(prog="export-csv", description="Write the flights of a source to a CSV file.")
    made.add_argument("--output", type=Path, required=True, help="the CSV file to write")
    datasets.add_options(made)
    return made


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, say how many flights it has, and return the exit code: 1 for bad data."""
    options = parser().parse_args(arguments)
    flights = datasets.load(options.data, options.rows, options.query)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_bytes(csv_bytes(flights))
    print(f"{len(flights)} flights in {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
