"""The verdict of the model gate: what each comparison shows, and what follows from all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from cicd.gate import intervals, verdict
from cicd.gate.budget import ALPHA
from cicd.gate.comparison import Comparison
from cicd.gate.intervals import Nothing, Student
from cicd.gate.outcomes import Floor, Shown, Verdict
from cicd.gate.proportions import Paired
from cicd.gate.rules import MetricRule
from tests.unit.support.predictions import ask, judge, judge_pair, labels, shown

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.gate.verdict import Mark


def compared(gain: float, deviation: float = 1.0, **changes: Any) -> Comparison:
    """Return a comparison with this gain and a margin of 2; a slice's margin is 6."""
    rule = changes.pop("rule", MetricRule("mae", higher=True, margin=2.0, slice_margin=6.0))
    values: dict[str, Any] = {
        "rule": rule, "slice": "", "champion": 0.0, "candidate": gain,
        "gain": changes.pop("bounds", Student(gain, deviation, 10_000)),
        "own": Nothing(), "rows": 1000, "units": 1000, "rarer": None, "total": 1000, "why": "", **changes,
    }  # fmt: skip
    return Comparison(**values)


def counted(better: int, worse: int, rows: int, name: str = "") -> Comparison:
    """Return a comparison of the accuracy on so many rows, with a margin of 2 points; a slice's margin is 6 points."""
    rule = MetricRule("accuracy", higher=True, margin=0.02, slice_margin=0.06)
    bounds = Paired(better, worse, rows)
    return compared((better - worse) / rows, rule=rule, bounds=bounds, slice=name, rows=rows, units=rows)


def marks(*comparisons: Comparison, alpha: float = ALPHA) -> list[Mark]:
    return verdict.judge(comparisons, alpha)


def what(*comparisons: Comparison, alpha: float = ALPHA) -> list[Shown]:
    return [mark.shown for mark in marks(*comparisons, alpha=alpha)]


def decided(*comparisons: Comparison, failed_check: bool = False, unchanged: bool = False) -> Verdict:
    return verdict.decide(marks(*comparisons), failed_check=failed_check, unchanged=unchanged, champion=True)


Z = intervals.normal_quantile(ALPHA)
FLOOR = MetricRule("mae", higher=True, margin=2.0, slice_margin=6.0, floor=10.0)
GAIN = MetricRule("mae", higher=True, margin=2.0, slice_margin=6.0, gain=True)


