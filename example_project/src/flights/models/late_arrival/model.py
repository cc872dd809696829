"""The model: the probability of an arrival more than LATE minutes late."""

import pandas as pd
from sklearn.pipeline import Pipeline

from flights.columns import TARGET
from flights.models.common.metrics import BRIER, LOG_LOSS
from flights.models.common.model import NAIVE, Model
from flights.models.ensemble.boosting import boosting_classifier
from flights.models.ensemble.random_forests.all_features import all_features
from flights.models.ensemble.random_forests.no_features import no_features
from flights.models.late_arrival.features import FEATURES, RAW_NUMBERS, VIEWS, line_columns, tree_columns
from flights.models.regression.logistic_classifier import logistic_classifier
from flights.models.rule_based.naive_model import NaiveModel

LATE = 30
SETTINGS = {"max_iter": 100, "learning_rate": 0.1, "max_leaf_nodes": 15, "min_samples_leaf": 200}
"""The best on September and October that `flights.pipelines.tune` found."""


def boosting() -> Pipeline:
    """Return the untrained model that is released."""
    return boosting_classifier(VIEWS, tree_columns(), **SETTINGS)


def _late(flights: pd.DataFrame) -> pd.Series:
    return (flights[TARGET] > LATE).astype("int64")


LATE_ARRIVAL = Model(
    name="late_arrival",
    output="late_probability",
    limits=(0, 1),
    actual=_late,
    families={
        NAIVE: lambda: NaiveModel("mean"),
        "logistic_classifier": lambda: logistic_classifier(VIEWS, line_columns()),
        "random_forest_no_features": lambda: no_features(RAW_NUMBERS, classifier=True),
        "random_forest_all_features": lambda: all_features(VIEWS, tree_columns(), classifier=True),
        "boosting": boosting,
    },
    chosen="boosting",
    views=VIEWS,
    features=FEATURES,
    metrics=(LOG_LOSS, BRIER),
)
