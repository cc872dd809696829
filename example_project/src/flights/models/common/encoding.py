"""The columns of numbers that a family of models needs, made from features."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from flights.columns import CATEGORIES
from flights.feature_store.views import FeatureView, names_of
from flights.features.flight.processor import build_features

RARE = 100

Step = tuple[str, Any, list[str] | str]


class CategoryMeans(TransformerMixin, BaseEstimator):
    """Replace a category by the mean answer of its flights; rare and unknown ones move to the mean of all.

    >>> flights = pd.DataFrame({"carrier": ["UA", "UA", "DL"]})
    >>> CategoryMeans(rare=1).fit(flights, [8, 8, 2]).transform(pd.DataFrame({"carrier": ["DL", "UA", "ZZ"]})).tolist()
    [[4.0], [7.333333333333333], [6.0]]
    """

    def __init__(self, *, rare: int = RARE) -> None:
        self.rare = rare

    def fit(self, flights: pd.DataFrame, answers: Any) -> Self:
        """Learn the mean of each category in each column. The mean of all counts like `rare` more flights."""
        answers = np.asarray(answers, "float64")
        self.all_ = float(answers.mean())
        self.means_ = {}
        for name, column in flights.items():
            sums = pd.Series(answers).groupby(column.to_numpy()).agg(["sum", "count"])
            means = (sums["sum"] + self.rare * self.all_) / (sums["count"] + self.rare)
            self.means_[name] = {category: float(mean) for category, mean in means.items()}
        return self

    def transform(self, flights: pd.DataFrame | Mapping[str, np.ndarray]) -> np.ndarray:
        """Return one column for each given."""
        columns = []
        for name, means in self.means_.items():
            places, different = pd.factorize(np.asarray(flights[name]))
            columns.append(np.array([means.get(category, self.all_) for category in different])[places])
        return np.column_stack(columns)


class Columns(TransformerMixin, BaseEstimator):
    """Put the results of several steps side by side; "passthrough" leaves columns unchanged.

    A step learns from a frame. It transforms arrays by name, or one array if it has one column. scikit-learn's
    ColumnTransformer does the same with checks that, for a single flight, take longer than the model.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps

    def fit(self, features: pd.DataFrame, answers: Any = None) -> Self:
        """Let each step learn from its columns."""
        self.steps_ = [
            (name, step if step == "passthrough" else clone(step).fit(features[columns], answers), columns)
            for name, step, columns in self.steps
        ]
        return self

    def transform(self, features: pd.DataFrame | Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the columns of all steps, in their order."""
        parts = []
        for _, step, columns in self.steps_:
            if step == "passthrough":
                parts += [np.asarray(features[name]) for name in columns]
            elif isinstance(columns, str):
                parts.append(step.transform(features[columns]))
            else:
                parts.append(step.transform({name: np.asarray(features[name]) for name in columns}))
        return np.column_stack(parts)


def features(views: Sequence[type[FeatureView]]) -> FunctionTransformer:
    """Return the first step of a model: the features of the views that it declares."""
    return FunctionTransformer(build_features, kw_args={"views": names_of(views)})


def for_trees(numbers: Sequence[str], *more: Step) -> Columns:
    """Return the columns for trees: categories as numbers first. Trees need no scale and accept missing values."""
    return Columns([("categories", CategoryMeans(), [*CATEGORIES]), ("numbers", "passthrough", [*numbers]), *more])


def for_lines(numbers: Sequence[str], *more: Step) -> Pipeline:
    """Return the columns for sums: one per category (rare ones share one), no missing values, one scale."""
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE)
    columns = ColumnTransformer(
        [("categories", encoder, [*CATEGORIES]), ("numbers", "passthrough", [*numbers]), *more], sparse_threshold=0
    )
    return Pipeline([("columns", columns), ("imputer", SimpleImputer()), ("scaler", StandardScaler())])
