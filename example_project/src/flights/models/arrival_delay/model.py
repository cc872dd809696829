"""The model: minutes of arrival delay."""

import pandas as pd
from sklearn.pipeline import Pipeline

from flights.columns import TARGET
from flights.models.arrival_delay.features import FEATURES, RAW_NUMBERS, VIEWS, line_columns, tree_columns
from flights.models.common.metrics import MAE, RMSE
from flights.models.common.model import NAIVE, Model
from flights.models.ensemble.boosting import boosting_regressor
from flights.models.ensemble.random_forests.all_features import all_features
from flights.models.ensemble.random_forests.no_features import no_features
from flights.models.regression.olsr_regressor import olsr_regressor
from flights.models.rule_based.naive_model import NaiveModel

SETTINGS = {"max_iter": 100, "learning_rate": 0.05, "max_leaf_nodes": 31, "min_samples_leaf": 200}
"""The best on September and October that `flights.pipelines.tune` found."""


def boosting() -> Pipeline:
    """Return the untrained model that is released."""
    return boosting_regressor(VIEWS, tree_columns(), **SETTINGS)


def _delay(flights: pd.DataFrame) -> pd.Series:
    return flights[TARGET]


ARRIVAL_DELAY = Model(
    name="arrival_delay",
    output="arrival_delay_minutes",
    limits=(-180, 3000),
    actual=_delay,
    families={
        NAIVE: NaiveModel,
        "olsr_regressor": lambda: olsr_regressor(VIEWS, line_columns()),
        "random_forest_no_features": lambda: no_features(RAW_NUMBERS, classifier=False),
        "random_forest_all_features": lambda: all_features(VIEWS, tree_columns(), classifier=False),
        "boosting": boosting,
    },
    chosen="boosting",
    views=VIEWS,
    features=FEATURES,
    metrics=(MAE, RMSE),
)
