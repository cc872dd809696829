"""Predict: a bundle and a CSV file of flights -> the same file with a predictions for each flight.

python -m flights.pipelines.predict --input flights.csv --output predictions.csv
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from flights.flight import Flight, to_frame
from flights.models.common import bundle
from flights.models.common.location import add_option
from flights.targets import target


def predict(source: Path, target: Path, loaded: bundle.Bundle) -> int:
    """Write the predictions and return how many; `target` is written only when all rows are good.

    Raises:
        pydantic.ValidationError: a row is no flight; names row and field.

    """
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    given = [{name: value for name, value in row.items() if value != ""} for row in rows]
    flights = TypeAdapter(list[Flight]).validate_python(given)
    found = loaded.predict(to_frame(flights)).round(3) if flights else pd.DataFrame(columns=loaded.outputs)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*(rows[0] if rows else Flight.model_fields), *found.columns])
        writer.writeheader()
        writer.writerows({**row, **answer} for row, answer in zip(rows, found.to_dict("records"), strict=True))
    return len(rows)


def explain(error: ValidationError) -> str:
    """One line per mistake: row (the header is row 1), field, what is wrong."""
    lines = []
    for mistake in error.errors(include_url=False, include_context=False):
        row, *field = mistake["loc"]
        lines.append(f"row {int(row) + 2}, {'.'.join(map(str, field))}: {mistake['msg']}")
    return "\n".join(lines)


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Predict, say how many, and return the exit code: 2 for a file that can't be used."""
    parser = argparse.ArgumentParser(prog="predict", description="Predict the delays of the flights in a CSV file.")
    parser.add_argument("--input", type=Path, required=True, help="CSV file; its header names the fields of a flight")
    parser.add_argument("--output", type=Path, required=True, help="CSV file to write")
    add_option(parser)
    options = parser.parse_args(arguments)
    try:
        count = predict(options.input, options.output, bundle.load(options.bundle))
    except ValidationError as error:
        print(f"{options.input} was not used:\n{explain(error)}", file=sys.stderr)
        return 2
    print(f"{count} predictions in {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