class TestShown:
    @pytest.mark.parametrize(
        ("gain", "expected"),
        [
            (Z + 0.05, Shown.BETTER), (Z - 0.05, Shown.WITHIN), (Z - 1.95, Shown.WITHIN), (Z - 2.05, Shown.UNCLEAR),
            (-Z + 0.05, Shown.UNCLEAR), (-Z - 0.05, Shown.WORSE),
        ],
    )  # fmt: skip
    def test_a_comparison_turns_at_its_bounds(self, gain: float, expected: Shown) -> None:
        assert what(compared(gain)) == [expected]

    def test_worse_by_less_than_the_margin_is_within(self) -> None:
        assert what(compared(-0.5, 0.1)) == [Shown.WITHIN]

    def test_a_slice_has_its_own_margin(self) -> None:
        assert what(compared(-2.5), compared(-2.5, slice="a=1")) == [Shown.WORSE, Shown.WITHIN]

    def test_a_slice_that_is_too_small_is_undecided(self) -> None:
        assert what(compared(0.0, 0.1), compared(0.0, 4.0, slice="a=1"))[1] == Shown.UNDECIDED

    def test_a_slice_that_could_show_its_margin_is_unclear(self) -> None:
        assert what(compared(0.0, 0.1), compared(-3.0, 2.0, slice="a=1"))[1] == Shown.UNCLEAR

    def test_many_slices_must_each_be_larger_to_count(self) -> None:
        open_slice = compared(-3.0, 2.0, slice="a=1")
        others = [compared(0.0, 0.1, slice=f"a={number}") for number in range(2, 30)]
        assert what(open_slice)[0] == Shown.UNCLEAR
        assert what(open_slice, *others)[0] == Shown.UNDECIDED

    def test_disagreement_in_a_slice_does_not_make_it_too_small(self) -> None:
        others = [counted(18, 18, 600, f"a={number}") for number in range(2, 11)]
        assert what(counted(204, 228, 6000), counted(42, 66, 600, "a=1"), *others)[1] == Shown.UNCLEAR

    def test_a_slice_that_is_too_small_for_equal_models_is_undecided(self) -> None:
        others = [counted(6, 6, 200, f"a={number}") for number in range(2, 31)]
        assert what(counted(180, 191, 6000), counted(6, 17, 200, "a=1"), *others)[1] == Shown.UNDECIDED

    def test_a_slice_that_lost_more_than_its_margin_by_more_than_chance_is_never_too_small(self) -> None:
        others = [counted(6, 6, 200, f"a={number}") for number in range(2, 31)]
        assert what(counted(180, 193, 6000), counted(6, 19, 200, "a=1"), *others)[1] == Shown.UNCLEAR
        few = [counted(0, 0, 16, "a=1"), counted(0, 1, 16, "a=2")]
        assert what(counted(0, 1, 32), *few)[2] == Shown.UNDECIDED, "a lost row can be chance"

    def test_a_slice_with_all_the_rows_that_differ_is_not_too_small(self) -> None:
        assert what(counted(30, 40, 4000), counted(30, 40, 400, "a=1"))[1] == Shown.UNCLEAR

    def test_few_rows_outside_of_a_slice_say_nothing_of_it(self) -> None:
        assert what(counted(60, 70, 419), counted(60, 70, 400, "a=1"))[1] == Shown.UNDECIDED
        assert what(counted(60, 70, 420), counted(60, 70, 400, "a=1"))[1] == Shown.UNCLEAR

    def test_the_whole_set_is_never_too_small(self) -> None:
        assert what(compared(0.0, 40.0)) == [Shown.UNCLEAR]

    def test_a_slice_that_is_too_small_can_block(self) -> None:
        assert what(compared(0.0, 0.1), compared(-20.0, 4.0, slice="a=1"))[1] == Shown.WORSE

    def test_a_reason_against_passing_keeps_a_gain_from_counting(self) -> None:
        assert what(compared(9.0, 1.0, why="3 rows")) == [Shown.UNCLEAR]

    def test_a_reason_against_passing_does_not_keep_a_loss_from_counting(self) -> None:
        assert what(compared(-9.0, 1.0, why="3 rows")) == [Shown.WORSE]

    def test_a_later_look_spends_less_on_passing_and_as_much_on_blocking(self) -> None:
        close = compared(Z - 2 + 0.05)
        assert what(close, alpha=ALPHA / 2) == [Shown.UNCLEAR]
        assert what(compared(-Z - 0.05), alpha=ALPHA / 2) == [Shown.WORSE]
        assert what(compared(Z + 0.05), alpha=ALPHA / 2) == [Shown.WITHIN]


class TestFamilies:
    def test_claims_of_a_loss_are_corrected_together(self) -> None:
        loss = compared(-Z - 0.05, slice="a=1", rule=MetricRule("mae", higher=True, margin=0.1, slice_margin=0.1))
        others = [compared(0.0, slice=f"a={number}") for number in range(2, 30)]
        assert what(loss)[0] == Shown.WORSE
        assert what(loss, *others)[0] == Shown.UNDECIDED

    def test_passing_is_not_corrected(self) -> None:
        close = [compared(Z - 2 + 0.05) for _ in range(30)]
        assert set(what(*close)) == {Shown.WITHIN}

    def test_claims_of_a_gain_are_corrected_together(self) -> None:
        assert what(compared(Z + 0.05), compared(0.0, 0.1)) == [Shown.WITHIN, Shown.WITHIN]

    def test_missed_floors_are_in_the_family_of_losses(self) -> None:
        missed = compared(0.0, 0.1, rule=FLOOR, own=Student(10 - Z - 0.05, 1.0, 10_000))
        assert marks(missed)[0].floor == Floor.UNCLEAR
        alone = compared(0.0, 0.1, rule=FLOOR, champion=None, own=Student(10 - Z - 0.05, 1.0, 10_000))
        assert marks(alone)[0].floor == Floor.MISSED

    @example([0.02, 0.9], 0.04)
    @example([0.001, 0.015, 0.9], 0.04)
    @example([0.03, 0.035], 0.04)
    @example([0.03, 0.015, 0.001], 0.04)
    @given(st.lists(st.floats(0, 0.1), max_size=12), st.sampled_from([0.01, 0.04, 0.2]))
    def test_holm_is_that_of_statsmodels(self, p_values: list[float], alpha: float) -> None:
        expected = list(multipletests(p_values, alpha, method="holm")[0]) if p_values else []
        assert verdict.holm(p_values, alpha) == expected


