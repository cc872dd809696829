"""The last step of the flow: remove what can't be true."""

import numpy as np


def postfilter(features: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the features; the age of an aircraft that was built after its flight becomes unknown."""
    if "age" not in features:
        return features
    return features | {"age": np.where(features["age"] >= 0, features["age"], np.nan)}
