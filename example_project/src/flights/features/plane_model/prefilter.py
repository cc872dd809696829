"""Before the text is read: one spelling."""

import numpy as np
import pandas as pd


def prefilter(models: np.ndarray) -> np.ndarray:
    """The models in capitals; one that is unknown is empty.

    >>> prefilter(np.array(["a320-232", None], dtype=object)).tolist()
    ['A320-232', '']
    """
    places, different = pd.factorize(models)
    # The place of one that is missing is -1: the last.
    spelt: np.ndarray = np.array([*map(str.upper, different), ""], dtype=object)[places]
    return spelt