class TestFloors:
    @pytest.mark.parametrize(
        ("own", "expected"),
        [
            (10 + Z + 0.05, Floor.REACHED),
            (10 + Z - 0.05, Floor.UNCLEAR),
            (10 - Z + 0.05, Floor.UNCLEAR),
            (7.0, Floor.MISSED),
        ],
    )
    def test_a_floor_turns_at_the_bounds_of_the_own_value(self, own: float, expected: Floor) -> None:
        assert marks(compared(0.0, 0.1, rule=FLOOR, own=Student(own, 1.0, 10_000)))[0].floor == expected

    def test_a_reason_against_passing_keeps_a_floor_from_being_reached(self) -> None:
        own = Student(99.0, 1.0, 10_000)
        assert marks(compared(0.0, 0.1, rule=FLOOR, own=own, why="3 rows"))[0].floor == Floor.UNCLEAR

    def test_a_floor_that_the_lower_bound_only_touches_is_not_reached(self) -> None:
        class Touching(Student):
            def lower(self, alpha: float) -> float:
                return 10.0

        touching = compared(0.0, 0.1, rule=FLOOR, own=Touching(12.0, 1.0, 10_000))
        assert marks(touching)[0].floor == Floor.UNCLEAR

    def test_a_metric_that_gets_no_verdict_has_no_floor(self) -> None:
        rule = MetricRule("calibration_error", higher=False, floor=10.0)
        assert marks(compared(0.0, 0.1, rule=rule, own=Student(-19.0, 1.0, 99)))[0].floor == Floor.NONE

    def test_a_missed_floor_holds_the_candidate_back(self) -> None:
        assert [mark.floor for mark in verdict.holding_back(marks(MISSED, WITHIN))] == [Floor.MISSED]

    def test_a_slice_has_no_floor(self) -> None:
        assert marks(compared(0.0, 0.1, rule=FLOOR, slice="a=1"))[0].floor == Floor.NONE

    def test_a_ceiling_is_a_floor_from_above(self) -> None:
        rule = MetricRule("mae", higher=False, margin=2.0, floor=10.0)
        for own, expected in ((-12.5, Floor.MISSED), (-7.5, Floor.REACHED)):
            assert marks(compared(0.0, 0.1, rule=rule, own=Student(own, 1.0, 10_000)))[0].floor == expected


@pytest.mark.parametrize(("metric", "reached"), [("mae:floor=0.6", True), ("mae:floor=0.4", False)])
def test_a_ceiling_is_held_against_the_own_error(tmp_path: Path, metric: str, reached: bool) -> None:
    target = np.random.default_rng(1).normal(0, 9, 400)
    side = {"target": target, "prediction": target + np.random.default_rng(2).uniform(-1, 1, 400)}
    result = judge(tmp_path, side, None, ask(metric, champion=False))
    assert result.marks[0].floor == (Floor.REACHED if reached else Floor.MISSED)
    assert result.verdict == (Verdict.FIRST if reached else Verdict.FAILED)


