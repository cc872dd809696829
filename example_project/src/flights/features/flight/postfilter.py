"""After the features are computed: what can't be true is taken away."""

import pandas as pd


def postfilter(features: pd.DataFrame) -> pd.DataFrame:
    """The same features, where an aircraft built after its flight has no known age."""
    return features.assign(age=features["age"].where(features["age"] >= 0))
