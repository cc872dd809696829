"""Tune: python -m flights.models.late_arrival.tune. What it finds is written into `model.SETTINGS` by a person."""

import sys
from collections.abc import Sequence
from typing import Any

from flights.models.common import tuning
from flights.models.late_arrival.model import LATE_ARRIVAL
from flights.targets import target

GRID: dict[str, list[Any]] = {
    "estimator__learning_rate": [0.05, 0.1],
    "estimator__max_leaf_nodes": [15, 31, 63],
    "estimator__min_samples_leaf": [50, 200],
}


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Print the errors of each setting, best first, and return the exit code."""
    return tuning.main(LATE_ARRIVAL, GRID, arguments)


if __name__ == "__main__":
    sys.exit(main())
