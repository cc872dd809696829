"""Before anything is computed: what is not known an hour before departure is taken away."""

import pandas as pd

from flights.features.columns import KNOWN


def prefilter(flights: pd.DataFrame) -> pd.DataFrame:
    """The columns KNOWN; nothing that follows can read another."""
    return flights[[*KNOWN]]
