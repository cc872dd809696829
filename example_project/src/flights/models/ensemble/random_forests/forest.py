"""The forest itself, for numbers and for classes."""

from typing import Any

from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

SETTINGS: dict[str, Any] = {
    "n_estimators": 50,
    "min_samples_leaf": 20,
    "max_features": 0.5,
    "max_samples": 0.2,
    "n_jobs": -1,
    "random_state": 0,
}


def forest(*, classifier: bool) -> RandomForestClassifier | RandomForestRegressor:
    """Return an untrained forest; a regressor minimises squares."""
    return RandomForestClassifier(**SETTINGS) if classifier else RandomForestRegressor(**SETTINGS)
