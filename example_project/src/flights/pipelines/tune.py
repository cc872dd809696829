"""Tune: search settings for the released model. A person writes the best into its package.

python -m flights.pipelines.tune --model late_arrival
"""

import sys
from collections.abc import Sequence

from flights import config, datasets
from flights.models.catalogue import MODELS
from flights.models.common.tuning import tune
from flights.models.ensemble.boosting import GRID
from flights.targets import target


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Print the errors of each setting, best first, and return the exit code."""
    models = {model.name: model for model in MODELS}
    options = config.read(config.Tune, "tune", arguments)
    flights = datasets.load(options.data, options.rows, options.query)
    print(tune(models[options.model], GRID, flights).to_string(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
