"""From features to the numbers that a family of models can take."""

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
    """Each category as the mean answer of its flights, the rarer the nearer to that of all; so is an unknown one.

    >>> flights = pd.DataFrame({"carrier": ["UA", "UA", "DL"]})
    >>> CategoryMeans(rare=1).fit(flights, [8, 8, 2]).transform(pd.DataFrame({"carrier": ["DL", "UA", "ZZ"]})).tolist()
    [[4.0], [7.333333333333333], [6.0]]
    """

    def __init__(self, *, rare: int = RARE) -> None:
        self.rare = rare

    def fit(self, flights: pd.DataFrame, answers: Any) -> Self:
        """Learn the mean of each category in each column; `rare` is how many flights count as much as all."""
        answers = np.asarray(answers, "float64")
        self.all_ = float(answers.mean())
        self.means_ = {}
        for name, column in flights.items():
            found = pd.Series(answers).groupby(column.to_numpy()).agg(["sum", "count"])
            means = (found["sum"] + self.rare * self.all_) / (found["count"] + self.rare)
            self.means_[name] = {category: float(mean) for category, mean in means.items()}
        return self

    def transform(self, flights: pd.DataFrame | Mapping[str, np.ndarray]) -> np.ndarray:
        """One column for each given."""
        columns = []
        for name, means in self.means_.items():
            places, different = pd.factorize(np.asarray(flights[name]))
            columns.append(np.array([means.get(category, self.all_) for category in different])[places])
        return np.column_stack(columns)


class Columns(TransformerMixin, BaseEstimator):
    """What each step makes of its columns, side by side; "passthrough" leaves them as they are.

    A step learns from a frame and is given arrays by name, or the one array where it has one column: it must take both.
    So does scikit-learn's ColumnTransformer, with checks that take longer than a model does for a single flight.
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
        """The columns of all steps, in their order."""
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
    """First the categories, as numbers; trees need no scale and take what is missing."""
    return Columns([("categories", CategoryMeans(), [*CATEGORIES]), ("numbers", "passthrough", [*numbers]), *more])


def for_lines(numbers: Sequence[str], *more: Step) -> Pipeline:
    """A column per category (the rare ones share one), what is missing filled with the mean, one scale for all."""
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE)
    columns = ColumnTransformer(
        [("categories", encoder, [*CATEGORIES]), ("numbers", "passthrough", [*numbers]), *more], sparse_threshold=0
    )
    return Pipeline([("columns", columns), ("imputer", SimpleImputer()), ("scaler", StandardScaler())])
