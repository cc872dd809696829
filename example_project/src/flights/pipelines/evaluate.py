"""Evaluate: a bundle and flights -> metrics, and one prediction per flight for whoever compares models.

python -m flights.pipelines.evaluate --bundle DIRECTORY --output DIRECTORY
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from flights.data_loaders import choose
from flights.features.columns import KNOWN, TARGET
from flights.models.common import bundle
from flights.models.common.location import add_option
from flights.models.common.metrics import errors
from flights.models.common.split import split_by_time
from flights.models.rule_based.naive_model import NaiveModel

METRICS = "metrics.json"
PREDICTIONS = "predictions.csv"


def evaluate(flights: pd.DataFrame, loaded: bundle.Bundle) -> tuple[dict[str, Any], pd.DataFrame]:
    """Errors per model and period, and the predictions: period, flight, actual, predicted, naive."""
    split = split_by_time(flights)
    naive = NaiveModel().fit(split.train, split.train[TARGET])
    rows = pd.concat(
        pd.DataFrame(
            {
                "period": name,
                **{column: part[column] for column in KNOWN},
                "actual": part[TARGET],
                "predicted": loaded.predict(part).round(4),
                "naive": naive.predict(part),
            }
        )
        for name, part in (("train", split.train), ("test", split.test))
    )
    metrics = {
        model: {name: errors(part["actual"], part[column]) for name, part in rows.groupby("period", sort=False)}
        for model, column in (("model", "predicted"), ("naive", "naive"))
    }
    return {"bundle": loaded.digest, "metrics": metrics}, rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate, write both files, and return the exit code."""
    parser = argparse.ArgumentParser(prog="evaluate", description="Judge a model bundle.")
    parser.add_argument("--output", type=Path, required=True, help="the directory to write to")
    add_option(parser)
    choose.add_options(parser)
    options = parser.parse_args(arguments)
    found, rows = evaluate(choose.load(options.data, options.rows), bundle.load(options.bundle))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / METRICS).write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    rows.to_csv(options.output / PREDICTIONS, index=False)
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
