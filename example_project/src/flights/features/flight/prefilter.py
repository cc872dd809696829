"""Before anything is computed: what is not known an hour before departure is taken away."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from flights.features.columns import KNOWN


def prefilter(flights: pd.DataFrame | Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The columns KNOWN; nothing that follows can read another."""
    return {name: np.asarray(flights[name]) for name in KNOWN}
