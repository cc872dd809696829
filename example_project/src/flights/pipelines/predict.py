"""Predict: a bundle and a CSV file of flights -> the same file with the predictions for each flight.

python -m flights.pipelines.predict --input flights.csv --output predictions.csv
"""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from flights import config
from flights.flight import to_frame
from flights.models.common import bundle
from flights.pipelines import flights_file
from flights.targets import target


def predict(source: Path, target: Path, loaded: bundle.Bundle) -> int:
    """Write the predictions and return how many; `target` is written only when all rows are good.

    Raises:
        BadDataError: the header or rows are wrong; says how many, and names the first.
        OSError: a file is missing, or is a folder.
        UnreadableSourceError: `source` is no CSV file in UTF-8.

    """
    given = flights_file.read(source)
    predictions = (
        loaded.predict(to_frame(given.flights)).round(3) if given.flights else pd.DataFrame(columns=loaded.outputs)
    )
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*given.header, *predictions.columns])
        writer.writerows(
            [*row, *answers] for row, answers in zip(given.rows, predictions.to_numpy().tolist(), strict=True)
        )
    return len(given.rows)


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Predict, print how many, and return the exit code: 1 for bad data."""
    options = config.read(config.Predict, "predict", arguments)
    count = predict(options.input, options.output, bundle.load(options.bundle))
    print(f"{count} predictions in {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
