"""The models answer what can be worked out by hand."""

import pytest

from PYTHON_PACKAGE.models import FAMILIES
from PYTHON_PACKAGE.models.common.metrics import mean_absolute_error


def test_naive_model_answers_with_the_mean() -> None:
    assert FAMILIES["naive"].fit([1, 2], [10, 20]).predict(99) == 15


def test_line_goes_through_points_on_a_line() -> None:
    assert FAMILIES["olsr"].fit([1, 2, 4], [3, 5, 9]).predict(10) == pytest.approx(21)


def test_equal_inputs_give_the_mean() -> None:
    assert FAMILIES["olsr"].fit([1, 1], [3, 5]).predict(7) == pytest.approx(4)


def test_error_is_the_mean_distance() -> None:
    assert mean_absolute_error([1, 2], [2, 4]) == 1.5
