"""Gradient boosting over histograms."""

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder

from flights.features.build_features import NUMBERS, build_features
from flights.features.columns import CATEGORIES

NAME = "hist-gradient-boosting"


def boosting() -> Pipeline:
    """An untrained model, from the columns KNOWN to minutes of delay.

    It minimises the absolute error, as delays have a long tail that squares would chase. The settings were chosen on
    September and October, trained on the months before.
    """
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    columns = ColumnTransformer([("categories", encoder, [*CATEGORIES]), ("numbers", "passthrough", [*NUMBERS])])
    regressor = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=100,
        learning_rate=0.1,
        max_leaf_nodes=31,
        min_samples_leaf=200,
        categorical_features=[*range(len(CATEGORIES))],
        early_stopping=False,
        random_state=0,
    )
    return Pipeline([("features", FunctionTransformer(build_features)), ("columns", columns), ("regressor", regressor)])
