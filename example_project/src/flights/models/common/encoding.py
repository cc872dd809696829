"""From features to the numbers that a family of models can take."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

from flights.features.columns import CATEGORIES
from flights.features.flight.processor import build_features

RARE = 100

Step = tuple[str, Any, Any]


def features() -> FunctionTransformer:
    """The features of the columns KNOWN, as a step."""
    return FunctionTransformer(build_features)


def for_trees(numbers: Sequence[str], *more: Step) -> ColumnTransformer:
    """First the categories, as numbers; trees need no scale and take what is missing."""
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    return ColumnTransformer(
        [("categories", encoder, [*CATEGORIES]), ("numbers", "passthrough", [*numbers]), *more], sparse_threshold=0
    )


def for_lines(numbers: Sequence[str], *more: Step) -> Pipeline:
    """A column per category (the rare ones share one), what is missing filled with the mean, one scale for all."""
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE)
    columns = ColumnTransformer(
        [("categories", encoder, [*CATEGORIES]), ("numbers", "passthrough", [*numbers]), *more], sparse_threshold=0
    )
    return Pipeline([("columns", columns), ("imputer", SimpleImputer()), ("scaler", StandardScaler())])
