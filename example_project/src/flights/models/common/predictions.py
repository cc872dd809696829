"""The predictions of an evaluation, one per flight: what whoever compares models reads."""

import numpy as np
import pandera.pandas as pa

from flights.feature_store.views import KnownView


class Predictions(KnownView):
    """What was known, what really happened, and what the model and the naive one said."""

    period: str = pa.Field(isin=["train", "test"])
    actual: np.float64
    predicted: np.float64
    naive: np.float64
