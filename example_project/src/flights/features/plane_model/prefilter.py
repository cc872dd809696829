"""Before the text is read: one spelling."""

import pandas as pd


def prefilter(models: pd.Series) -> pd.Series:
    """The models in capitals; one that is unknown is empty."""
    return models.fillna("").astype("str").str.upper()
