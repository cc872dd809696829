"""Compare: train every family of every model and measure its errors beside those of the naive model.

python -m flights.pipelines.compare --output comparison.json
"""

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from flights import config, datasets
from flights.models.catalogue import MODELS
from flights.models.common.judge import judge, report
from flights.models.common.model import NAIVE, Model
from flights.models.common.split import Split, split_by_time
from flights.targets import target
from flights.validation.use_cases import require


def compare(model: Model, split: Split) -> dict[str, Any]:
    """Return the errors of each family, and the seconds that its training took."""
    naive = model.fit(NAIVE, split.train)
    results = {}
    for family in [name for name in model.families if name != NAIVE]:
        started = time.monotonic()
        fitted = model.fit(family, split.train)
        seconds = time.monotonic() - started
        results[family] = {**judge(model, fitted, naive, split), "seconds": round(seconds, 1)}
    return results


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print the tables, and return the exit code."""
    options = config.read(config.Compare, "compare", arguments)
    flights = datasets.load(options.data, options.rows, options.query)
    require(flights, "training")
    split = split_by_time(flights)
    comparison = {model.name: compare(model, split) for model in MODELS}
    for name, families in comparison.items():
        for family, judged in families.items():
            print(report(f"{name}: {family}", judged), end=f"\ntrained in {judged['seconds']} s\n\n")
    if options.output:
        options.output.write_text(json.dumps(comparison, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
