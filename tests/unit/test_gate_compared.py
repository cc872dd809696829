"""Which bounds a gain and a value get, from the kind of their parts, and what counts as a unit."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cicd.gate import comparison, power
from cicd.gate.budget import ALPHA
from cicd.gate.comparison import Comparison
from cicd.gate.intervals import Nothing, Student
from cicd.gate.proportions import FewGroups, Paired, Proportion
from cicd.gate.rows import Estimate, Truth
from cicd.gate.rules import MetricRule
from tests.unit.support.predictions import ask, judge, judge_pair, labels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RULE = MetricRule("accuracy", higher=True, margin=0.05, slice_margin=0.2)


def estimate(parts: Sequence[float], *, counted: Sequence[bool] | None = None, **truth: Any) -> Estimate:
    """Return the estimate of a mean of these parts."""
    values = np.array(parts, float)
    kept = None if counted is None else np.array(counted)
    value = float(values[kept].mean() if kept is not None else values.mean())
    known: dict[str, Any] = {name: np.array(column) for name, column in truth.items()}
    return Estimate(value, values - value, values, Truth(len(values), **known), kept, mean=True)


RIGHT, WRONG = estimate([1] * 30 + [0] * 10), estimate([0] * 5 + [1] * 25 + [0] * 10)


def test_pairs_of_right_and_wrong_get_the_score_interval() -> None:
    assert comparison.gain(RIGHT, WRONG, 1) == Paired(5, 0, 40)
    assert comparison.of_value(RIGHT, 1) == Proportion(30, 40)


def test_what_is_no_mean_gets_none_although_its_parts_are_right_or_wrong() -> None:
    ratio = replace(RIGHT, mean=False)
    assert isinstance(comparison.gain(ratio, WRONG, 1), Student)
    assert isinstance(comparison.of_value(ratio, 1), Student)


@pytest.mark.parametrize("side", ["candidate", "champion"])
def test_value_that_is_not_defined_shows_nothing(side: str) -> None:
    undefined = replace(RIGHT, value=math.nan)
    pair = (undefined, WRONG) if side == "candidate" else (RIGHT, undefined)
    assert comparison.gain(*pair, 1) == Nothing()
    assert comparison.of_value(undefined, 1) == Nothing()


def test_no_row_that_counts_shows_nothing() -> None:
    empty = replace(RIGHT, counted=np.zeros(40, bool))
    assert comparison.of_value(empty, 1) == Nothing()
    assert comparison.gain(empty, empty, 1) == Nothing()


def test_freedom_is_one_less_than_the_units() -> None:
    bounds = comparison.of_value(estimate(np.random.default_rng(1).random(30).tolist()), 1)
    assert isinstance(bounds, Student)
    assert bounds.freedom == 29


@pytest.mark.parametrize(("groups_apart", "kind"), [(1, FewGroups), (2, Student), (3, Student)])
def test_two_groups_that_disagree_have_a_variance(groups_apart: int, kind: type) -> None:
    groups = np.arange(40) // 10
    ours = [float(group >= groups_apart or row % 2) for row, group in enumerate(groups)]
    bounds = comparison.gain(estimate(ours, groups=groups), estimate([1.0] * 40, groups=groups), 1)
    assert type(bounds) is kind
    if isinstance(bounds, Student):
        assert bounds.freedom == groups_apart - 1
    else:
        assert bounds == FewGroups(0, 1, 4.0)


def test_row_that_does_not_count_makes_no_group_disagree() -> None:
    groups, counted = np.arange(40) // 10, [row % 10 < 5 for row in range(40)]
    ours = [float(row % 10 >= 5 or row > 3) for row in range(40)]
    theirs = [1.0] * 20 + [0.0] * 5 + [1.0] * 15
    one, other = (estimate(parts, groups=groups, counted=counted) for parts in (ours, theirs))
    assert isinstance(comparison.gain(one, other, 1), Student)


def test_one_model_whose_parts_are_numbers_makes_no_pair() -> None:
    numbers = estimate(np.random.default_rng(1).random(40).tolist())
    assert isinstance(comparison.gain(numbers, WRONG, 1), Student)
    assert isinstance(comparison.gain(WRONG, numbers, 1), Student)


def test_one_row_that_differs_in_a_number_shows_nothing() -> None:
    same = np.random.default_rng(1).random(40).tolist()
    assert comparison.gain(estimate([9.0, *same[1:]]), estimate(same), 1) == Nothing()


def test_share_of_which_less_is_better_gets_no_interval_of_shares() -> None:
    assert isinstance(comparison.of_value(RIGHT, -1), Student)


def test_group_without_a_row_that_counts_is_no_unit() -> None:
    groups, counted = np.arange(40) // 10, [row // 10 in (0, 2) for row in range(40)]
    bounds = comparison.of_value(estimate([0.1 * row for row in range(40)], groups=groups, counted=counted), 1)
    assert isinstance(bounds, Student)
    assert bounds.freedom == 1


def test_groups_of_unequal_size_are_as_many_units(tmp_path: Path) -> None:
    group = np.r_[np.zeros(300, int), np.arange(1, 101)]
    sides = [{**side, "group": group} for side in labels(400, lost=30, won=30)]
    assert judge_pair(tmp_path, sides, ask("accuracy:margin=0.9")).marks[0].comparison.units == 101


def test_several_answers_to_a_row_are_no_pair(tmp_path: Path) -> None:
    rows, target = np.repeat(np.arange(200), 2), np.repeat(np.arange(200) % 2, 2)
    sides = [
        {"id": rows, "trial": np.tile([0, 1], 200), "target": target,
         "prediction": np.where((rows + shift) % 20 == 0, 1 - target, target)}
        for shift in (0, 1)
    ]  # fmt: skip
    several = judge_pair(tmp_path, sides, ask("accuracy:margin=0.9")).marks[0].comparison
    assert isinstance(several.gain, Student)
    assert isinstance(several.own, Student)
    single = judge_pair(tmp_path, labels(200, lost=9, won=9), ask("accuracy:margin=0.9")).marks[0].comparison
    assert isinstance(single.gain, Paired)
    assert isinstance(single.own, Proportion)


def test_only_row_of_a_class_is_counted(tmp_path: Path) -> None:
    target = np.r_[1, np.zeros(99, int)]
    side = {"target": target, "prediction": np.r_[0, target[1:-1], 1]}
    assert judge(tmp_path, side, None, ask("accuracy", champion=False)).marks[0].comparison.rarer == 1


class Touching(Student):
    """Bounds whose lower one is the margin, exactly."""

    def lower(self, alpha: float) -> float:
        return -0.05


def compared(bounds: Any, **more: Any) -> Comparison:
    known = {"slice": "", "why": "", "rows": 400, "units": 400, "rarer": None, "total": 400, "candidate": 0.5}
    return Comparison(RULE, champion=0.5, gain=bounds, own=Nothing(), **{**known, **more})


def test_bound_that_only_touches_the_margin_is_not_within() -> None:
    assert not compared(Touching(0.0, 1.0, 9)).within(ALPHA)
    assert compared(Student(0.0, 0.001, 99)).within(ALPHA)


def test_larger_share_of_equal_models_needs_a_wider_margin() -> None:
    for bounds in (Paired(20, 20, 400), Student(0.0, 0.02, 99)):
        reach = [compared(bounds).reach(ALPHA, share) for share in (0.5, 0.8, 0.99)]
        assert reach == sorted(reach)
        assert len({*reach}) == 3
    assert compared(Nothing()).reach(ALPHA, 0.8) == math.inf
    assert compared(Paired(20, 20, 400), why="3 rows").reach(ALPHA, 0.8) == math.inf


@pytest.mark.parametrize(("deviation", "small"), [(0.05, False), (0.2, True)])
def test_only_a_slice_may_be_too_small(deviation: float, small: bool) -> None:
    bounds = Student(-0.19, deviation, 99)
    assert compared(bounds, slice="a=1").too_small(ALPHA, 0.8) is small
    assert not compared(bounds).too_small(ALPHA, 0.8)
    assert not compared(Student(0.9, deviation, 99), slice="a=1").too_small(ALPHA, 0.8), "it is within its margin"


def test_a_slice_varies_no_more_than_the_rows_outside_of_it() -> None:
    whole = compared(Student(0.0, 0.02, 399), rows=400)
    noisy, calm = (
        compared(Student(0.0, size, 99), slice="a=1", rows=100, units=100).reach(ALPHA, 0.8, whole)
        for size in (0.06, 0.001)
    )
    outside = math.sqrt(((0.02 * 400) ** 2 - (0.06 * 100) ** 2) / 300 / 100)
    assert noisy == pytest.approx(power.spread(ALPHA) * outside)
    assert calm == pytest.approx(power.spread(ALPHA) * 0.001), "its own deviation, where that is smaller"


def test_a_slice_that_varies_more_than_the_whole_set_is_compared_with_all_rows() -> None:
    whole = compared(Student(0.0, 0.02, 399), rows=400)
    noisy = compared(Student(0.0, 0.1, 99), slice="a=1", rows=100, units=100)
    assert noisy.reach(ALPHA, 0.8, whole) == pytest.approx(power.spread(ALPHA) * 0.04)


def test_groups_that_disagree_are_not_compared_with_rows() -> None:
    whole, few = compared(Student(0.0, 0.02, 399)), compared(FewGroups(0, 1, 30), slice="a=1", rows=100)
    assert few.reach(ALPHA, 0.8, whole) == few.reach(ALPHA, 0.8)


def test_a_slice_that_lost_its_margin_by_more_than_chance_is_not_too_small() -> None:
    lost = compared(Student(-0.2, 0.09, 99), slice="a=1", candidate=0.3)
    assert lost.reach(ALPHA, 0.8) > lost.margin
    assert not lost.too_small(ALPHA, 0.8)
    assert lost.too_small(ALPHA, 0.99), "one of a hundred equal models loses as much"
    assert replace(lost, candidate=0.301).too_small(ALPHA, 0.8), "it did not lose its margin"


@pytest.mark.parametrize(("rows", "why"), [(19, "19 rows, and nothing can pass with fewer than 20"), (20, "")])
def test_twenty_rows_are_enough_to_pass(tmp_path: Path, rows: int, why: str) -> None:
    target = np.arange(rows, dtype=float)
    sides = [{"target": target, "prediction": target + 0.1 * (target % 3) + shift} for shift in (0.1, 0.2)]
    assert judge_pair(tmp_path, sides, ask("mae:margin=9")).marks[0].comparison.why == why


@pytest.mark.parametrize(("rare", "why"), [(19, "19 rows of the rarer class, and nothing"), (20, "")])
def test_twenty_rows_of_the_rarer_class_are_enough_to_pass(tmp_path: Path, rare: int, why: str) -> None:
    target = np.r_[np.ones(rare, int), np.zeros(100, int)]
    side = {"target": target, "prediction": np.r_[0, target[1:-1], 1]}
    compared_ = judge(tmp_path, side, None, ask("accuracy", champion=False)).marks[0].comparison
    assert (compared_.rarer, compared_.why[: len(why)], bool(compared_.why)) == (rare, why, rare < 20)


@pytest.mark.parametrize(
    ("metric", "words", "rarer"),
    [
        ("accuracy", "ab", 100), ("accuracy", "abc", None), ("accuracy", "a", 0),
        ("balanced_accuracy", "ab", 100), ("balanced_accuracy", "abc", 66), ("balanced_accuracy", "a", 0),
    ],
)  # fmt: skip
def test_rarer_class_is_known_of_two_classes_and_where_each_counts_alike(
    tmp_path: Path, metric: str, words: str, rarer: int | None
) -> None:
    target = [words[row % len(words)] for row in range(200)]
    side: dict[str, Any] = {"target": target, "prediction": [*target[1:], target[0]]}
    assert judge(tmp_path, side, None, ask(metric, champion=False)).marks[0].comparison.rarer == rarer


def test_label_that_only_a_model_knows_is_no_class(tmp_path: Path) -> None:
    side: dict[str, Any] = {"target": ["a", "b"] * 100, "prediction": ["a", "b"] * 99 + ["z", "b"]}
    assert judge(tmp_path, side, None, ask("accuracy", champion=False)).marks[0].comparison.rarer == 100


def test_numbers_have_no_rarer_class(tmp_path: Path) -> None:
    side: dict[str, Any] = {"target": [0, 1] * 50, "prediction": [0, 1] * 49 + [1, 1]}
    report = judge(tmp_path, side, None, ask("mae", "accuracy", champion=False))
    assert [mark.comparison.rarer for mark in report.marks] == [None, 50]


def test_value_of_one_kind_in_groups_of_unequal_weight_rests_on_as_many_as_vary_alike() -> None:
    groups = np.r_[np.zeros(30, int), np.arange(1, 11)]
    bounds = comparison.of_value(estimate([1.0] * 40, groups=groups), 1)
    effective = 40**2 / (30**2 + 10)
    assert isinstance(bounds, Proportion)
    assert (bounds.successes, bounds.rows) == pytest.approx((effective, effective))


def test_slice_whose_rows_weigh_nothing_shows_nothing_and_warns_of_nothing(tmp_path: Path) -> None:
    columns = {"region": np.arange(400) // 200, "weight": np.r_[np.zeros(200), np.ones(200)]}
    sides = [{**side, **columns} for side in labels(400, lost=100, won=50)]
    asked = ask("accuracy:margin=0.9,slice-margin=0.9", slices=(("region",),))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        marks = judge_pair(tmp_path, sides, asked).marks
    (light,) = [mark.comparison for mark in marks if mark.comparison.slice == "region=0"]
    assert light.why
    assert not light.within(ALPHA)


def test_options_of_a_metric_count_for_both_models(tmp_path: Path) -> None:
    target = np.arange(100.0)
    sides = [{"target": target, "prediction": target - shift} for shift in (1.0, 2.0)]
    value = judge_pair(tmp_path, sides, ask("pinball:margin=9,quantile=0.9")).marks[0].comparison
    assert (value.candidate, value.champion) == pytest.approx((0.9, 1.8))


def test_slices_are_compared_only_with_a_champion_and_where_a_metric_gets_a_verdict(tmp_path: Path) -> None:
    target, region = np.arange(400) % 2, np.arange(400) // 200
    sides = [
        {"target": target, "probability": 0.2 + 0.6 * target + shift * np.arange(400), "region": region}
        for shift in (1e-4, 2e-4)
    ]
    asked = ask("brier:margin=0.9", "calibration_error", slices=(("region",),))
    report = judge_pair(tmp_path, sides, asked)
    assert [(mark.comparison.rule.name, mark.comparison.slice) for mark in report.marks] == [
        ("brier", ""), ("calibration_error", ""), ("brier", "region=0"), ("brier", "region=1"),
    ]  # fmt: skip
    assert [mark.comparison.gain == Nothing() for mark in report.marks] == [False, True, False, False]
    first = ask("brier", champion=False, slices=(("region",),))
    (mark,) = judge(tmp_path, sides[0], None, first).marks
    assert (mark.comparison.slice, mark.comparison.judged) == ("", False)


def test_champion_without_a_value_is_told() -> None:
    undefined = replace(RIGHT, value=math.nan)
    assert comparison._why(RIGHT, undefined, 40, None) == "the champion's value is not defined on these rows"
    assert comparison._why(undefined, RIGHT, 40, None) == "the candidate's value is not defined on these rows"
    assert comparison._why(RIGHT, WRONG, 40, None) == ""
    groups = estimate([0.0, 1.0] * 20, groups=np.arange(40) // 10)
    assert comparison._why(groups, None, 4, None) == "4 groups, and nothing can pass with fewer than 20"


def test_interval_is_that_of_candidate_minus_champion_also_where_less_is_better() -> None:
    bounds = Student(1.0, 0.1, 99)
    low, high = compared(bounds).interval()
    assert low < 1 < high
    lower = replace(compared(bounds), rule=MetricRule("mae", higher=False, margin=0.05))
    assert lower.interval() == (-high, -low)


def test_slice_without_a_margin_is_not_too_small() -> None:
    endless = replace(compared(Nothing(), slice="a=1"), rule=MetricRule("accuracy", higher=True, margin=0.05))
    assert endless.margin == math.inf
    assert not endless.too_small(ALPHA, 0.8)
