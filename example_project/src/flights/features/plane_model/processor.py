"""From the text of an aircraft's model to columns: which of the usual words it has."""

from collections import Counter
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from flights.features.plane_model.postfilter import frequent
from flights.features.plane_model.schemas import MODELS, words_of
from flights.features.plane_model.tokenizer import tokenize


class PlaneWords(TransformerMixin, BaseEstimator):
    """A column per word, 1 where the model has it. Words that were not learned are ignored.

    scikit-learn's CountVectorizer keeps an address in memory, so its file would never be the same twice.

    >>> models = pd.Series(["A320-232", "A320-214", ""])
    >>> PlaneWords(most=2).fit_transform(models)
    array([[0., 1.],
           [1., 1.],
           [0., 0.]])
    """

    def __init__(self, *, most: int = 16) -> None:
        self.most = most

    def fit(self, models: pd.Series, y: Any = None) -> Self:  # noqa: ARG002 -- pipelines pass it
        """Learn the words that become columns.

        Raises:
            pandera.errors.SchemaError: a model is missing or is no text.

        """
        counts: Counter[str] = Counter()
        for model, times in MODELS.validate(models).value_counts().items():
            counts.update(dict.fromkeys(tokenize(model), int(times)))
        self.words_ = frequent(counts, self.most)
        return self

    def transform(self, models: pd.Series | np.ndarray) -> np.ndarray:
        """Return one row per model. A series is checked, as is what comes out; an array was checked before.

        Raises:
            pandera.errors.SchemaError: a model is missing or is no text.

        """
        if not isinstance(models, pd.Series):
            return self._words(models)
        words = self._words(MODELS.validate(models).to_numpy())
        words_of(self.words_).validate(pd.DataFrame(words, columns=self.words_))
        return words

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:  # noqa: ARG002 -- pipelines pass it
        """Return the words."""
        return np.array(self.words_, dtype=object)

    def _words(self, models: np.ndarray) -> np.ndarray:
        places, different = pd.factorize(models)
        rows: np.ndarray = np.array([np.isin(self.words_, tokenize(model)) for model in different], "float64")[places]
        return rows
