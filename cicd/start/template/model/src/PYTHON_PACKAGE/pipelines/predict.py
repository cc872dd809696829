"""Predict for every row of CSV files, with the model of the release."""

import argparse
import csv
import os
import sys
import tempfile
from pathlib import Path

from PYTHON_PACKAGE.data_loaders.csv_data_loader import CsvDataLoader
from PYTHON_PACKAGE.features.build_features import INPUT, inputs
from PYTHON_PACKAGE.models.common import bundle


def predict(data: Path, folder: Path, output: Path) -> int:
    """Write a CSV file with a prediction for each row, and return how many there are."""
    model = bundle.read(folder).model
    values = inputs(CsvDataLoader(data).load())
    with output.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([INPUT, "prediction"])
        writer.writerows([value, model.predict(value)] for value in values)
    return len(values)


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and predict. ML_CICD_SAMPLE, which ml-cicd sets, is the default of --data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("ML_CICD_SAMPLE", "dummy_data")))
    parser.add_argument("--bundle", type=Path, default=Path(os.environ.get("MODEL_BUNDLE", "bundle")))
    parser.add_argument("--output", type=Path, default=Path(tempfile.gettempdir()) / "predictions.csv")
    asked = parser.parse_args(arguments)
    count = predict(asked.data, asked.bundle, asked.output)
    print(f"{asked.output}: {count} predictions")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
