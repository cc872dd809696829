"""The first step of the flow: keep only what the views of a model hold."""

from collections.abc import Mapping, Sequence

import numpy as np

from flights.feature_store.views import VIEWS


def prefilter(flights: Mapping[str, np.ndarray], views: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the columns of these views; nothing that follows can read another."""
    return {name: flights[name] for view in views for name in VIEWS[view].names()}
