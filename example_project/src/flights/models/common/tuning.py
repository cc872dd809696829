"""The search for settings, within the training period: the test period stays unseen."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sklearn.model_selection import ParameterGrid
from threadpoolctl import threadpool_limits

from flights.models.common.model import Model, answers
from flights.models.common.split import split_by_time

FIRST_DAY = "2013-09-01"


def tune(model: Model, grid: Mapping[str, Sequence[Any]], flights: pd.DataFrame) -> pd.DataFrame:
    """Return the errors of each setting, best first: trained up to FIRST_DAY, tested on the rest of the period."""
    split = split_by_time(split_by_time(flights).train, FIRST_DAY)
    actual = model.actual(split.test)
    rows = []
    for settings in ParameterGrid(dict(grid)):
        untrained = model.families[model.chosen]()
        untrained["estimator"].set_params(**settings)
        with threadpool_limits(1, "openmp"):
            fitted = untrained.fit(split.train, model.actual(split.train))
        answer = answers(fitted, split.test)
        rows.append({**settings, **{metric.name: metric(actual, answer) for metric in model.metrics}})
    return pd.DataFrame(rows).sort_values(model.metrics[0].name, ignore_index=True)
