"""The predictions of an evaluation, one row per flight."""

import numpy as np
import pandera.pandas as pa

from flights.feature_store.views import KnownView


class Predictions(KnownView):
    """What was known, what happened, and what the model and the naive model predicted."""

    period: str = pa.Field(isin=["train", "test"])
    actual: np.float64
    predicted: np.float64
    naive: np.float64
