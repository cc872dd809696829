"""How far predictions are off."""

import numpy as np
from numpy.typing import ArrayLike


def errors(actual: ArrayLike, predicted: ArrayLike) -> dict[str, float | int]:
    """Mean absolute and root mean square error in minutes, and over how many rows."""
    off = np.asarray(actual, "float64") - np.asarray(predicted, "float64")
    return {
        "mae": round(float(np.abs(off).mean()), 4),
        "rmse": round(float(np.sqrt(np.square(off).mean())), 4),
        "rows": len(off),
    }
