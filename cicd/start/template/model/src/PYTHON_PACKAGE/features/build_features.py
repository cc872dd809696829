"""Build features and targets from rows."""

from collections.abc import Sequence

from PYTHON_PACKAGE.data_loaders.data_loader import Row

INPUT, TARGET = "area", "price"


def inputs(rows: Sequence[Row]) -> list[float]:
    """Return the input of each row."""
    return [row[INPUT] for row in rows]


def targets(rows: Sequence[Row]) -> list[float]:
    """Return what is to be predicted, for each row."""
    return [row[TARGET] for row in rows]
