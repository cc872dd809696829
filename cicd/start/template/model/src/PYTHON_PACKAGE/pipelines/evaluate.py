"""Evaluate a bundle on data."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from PYTHON_PACKAGE.data_loaders.csv_data_loader import CsvDataLoader
from PYTHON_PACKAGE.data_loaders.data_loader import Row
from PYTHON_PACKAGE.features.build_features import inputs, targets
from PYTHON_PACKAGE.models.common import bundle
from PYTHON_PACKAGE.models.common.metrics import mean_absolute_error
from PYTHON_PACKAGE.models.common.model import Model


def evaluate(model: Model, rows: Sequence[Row]) -> float:
    """Return the mean absolute error of a model on rows."""
    return mean_absolute_error(targets(rows), [model.predict(value) for value in inputs(rows)])


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and evaluate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, default=Path("bundle"))
    parser.add_argument("--data", type=Path, default=Path("dummy_data"))
    asked = parser.parse_args(arguments)
    print(f"error {evaluate(bundle.read(asked.bundle).model, CsvDataLoader(asked.data).load()):.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
