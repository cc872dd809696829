"""The reference profile of a training: how flights and answers were distributed, without a row of them.

Drift is measured against it. The flights are those of the training; the answers are those for later flights, because
answers for flights that a model has seen are spread more widely. The time of departure is left out: it always grows.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from flights.columns import KNOWN, TEXTS

FILE = "profile.json"
INPUTS = tuple(name for name in KNOWN if name != "scheduled_departure")
BINS = 10
VALUES = 200


def write(directory: Path, flights: pd.DataFrame, answers: pd.DataFrame) -> None:
    """Write the profile of flights (columns KNOWN) and of answers (one column per model) into a bundle."""
    described = {"inputs": profile(flights[[*INPUTS]]), "answers": profile(answers)}
    (directory / FILE).write_text(json.dumps(described, indent=2) + "\n", "utf-8")


def profile(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the number of rows and, for each column, how many lie in each bin or have each value."""
    columns = {str(name): _text(frame[name]) if name in TEXTS else _number(frame[name]) for name in frame}
    return {"rows": len(frame), "columns": columns}


def _number(values: pd.Series) -> dict[str, Any]:
    """Return the bins between the deciles. `upper` are the bounds, part of the bin below; the last bin has none."""
    present = values.dropna().to_numpy("float64")
    upper = np.unique(np.quantile(present, np.arange(1, BINS) / BINS).round(6)) if len(present) else np.array([])
    counts = np.bincount(np.searchsorted(upper, present), minlength=len(upper) + 1)
    return {"upper": upper.tolist(), "counts": counts.tolist(), "missing": len(values) - len(present)}


def _text(values: pd.Series) -> dict[str, Any]:
    """Return the most frequent values; `other` counts all others."""
    counts = sorted(values.value_counts().items(), key=lambda item: (-item[1], item[0]))
    kept = {str(value): int(count) for value, count in counts[:VALUES]}
    missing = int(values.isna().sum())
    return {"counts": kept, "other": len(values) - missing - sum(kept.values()), "missing": missing}
