"""Train: flights -> a model bundle.

python -m flights.pipelines.train --output DIRECTORY
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from flights.data_loaders import choose
from flights.features.build_features import FEATURES
from flights.features.columns import KNOWN, TARGET
from flights.models.common import bundle
from flights.models.common.metrics import errors
from flights.models.common.split import Split, period, split_by_time
from flights.models.ensemble.boosting import NAME, boosting
from flights.models.rule_based.naive_model import NaiveModel


def train(flights: pd.DataFrame, lock: Path, output: Path) -> dict[str, Any]:
    """Train on the earlier period, judge on the later one, write the bundle, and return its metadata."""
    split = split_by_time(flights)
    naive = NaiveModel().fit(split.train, split.train[TARGET])
    # One thread adds up in one order, so that the same flights give the same model on any machine. More would hardly
    # be faster (5 s either way), and several times slower where they wait for a busy core.
    with threadpool_limits(1, "openmp"):
        model = boosting().fit(split.train, split.train[TARGET])
    metadata = {
        "name": "flights-arrival-delay",
        "model": NAME,
        "target": TARGET,
        "inputs": [*KNOWN],
        "features": [*FEATURES],
        "split": {"train": period(split.train), "test": period(split.test)},
        "metrics": {"model": _judge(model, split), "naive": _judge(naive, split)},
        "data": data_digest(flights),
        "lock": "sha256:" + hashlib.sha256(lock.read_bytes()).hexdigest(),
        "versions": {
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            **{name: version(name) for name in ("numpy", "pandas", "scikit-learn", "skops")},
        },
    }
    bundle.write(output, model, metadata)
    return metadata


def data_digest(flights: pd.DataFrame) -> str:
    """SHA-256, as `sha256:...`, over the columns' names and all values in order."""
    values = pd.util.hash_pandas_object(flights, index=False).to_numpy("uint64")
    return "sha256:" + hashlib.sha256(",".join(flights.columns).encode() + values.tobytes()).hexdigest()


def _judge(model: Any, split: Split) -> dict[str, dict[str, float | int]]:
    return {
        name: errors(part[TARGET], np.asarray(model.predict(part)))
        for name, part in (("train", split.train), ("test", split.test))
    }


def report(metadata: dict[str, Any]) -> str:
    """The errors of the model and of the naive one, as a table."""
    lines = [f"{'minutes':<8}{'period':<8}{'flights':>9}{'MAE':>9}{'RMSE':>9}"]
    for name, periods in metadata["metrics"].items():
        for part, found in periods.items():
            lines.append(f"{name:<8}{part:<8}{found['rows']:>9}{found['mae']:>9.2f}{found['rmse']:>9.2f}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, print the errors, and return the exit code."""
    parser = argparse.ArgumentParser(prog="train", description="Train a model bundle.")
    parser.add_argument("--output", type=Path, required=True, help="the directory to write the bundle to")
    parser.add_argument("--lock", type=Path, default=Path("requirements/default.txt"), help="the locked dependencies")
    choose.add_options(parser)
    options = parser.parse_args(arguments)
    metadata = train(choose.load(options.data, options.rows), options.lock, options.output)
    print(report(metadata))
    print(f"bundle  {options.output}  {bundle.digest(options.output)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
