"""Which inputs of a model matter, and how its answer changes with each."""

from typing import Any

import numpy as np
import pandas as pd
from pandera.config import config_context
from sklearn.inspection import permutation_importance

from flights.columns import WEATHER
from flights.models.common.model import Model, answers

ROWS = 1000
REPEATS = 2
HOURS = range(5, 24, 2)
NUMBERS = ("scheduled_minutes", "distance", "seats", "built", *WEATHER)
STEPS = 8


def importance(model: Model, fitted: Any, flights: pd.DataFrame) -> pd.DataFrame:
    """Return by how much the model's first metric gets worse when an input is shuffled, the most important first."""
    some = flights.sample(min(ROWS, len(flights)), random_state=0)
    inputs = [*model.inputs.names()]
    metric = model.metrics[0]

    def score(estimator: Any, shuffled: pd.DataFrame, actual: pd.Series) -> float:
        return -metric(actual, answers(estimator, shuffled))

    # The flights were checked when they were read; shuffling a column changes nothing about that.
    with config_context(validation_enabled=False):
        result = permutation_importance(
            fitted, some[inputs], model.actual(some), scoring=score, n_repeats=REPEATS, random_state=0
        )
    rows = {"input": inputs, f"{metric.name}_worse_by": result.importances_mean.round(5)}
    return pd.DataFrame(rows).sort_values(f"{metric.name}_worse_by", ascending=False, kind="stable", ignore_index=True)


def partial_dependence(model: Model, fitted: Any, flights: pd.DataFrame) -> pd.DataFrame:
    """Return the mean answer when an input has a certain value for all flights: input, value, answer."""
    some = flights.sample(min(ROWS // 4, len(flights)), random_state=0)[[*model.inputs.names()]]
    day = some["scheduled_departure"].dt.normalize()
    changed = {("hour", float(hour)): some.assign(scheduled_departure=day + pd.Timedelta(hours=hour)) for hour in HOURS}
    for name in [name for name in NUMBERS if name in some]:
        known = flights[name].dropna()
        # Only values that occur: the views refuse half a mile.
        values = known.quantile(np.linspace(0.01, 0.99, STEPS), interpolation="nearest").dropna().unique()
        changed |= {(name, float(value)): some.assign(**{name: value}) for value in values}
    means = answers(fitted, pd.concat(changed.values())).reshape(len(changed), len(some)).mean(axis=1)
    rows = [(*label, answer) for label, answer in zip(changed, means, strict=True)]
    return pd.DataFrame(rows, columns=["input", "value", "answer"]).round(4)
