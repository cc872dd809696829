"""The first step of the flow: one spelling."""

import numpy as np
import pandas as pd


def prefilter(models: np.ndarray) -> np.ndarray:
    """Return the models in capitals; an unknown model becomes an empty text.

    >>> prefilter(np.array(["a320-232", None], dtype=object)).tolist()
    ['A320-232', '']
    """
    places, different = pd.factorize(models)
    # A missing model has the place -1, which is the last.
    spelt: np.ndarray = np.array([*map(str.upper, different), ""], dtype=object)[places]
    return spelt
