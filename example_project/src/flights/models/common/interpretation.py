"""What a model looks at: which inputs it needs, and how its answer changes with each."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.inspection import permutation_importance

from flights.features.columns import KNOWN, WEATHER
from flights.models.common.model import Model, answers

ROWS = 1000
REPEATS = 2
HOURS = range(5, 24, 2)
NUMBERS = ("scheduled_minutes", "distance", "seats", "built", *WEATHER)
STEPS = 8


def importance(model: Model, fitted: Any, flights: pd.DataFrame) -> pd.DataFrame:
    """How much worse the model's first metric gets when an input is shuffled; the most important first."""
    some = flights.sample(min(ROWS, len(flights)), random_state=0)
    metric = model.metrics[0]

    def score(estimator: Any, inputs: pd.DataFrame, actual: pd.Series) -> float:
        return -metric(actual, answers(estimator, inputs))

    found = permutation_importance(
        fitted, some[[*KNOWN]], model.actual(some), scoring=score, n_repeats=REPEATS, random_state=0
    )
    rows = {"input": [*KNOWN], f"{metric.name}_worse_by": found.importances_mean.round(5)}
    return pd.DataFrame(rows).sort_values(f"{metric.name}_worse_by", ascending=False, kind="stable", ignore_index=True)


def partial_dependence(fitted: Any, flights: pd.DataFrame) -> pd.DataFrame:
    """The mean answer when an input has a certain value for all flights: input, value, answer."""
    some = flights.sample(min(ROWS // 4, len(flights)), random_state=0)[[*KNOWN]]
    rows = []
    day = some["scheduled_departure"].dt.normalize()
    for hour in HOURS:
        changed = some.assign(scheduled_departure=day + pd.Timedelta(hours=hour))
        rows.append(("hour", float(hour), answers(fitted, changed).mean()))
    for name in NUMBERS:
        known = flights[name].dropna().to_numpy("float64")
        if not len(known):
            continue
        values = np.unique(np.quantile(known, np.linspace(0.01, 0.99, STEPS)))
        rows += [(name, float(value), answers(fitted, some.assign(**{name: value})).mean()) for value in values]
    return pd.DataFrame(rows, columns=["input", "value", "answer"]).round(4)
