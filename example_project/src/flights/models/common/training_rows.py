"""Hashes of the flights that a model was trained on: the model gate looks for them in the evaluation set."""

import hashlib
from pathlib import Path

import pandas as pd

FILE = "ml_cicd_training_rows.csv"


def ids(flights: pd.DataFrame) -> pd.Series:
    """Return a name for each flight, such as `2013-11-05 06:00:00 UA EWR-IAH`. A few flights share a name."""
    return (
        flights["scheduled_departure"].astype(str)
        + " " + flights["carrier"] + " " + flights["origin"] + "-" + flights["dest"]
    )  # fmt: skip


def write(directory: Path, flights: pd.DataFrame) -> None:
    """Write the hashes of these flights' names into a bundle, each with the time of the last departure."""
    last = flights["scheduled_departure"].max().isoformat()
    hashes = sorted({hashlib.sha256(name.encode()).hexdigest()[:16] for name in ids(flights)})
    (directory / FILE).write_text("id,time\n" + "".join(f"sha256:{digits},{last}\n" for digits in hashes), "utf-8")
