"""The naive model answers every row alike, with the best constant; and the value of each trial of a model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cicd.gate import naive, trials
from cicd.gate.rows import Answers, Truth
from cicd.gate.rules import MetricRule

TRUTH = Truth(
    3, labels=np.array([0, 0, 1], np.int32), positive=np.array([False, False, True]),
    numbers=np.array([1.0, 2.0, 6.0]), groups=np.array([0, 1, 2], np.int32),
)  # fmt: skip
HEAVY = Truth(3, labels=TRUTH.labels, positive=TRUTH.positive, numbers=TRUTH.numbers, weights=np.array([1.0, 1.0, 8.0]))


def constant(name: str, truth: Truth, column: str, **options: float) -> float:
    """Return the naive model's only answer."""
    answers = naive.answers(MetricRule(name, higher=True, options=options), truth)
    values = np.unique(getattr(answers, column))
    assert len(values) == 1
    return float(values[0])


@pytest.mark.parametrize("name", ["recall", "ndcg", "map", "score", "cost"])
def test_a_metric_that_a_constant_satisfies_has_no_naive_model(name: str) -> None:
    assert naive.answers(MetricRule(name, higher=True), TRUTH) is None


@pytest.mark.parametrize(("truth", "label"), [(TRUTH, 0), (HEAVY, 1)])
def test_the_label_is_the_most_frequent_one_by_weight(truth: Truth, label: int) -> None:
    assert constant("accuracy", truth, "labels") == label


@pytest.mark.parametrize(("truth", "rate"), [(TRUTH, 1 / 3), (HEAVY, 0.8)])
def test_the_probability_is_the_base_rate_by_weight(truth: Truth, rate: float) -> None:
    assert constant("brier", truth, "probabilities") == pytest.approx(rate)


@pytest.mark.parametrize("name", ["rmse", "r2"])
@pytest.mark.parametrize(("truth", "mean"), [(TRUTH, 3.0), (HEAVY, 5.1)])
def test_squared_errors_are_compared_with_the_mean(name: str, truth: Truth, mean: float) -> None:
    assert constant(name, truth, "numbers") == pytest.approx(mean)


@pytest.mark.parametrize(("truth", "median"), [(TRUTH, 2.0), (HEAVY, 6.0)])
def test_absolute_errors_are_compared_with_the_median(truth: Truth, median: float) -> None:
    assert constant("mae", truth, "numbers") == median


@pytest.mark.parametrize(("quantile", "value"), [(0.1, 1.0), (0.6, 2.0), (0.99, 6.0)])
def test_a_quantile_is_compared_with_that_of_the_targets(quantile: float, value: float) -> None:
    assert constant("pinball", TRUTH, "numbers", quantile=quantile) == value


def test_a_quantile_that_the_rounded_sum_of_weights_does_not_reach_is_the_largest_target() -> None:
    truth = Truth(56, numbers=np.arange(56.0), weights=np.full(56, 0.1))
    assert constant("pinball", truth, "numbers", quantile=float(np.nextafter(1, 0))) == 55


def scored(values: list[float], rows: list[int], codes: list[int]) -> Answers:
    return Answers(numbers=np.array(values), row=np.array(rows, np.intp), trial=np.array(codes, np.int32))


def of_trials(answers: Answers, name: str = "mae", **options: Any) -> list[float]:
    return trials.values(MetricRule(name, higher=False, options=options), TRUTH, answers)


def test_each_trial_has_its_value_in_their_order() -> None:
    answers = scored([1, 2, 6, 2, 4, 9], [0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 1])
    assert of_trials(answers) == [0.0, 2.0]


def test_a_trial_counts_on_the_rows_that_it_has() -> None:
    answers = scored([6, 5, 1, 3], [2, 1, 0, 1], [0, 0, 1, 1])
    assert of_trials(answers) == [1.5, 0.5]


def test_the_value_of_a_trial_takes_the_options_of_the_metric() -> None:
    answers = scored([0, 0, 0, 1, 2, 6], [0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 1])
    assert of_trials(answers, "pinball", quantile=0.9) == pytest.approx([0.9 * 3, 0.0])
