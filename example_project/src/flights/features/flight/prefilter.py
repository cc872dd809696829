"""Before anything is computed: what is not known an hour before departure is taken away."""

import numpy as np
import pandas as pd

from flights.features.columns import KNOWN


def prefilter(flights: pd.DataFrame) -> dict[str, np.ndarray]:
    """The columns KNOWN; nothing that follows can read another."""
    return {name: flights[name].to_numpy() for name in KNOWN}
