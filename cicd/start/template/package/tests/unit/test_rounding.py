"""Rounding to steps."""

import pytest

from PYTHON_PACKAGE.rounding import to_step


@pytest.mark.parametrize(("value", "expected"), [(12, 10), (13, 15), (-2, 0)])
def test_nearest_multiple(value: float, expected: float) -> None:
    assert to_step(value, 5) == expected


def test_step_is_positive() -> None:
    with pytest.raises(ValueError, match="above 0"):
        to_step(1, 0)
