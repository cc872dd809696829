"""The evaluation set: flights of November and December that are in git, so that all models predict the same ones.

python -m flights.pipelines.evaluation_set --output evaluation_set/flights.csv
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from flights import config, datasets
from flights.columns import TARGET
from flights.data_exports.csv_file import csv_bytes
from flights.errors import BadDataError
from flights.models.common import bundle
from flights.models.common.metrics import LOG_LOSS
from flights.models.common.split import split_by_time
from flights.models.common.training_rows import ids
from flights.models.late_arrival.model import LATE_ARRIVAL
from flights.targets import target


def draw(flights: pd.DataFrame, per_day: int) -> pd.DataFrame:
    """Return so many flights of each day of the later period: the same ones every time, each with a name of its own.

    Raises:
        BadDataError: a day has fewer flights than that.

    """
    later = split_by_time(flights).test
    named = later[~ids(later).duplicated(keep=False)]
    days = named["scheduled_departure"].dt.normalize()
    fewest = 0 if days.empty else days.value_counts().min()
    if fewest < per_day:
        raise BadDataError(f"A day has {fewest} flights that can be drawn, and --per-day asks for {per_day}.")
    return named.groupby(days).sample(per_day, random_state=0).sort_index()


def predictions(flights: pd.DataFrame, loaded: bundle.Bundle) -> pd.DataFrame:
    """Return a row for each flight as the model gate reads it: both answers of a bundle, and what happened.

    `prediction` and `target` are minutes of delay. `late_log_loss` is the surprise about the probability of a late
    arrival.
    """
    answers = loaded.predict(flights)
    late = LATE_ARRIVAL.actual(flights).to_numpy("float64")
    return pd.DataFrame(
        {
            "id": ids(flights).to_numpy(),
            "time": flights["scheduled_departure"].dt.strftime("%Y-%m-%dT%H:%M:%S").to_numpy(),
            "day": flights["scheduled_departure"].dt.strftime("%Y-%m-%d").to_numpy(),
            "carrier": flights["carrier"].to_numpy(),
            "origin": flights["origin"].to_numpy(),
            "target": flights[TARGET].to_numpy(),
            "prediction": answers["arrival_delay_minutes"].round(4).to_numpy(),
            "late_log_loss": LOG_LOSS.loss(late, answers["late_probability"].to_numpy()).round(6),
        }
    )


def predict(source: Path, folder: Path, directory: Path) -> int:
    """Let a bundle predict the evaluation set, write `predictions.csv` into `folder`, and return how many.

    Raises:
        BadBundleError: the bundle is broken.
        BadDataError: columns are missing, or rows are bad.
        UnreadableSourceError: the set is not there or can't be read.

    """
    rows = predictions(datasets.load(source, None), bundle.load(directory))
    rows.to_csv(folder / "predictions.csv", index=False)
    return len(rows)


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the set from a source, write it, and return the exit code: 1 for bad data."""
    options = config.read(config.EvaluationSet, "evaluation-set", arguments)
    drawn = draw(datasets.load(options.data, options.rows, options.query), options.per_day)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_bytes(csv_bytes(drawn))
    print(f"{len(drawn)} flights in {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
