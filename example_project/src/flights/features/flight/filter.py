"""Which flights can teach and judge. Predictions are made for all."""

import pandas as pd

from flights.features.columns import TARGET


def arrived(flights: pd.DataFrame) -> pd.DataFrame:
    """The flights whose delay is known: those cancelled, diverted or still to come have none."""
    return flights.dropna(subset=[TARGET])