def test_a_slice_knows_the_rows_of_the_whole_set(tmp_path: Path) -> None:
    sides = [{**side, "region": np.arange(400) // 100} for side in labels(400, lost=9, won=9)]
    result = judge_pair(tmp_path, sides, ask("accuracy:margin=0.05", slices=(("region",),)))
    assert [mark.comparison.rows for mark in result.marks] == [400, 100, 100, 100, 100]
    assert {mark.comparison.total for mark in result.marks} == {400}


BETTER, WITHIN, WORSE, UNCLEAR = compared(9.0), compared(0.0, 0.1), compared(-9.0), compared(-1.0)
SLICE_WORSE, SLICE_BETTER = compared(-19.0, slice="a=1"), compared(19.0, slice="a=1")
SLICE_UNCLEAR, SLICE_SMALL = compared(-3.0, 2.0, slice="a=1"), compared(0.0, 9.0, slice="a=1")
MISSED = compared(0.0, 0.1, rule=FLOOR, own=Student(1.0, 1.0, 10_000))
REACHED = compared(0.0, 0.1, rule=FLOOR, own=Student(19.0, 1.0, 10_000))
OPEN = compared(0.0, 0.1, rule=FLOOR, own=Student(10.0, 1.0, 10_000))


@pytest.mark.parametrize(
    ("comparisons", "expected", "code"),
    [
        ([WITHIN], Verdict.NON_INFERIOR, 0),
        ([WITHIN, WITHIN], Verdict.NON_INFERIOR, 0),
        ([WITHIN, BETTER], Verdict.SUPERIOR, 0),
        ([WITHIN, UNCLEAR], Verdict.INCONCLUSIVE, 3),
        ([BETTER, UNCLEAR], Verdict.INCONCLUSIVE, 3),
        ([WORSE], Verdict.REGRESSED, 1),
        ([WITHIN, WORSE], Verdict.REGRESSED, 1),
        ([UNCLEAR, WORSE], Verdict.REGRESSED, 1),
        ([BETTER, WORSE], Verdict.MIXED, 3),
        ([BETTER, WORSE, UNCLEAR], Verdict.MIXED, 3),
        ([BETTER, WORSE, SLICE_WORSE], Verdict.REGRESSED, 1),
        ([BETTER, SLICE_WORSE], Verdict.REGRESSED, 1),
        ([WORSE, SLICE_BETTER], Verdict.REGRESSED, 1),
        ([WITHIN, SLICE_WORSE], Verdict.REGRESSED, 1),
        ([WITHIN, SLICE_BETTER], Verdict.NON_INFERIOR, 0),
        ([WITHIN, SLICE_UNCLEAR], Verdict.INCONCLUSIVE, 3),
        ([WITHIN, SLICE_SMALL], Verdict.NON_INFERIOR, 0),
        ([MISSED], Verdict.FAILED, 1),
        ([MISSED, BETTER, WORSE], Verdict.FAILED, 1),
        ([REACHED], Verdict.NON_INFERIOR, 0),
        ([REACHED, BETTER], Verdict.SUPERIOR, 0),
        ([OPEN], Verdict.INCONCLUSIVE, 3),
        ([OPEN, BETTER], Verdict.INCONCLUSIVE, 3),
        ([OPEN, WORSE], Verdict.REGRESSED, 1),
        ([compared(0.0, 0.1, rule=GAIN)], Verdict.INCONCLUSIVE, 3),
        ([compared(9.0, rule=GAIN)], Verdict.SUPERIOR, 0),
        ([compared(9.0, rule=GAIN), compared(0.0, 0.1, rule=GAIN, slice="a=1")], Verdict.SUPERIOR, 0),
    ],
)
def test_the_first_verdict_that_applies_counts(comparisons: list[Comparison], expected: Verdict, code: int) -> None:
    assert decided(*comparisons) == expected
    assert expected.exit_code == code


def test_a_failing_check_fails_a_better_candidate() -> None:
    assert decided(BETTER, failed_check=True) == Verdict.FAILED


def test_equal_predictions_are_unchanged_whatever_a_check_says() -> None:
    assert decided(UNCLEAR, failed_check=True, unchanged=True) == Verdict.UNCHANGED
    assert Verdict.UNCHANGED.exit_code == 0


def test_without_any_judged_metric_nothing_passes() -> None:
    calibration = compared(0.0, 0.1, rule=MetricRule("calibration_error", higher=False))
    assert what(calibration) == [Shown.REPORTED]
    assert decided(calibration) == Verdict.INCONCLUSIVE


class TestFirstModel:
    def decided(self, *comparisons: Comparison, failed_check: bool = False) -> Verdict:
        return verdict.decide(marks(*comparisons), failed_check=failed_check, unchanged=False, champion=False)

    def test_floors_that_are_reached_are_enough(self) -> None:
        first = compared(0.0, rule=FLOOR, champion=None, own=Student(19.0, 1.0, 10_000))
        assert self.decided(first) == Verdict.FIRST
        assert self.decided(first, failed_check=True) == Verdict.FAILED

    def test_open_floors_are_not(self) -> None:
        assert (
            self.decided(compared(0.0, rule=FLOOR, champion=None, own=Student(10.0, 1.0, 99))) == Verdict.INCONCLUSIVE
        )

    def test_a_gain_is_not_asked_of_it(self) -> None:
        assert self.decided(compared(0.0, rule=GAIN, champion=None, bounds=Nothing())) == Verdict.FIRST

    def test_a_few_rows_are_not(self) -> None:
        assert self.decided(compared(0.0, champion=None, why="3 rows")) == Verdict.INCONCLUSIVE


class TestRowsNeeded:
    def needed(self, *comparisons: Comparison, alpha: float = ALPHA) -> int | None:
        return verdict.rows_needed(marks(*comparisons, alpha=alpha))

    def test_an_equal_candidate_needs_the_rows_of_four_of_five(self) -> None:
        spread = Z + intervals.normal_quantile(0.2)
        assert self.needed(compared(0.0, 1.5)) == int(np.ceil(1000 * (spread * 1.5 / 2) ** 2))

    def test_half_way_to_the_margin_costs_four_times_as_much(self) -> None:
        assert self.needed(compared(-1.0, 1.5)) == pytest.approx(4 * (self.needed(compared(0.0, 1.5)) or 0), abs=4)

    def test_beyond_the_margin_the_loss_will_be_seen(self) -> None:
        assert self.needed(compared(-2.2, 1.5)) == self.needed(compared(0.0, 1.5))

    def test_a_later_look_needs_more(self) -> None:
        assert (self.needed(compared(0.0, 1.5), alpha=ALPHA / 6) or 0) > (self.needed(compared(0.0, 1.5)) or 0)

    def test_the_comparison_that_needs_most_counts(self) -> None:
        assert self.needed(compared(0.0, 1.5), compared(0.0, 2.5), WITHIN) == self.needed(compared(0.0, 2.5))

    def test_the_rows_of_a_slice_are_a_share_of_all(self) -> None:
        part = compared(-3.0, 2.0, slice="a=1", rows=100)
        assert self.needed(WITHIN, part) == self.needed(WITHIN, compared(-3.0, 2.0, slice="a=1", rows=1000))

    def test_a_slice_of_pairs_needs_its_share_of_all_rows(self) -> None:
        pairs = Paired(44, 56, 1000)
        rule = MetricRule("accuracy", higher=True, margin=0.028, slice_margin=0.028)
        whole = compared(-0.012, bounds=pairs, rule=rule)
        part = compared(-0.012, bounds=pairs, rule=rule, slice="a=1", total=5000)
        assert marks(part)[0].shown == Shown.UNCLEAR
        assert self.needed(part) == pytest.approx(5 * (self.needed(whole) or 0), abs=5)

    @pytest.mark.parametrize(("changes", "expected"), [({"units": 5}, 4000), ({"units": 900, "rarer": 4}, 5000)])
    def test_too_few_groups_or_rows_of_a_class_are_counted(self, changes: dict[str, int], expected: int) -> None:
        assert self.needed(compared(0.0, 0.01, why="few", **changes)) == expected

    def test_an_open_floor_needs_rows(self) -> None:
        spread = Z + intervals.normal_quantile(0.2)
        open_floor = compared(0.0, 0.1, rule=FLOOR, candidate=11.0, own=Student(11.0, 1.0, 10_000))
        assert self.needed(open_floor) == int(np.ceil(1000 * spread**2))

    @pytest.mark.parametrize(
        "unknown",
        [
            compared(0.0, bounds=Nothing()), compared(0.0, rarer=0, why="one class"), compared(0.0, rows=0, why="none"),
            compared(0.0, 0.1, rule=FLOOR, candidate=10.0, own=Student(10.0, 1.0, 10_000)),
        ],
    )  # fmt: skip
    def test_what_no_number_of_rows_decides_has_none(self, unknown: Comparison) -> None:
        assert self.needed(compared(0.0, 1.5), unknown) is None

    @pytest.mark.parametrize("metric", ["accuracy", "mae"])
    def test_a_margin_that_no_number_of_rows_shows_has_none(self, tmp_path: Path, metric: str) -> None:
        sides = labels(200, lost=10, won=10, both_wrong=50)
        assert judge_pair(tmp_path, sides, ask(f"{metric}:margin=1e-300")).rows_needed is None

    def test_a_slice_of_a_metric_that_must_gain_needs_no_gain(self) -> None:
        part = compared(-3.0, 2.0, slice="a=1", rule=GAIN)
        assert self.needed(compared(9.0, rule=GAIN), part) == self.needed(WITHIN, compared(-3.0, 2.0, slice="a=1"))

    def test_a_gain_that_is_asked_for_is_resolved_and_not_the_margin(self) -> None:
        spread = Z + intervals.normal_quantile(0.2)
        assert self.needed(compared(3.0, 4.0, rule=GAIN)) == int(np.ceil(1000 * (spread * 4 / 3) ** 2))

    @pytest.mark.parametrize("champion", [0.0, None], ids=["better", "without champion"])
    def test_an_open_floor_alone_needs_no_rows_for_the_gain(self, champion: float | None) -> None:
        spread = Z + intervals.normal_quantile(0.2)
        bounds = Nothing() if champion is None else Student(9.0, 3.0, 10_000)
        floor = compared(11.7, bounds=bounds, rule=FLOOR, champion=champion, own=Student(11.7, 1.0, 10_000))
        assert self.needed(floor) == int(np.ceil(1000 * (spread / 1.7) ** 2))

    def test_a_loss_that_is_shown_needs_no_more(self) -> None:
        assert self.needed(compared(-9.0, 3.0)) == 1001

    def test_an_open_floor_of_an_unknown_value_has_no_number(self) -> None:
        assert self.needed(compared(0.0, 0.1, rule=FLOOR, candidate=11.0, own=Nothing())) is None

    def test_nothing_open_needs_nothing(self) -> None:
        assert self.needed(WITHIN) is None


class TestDegenerate:
    """Data that can't show anything never passes by accident."""

    @pytest.mark.parametrize("rows", [1, 3, 19])
    @pytest.mark.parametrize("metric", ["accuracy:margin=0.9", "mae:margin=0.9", "f1:margin=0.9", "rmse:margin=0.9"])
    def test_a_few_rows(self, tmp_path: Path, rows: int, metric: str) -> None:
        candidate, champion = labels(rows, won=1)
        assert judge(tmp_path, candidate, champion, ask(metric)).verdict in (Verdict.INCONCLUSIVE, Verdict.FAILED)

    def test_no_disagreement_on_few_rows(self, tmp_path: Path) -> None:
        candidate, champion = labels(60, both_wrong=10)
        side = {**candidate, "probability": 0.5 + 0.4 * (candidate["prediction"] - 0.5)}
        other = {**champion, "probability": 0.5 + 0.2 * (champion["prediction"] - 0.5)}
        result = judge(tmp_path, side, other, ask("accuracy:margin=0.01", "brier:margin=0.5"))
        assert shown(result)[0] == ("accuracy", "", "unclear")
        assert result.verdict == Verdict.INCONCLUSIVE
        assert result.rows_needed == int(np.ceil(Z**2 * 0.99 / 0.01))

    def test_equal_predictions_are_unchanged(self, tmp_path: Path) -> None:
        candidate, _ = labels(3)
        result = judge(tmp_path, candidate, candidate, ask("accuracy:margin=0.01"))
        assert result.verdict == Verdict.UNCHANGED

    def test_no_variance(self, tmp_path: Path) -> None:
        target = np.arange(50.0)
        sides = ({"target": target, "prediction": target + shift} for shift in (1.0, 2.0))
        assert judge_pair(tmp_path, sides, ask("mae:margin=0.1")).verdict == Verdict.INCONCLUSIVE

    def test_no_variance_can_show_a_loss(self, tmp_path: Path) -> None:
        target = np.arange(50.0)
        sides = ({"target": target, "prediction": target + shift} for shift in (2.0, 1.0))
        assert judge_pair(tmp_path, sides, ask("mae:margin=0.1")).verdict == Verdict.REGRESSED

    @pytest.mark.parametrize("metric", ["accuracy", "recall", "precision", "f1", "balanced_accuracy"])
    def test_one_class(self, tmp_path: Path, metric: str) -> None:
        prediction = np.r_[0, np.ones(499, int)]
        side, other = ({"target": [1] * 500, "prediction": values} for values in (prediction, prediction[::-1]))
        assert judge(tmp_path, side, other, ask(f"{metric}:margin=0.2")).verdict == Verdict.INCONCLUSIVE

    @pytest.mark.parametrize("metric", ["roc_auc", "average_precision", "log_loss", "brier"])
    @pytest.mark.parametrize("rare", [0, 19])
    def test_a_rare_class(self, tmp_path: Path, metric: str, rare: int) -> None:
        target = np.r_[np.ones(rare), np.zeros(500)].astype(int)
        random = np.random.default_rng(1)
        sides = [
            {"target": target, "probability": np.clip(0.2 + 0.6 * target + 0.05 * random.random(500 + rare), 0, 1)}
            for _ in range(2)
        ]
        assert judge_pair(tmp_path, sides, ask(f"{metric}:margin=0.9")).verdict == Verdict.INCONCLUSIVE

    @pytest.mark.parametrize(("groups", "expected"), [(19, Verdict.INCONCLUSIVE), (25, Verdict.NON_INFERIOR)])
    def test_a_few_groups(self, tmp_path: Path, groups: int, expected: Verdict) -> None:
        group = np.arange(2000) % groups
        candidate, champion = ({**side, "group": group} for side in labels(2000, lost=30, won=30, both_wrong=99))
        result = judge(tmp_path, candidate, champion, ask("accuracy:margin=0.05"))
        assert result.verdict == expected

    def test_a_few_heavy_rows(self, tmp_path: Path) -> None:
        weight = np.where(np.arange(2000) >= 1990, 1e6, 1.0)
        candidate, champion = ({**side, "weight": weight} for side in labels(2000, lost=30, won=30, both_wrong=99))
        result = judge(tmp_path, candidate, champion, ask("accuracy:margin=0.05"))
        assert result.marks[0].comparison.units == 10
        assert result.verdict == Verdict.INCONCLUSIVE

    def test_all_rows_in_one_group(self, tmp_path: Path) -> None:
        candidate, champion = ({**side, "group": [1] * 2000} for side in labels(2000, lost=30, won=30))
        result = judge(tmp_path, candidate, champion, ask("accuracy:margin=0.5"))
        assert result.verdict == Verdict.INCONCLUSIVE
        assert result.marks[0].comparison.interval() == pytest.approx((-1, 1))

    def test_ties_everywhere(self, tmp_path: Path) -> None:
        target = np.arange(400) % 2
        sides = [{"target": target, "probability": np.full(400, 0.5)} for _ in range(2)]
        sides[0]["probability"] = np.r_[0.4, np.full(399, 0.5)]
        assert judge_pair(tmp_path, sides, ask("roc_auc:margin=0.2")).verdict == Verdict.INCONCLUSIVE
        sides[0]["probability"] = np.full(400, 0.6)
        assert judge_pair(tmp_path, sides, ask("roc_auc:margin=0.2")).verdict == Verdict.FAILED

    @pytest.mark.parametrize("metric", ["accuracy", "mae", "rmse", "r2"])
    def test_a_slice_without_weight(self, tmp_path: Path, metric: str) -> None:
        weight = 1 - np.arange(2000) // 1000
        sides = [{**side, "weight": weight, "region": weight} for side in labels(2000, lost=10, won=10, both_wrong=50)]
        result = judge_pair(tmp_path, sides, ask(f"{metric}:margin=0.9", slices=(("region",),)))
        assert (metric, "region=0", "undecided") in shown(result)
        assert result.verdict == Verdict.NON_INFERIOR

    def test_a_slice_without_a_positive_row(self, tmp_path: Path) -> None:
        region = np.arange(2000) % 2
        sides = [{**side, "region": region} for side in labels(2000, lost=10, won=10, both_wrong=50)]
        asked = ask("recall:margin=0.05", slices=(("region",),))
        result = judge_pair(tmp_path, sides, asked)
        assert ("recall", "region=0", "undecided") in shown(result)
        assert [mark.comparison.rows for mark in result.marks] == [1000, 0, 1000]
        assert result.verdict == Verdict.NON_INFERIOR
