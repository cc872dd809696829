"""Which flights can train and test a model. Predictions are made for all."""

import pandas as pd

from flights.columns import TARGET


def arrived(flights: pd.DataFrame) -> pd.DataFrame:
    """Return the flights whose delay is known; it is not for those cancelled, diverted or still to come."""
    return flights.dropna(subset=[TARGET])
