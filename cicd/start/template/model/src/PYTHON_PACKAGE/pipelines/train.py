"""Train a model and write the bundle."""

import argparse
from pathlib import Path

from PYTHON_PACKAGE.data_loaders.csv_data_loader import CsvDataLoader
from PYTHON_PACKAGE.features.build_features import inputs, targets
from PYTHON_PACKAGE.models import FAMILIES
from PYTHON_PACKAGE.models.common.bundle import Bundle
from PYTHON_PACKAGE.pipelines.evaluate import evaluate

EVERY = 4
"""Every fourth row is held out for the evaluation."""


def train(data: Path, output: Path, lock: Path, family: str = "olsr") -> Bundle:
    """Fit a model on the training rows, evaluate it on the held-out rows, and write the bundle."""
    rows = CsvDataLoader(data).load()
    seen = [row for number, row in enumerate(rows) if number % EVERY]
    unseen = rows[::EVERY]
    model = FAMILIES[family].fit(inputs(seen), targets(seen))
    naive = FAMILIES["naive"].fit(inputs(seen), targets(seen))
    bundle = Bundle(family, model, {"error": evaluate(model, unseen), "naive_error": evaluate(naive, unseen)})
    bundle.write(output, lock)
    return bundle


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("dummy_data"))
    parser.add_argument("--output", type=Path, default=Path("bundle"))
    parser.add_argument("--lock", type=Path, default=Path("requirements/default.txt"))
    parser.add_argument("--model", choices=FAMILIES, default="olsr")
    asked = parser.parse_args(arguments)
    bundle = train(asked.data, asked.output, asked.lock, asked.model)
    print(f"{bundle.family}: error {bundle.metrics['error']:.2f}, naive {bundle.metrics['naive_error']:.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
