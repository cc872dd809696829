"""The bounds of the model gate, against published tables, other libraries, and what they must be where data is thin."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from cicd.gate import intervals
from cicd.gate.intervals import Nothing, SameEverywhere, Student
from cicd.gate.proportions import FewGroups, Paired, Proportion


@pytest.mark.parametrize(
    ("bounds", "confidence", "low", "high"),
    [
        (Paired(9, 3, 32), 0.95, -0.027, 0.390),  # Tango 1998, section 6.2
        (Paired(60, 20, 1000), 0.95, 0.0231, 0.0584),  # PropCIs 0.3, scoreci.mp(20, 60, 1000)
        (Paired(48, 41, 549), 0.90, -0.0157, 0.0414),  # PropCIs 0.3
    ],
)
def test_tango_gives_the_published_intervals(bounds: Paired, confidence: float, low: float, high: float) -> None:
    alpha = (1 - confidence) / 2
    digits = len(str(low).split(".")[1])
    assert (round(bounds.lower(alpha), digits), round(bounds.upper(alpha), digits)) == (low, high)


def test_tango_gives_the_published_test() -> None:
    # Tango 1998, section 6.1: n = 44, one row lost, none won, difference -0.1: Z = 1.709, and the 90 % bound is -0.096.
    bounds = Paired(0, 1, 44)
    assert intervals.normal_quantile(bounds.p_above(-0.1)) == pytest.approx(1.709, abs=5e-4)
    assert bounds.lower(0.05) == pytest.approx(-0.096, abs=5e-4)


@pytest.mark.parametrize(("rows", "bound"), [(5, -0.351), (50, -0.0513), (200, -0.0133), (500, -0.0054)])
def test_no_disagreement_is_no_proof(rows: int, bound: float) -> None:
    assert Paired(0, 0, rows).lower(0.05) == pytest.approx(bound, abs=2e-4)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 200), st.floats(0.005, 0.2))
def test_a_bound_of_tango_is_where_its_test_turns(better: int, worse: int, agreed: int, alpha: float) -> None:
    bounds = Paired(better, worse, max(1, better + worse + agreed))
    low, high = bounds.lower(alpha), bounds.upper(alpha)
    assert -1 <= low <= (better - worse) / bounds.rows <= high <= 1
    if low > -1 + 1e-9:
        assert bounds.p_above(low) == pytest.approx(alpha, rel=1e-3)
    if high < 1 - 1e-9:
        assert bounds.p_below(high) == pytest.approx(alpha, rel=1e-3)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 200))
def test_tango_is_its_own_mirror(better: int, worse: int, agreed: int) -> None:
    rows = max(1, better + worse + agreed)
    assert Paired(better, worse, rows).lower(0.04) == pytest.approx(-Paired(worse, better, rows).upper(0.04), abs=1e-9)


@pytest.mark.parametrize(("better", "worse"), [(30, 50), (5, 9), (12, 12)])
def test_tango_at_no_difference_is_mcnemar(better: int, worse: int) -> None:
    oracle = mcnemar([[100, better], [worse, 100]], exact=False, correction=False).pvalue / 2
    bounds = Paired(better, worse, 1000)
    assert min(bounds.p_below(0), bounds.p_above(0)) == pytest.approx(oracle)


@pytest.mark.parametrize(("successes", "rows"), [(0, 10), (10, 10), (37, 50), (880, 1000)])
def test_one_proportion_is_wilsons(successes: int, rows: int) -> None:
    bounds = Proportion(successes, rows)
    oracle = proportion_confint(successes, rows, alpha=0.08, method="wilson")
    assert (bounds.lower(0.04), bounds.upper(0.04)) == pytest.approx(oracle)


@given(st.integers(0, 50), st.integers(1, 50), st.floats(0.01, 0.2))
def test_a_bound_of_wilson_is_where_its_test_turns(successes: int, missed: int, alpha: float) -> None:
    bounds = Proportion(successes, successes + missed)
    if successes:
        assert bounds.p_above(bounds.lower(alpha)) == pytest.approx(alpha, rel=1e-6)
    assert bounds.p_below(bounds.upper(alpha)) == pytest.approx(alpha, rel=1e-6)


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_a_floor_of_all_or_nothing_has_a_p_value(threshold: float) -> None:
    assert Proportion(10, 20).p_below(threshold) == 1 - threshold
    assert Proportion(10, 20).p_above(threshold) == threshold


def test_student_is_the_t_test_of_one_sample() -> None:
    values = np.random.default_rng(1).normal(0.2, 1, 30)
    sums = (values - values.mean()) / len(values)
    bounds = intervals.from_sums(float(values.mean()), sums, len(values) - 1, 1.0)
    oracle = stats.ttest_1samp(values, 0.0, alternative="less")
    assert bounds.p_below(0.0) == pytest.approx(oracle.pvalue)
    assert bounds.p_above(0.0) == pytest.approx(1 - oracle.pvalue)
    interval = stats.ttest_1samp(values, 0.0).confidence_interval(0.92)
    assert (bounds.lower(0.04), bounds.upper(0.04)) == pytest.approx((interval.low, interval.high))


@pytest.mark.parametrize("sums", [[], [0.3]])
def test_one_group_shows_nothing(sums: list[float]) -> None:
    assert intervals.from_sums(0.5, np.array(sums), 10, 1.0) == Nothing()


def test_too_few_groups_that_differ_show_nothing() -> None:
    sums = np.random.default_rng(1).normal(size=30)
    assert intervals.from_sums(0.5, sums, 0, 1.0) == Nothing()
    assert isinstance(intervals.from_sums(0.5, sums, 1, 1.0), Student)


def test_an_undefined_value_shows_nothing() -> None:
    assert intervals.from_sums(math.nan, np.random.default_rng(1).normal(size=30), 29, 1.0) == Nothing()


def test_nothing_is_on_no_side() -> None:
    bounds = Nothing()
    assert (bounds.lower(0.04), bounds.upper(0.04)) == (-math.inf, math.inf)
    assert (bounds.p_below(0), bounds.p_above(0)) == (1, 1)


@pytest.mark.parametrize("rounding", [0.0, 1e-17])
def test_a_gain_without_variance_shows_nothing_good(rounding: float) -> None:
    sums = rounding * np.random.default_rng(1).normal(size=30)
    gain, loss = (intervals.from_sums(value, sums, 29, 1.0) for value in (0.5, -0.5))
    assert gain.lower(0.04) == -math.inf
    assert (gain.p_above(0), gain.p_below(0)) == (1, 1)
    assert loss.p_below(0) == 0
    assert loss.upper(0.04) == -0.5
    assert isinstance(loss, SameEverywhere)


def test_twenty_equal_losses_show_a_loss() -> None:
    assert intervals.from_sums(-0.5, np.zeros(20), 19, 1.0) == SameEverywhere(-0.5)
    assert intervals.from_sums(0.0, np.zeros(20), 19, 0.0) == SameEverywhere(0.0)


def test_two_groups_have_a_variance() -> None:
    assert intervals.deviation(np.array([0.1, -0.1])) == pytest.approx(0.2)
    assert math.isnan(intervals.deviation(np.array([0.1])))


def test_deviation_of_shares_is_that_of_their_counts() -> None:
    assert Proportion(30, 40).deviation == pytest.approx(math.sqrt(0.75 * 0.25 / 40))
    assert Paired(9, 7, 100).deviation == pytest.approx(0.04)
    assert Paired(9, 7, 100).disagreement == pytest.approx(0.16)


def test_a_few_equal_losses_show_nothing() -> None:
    assert intervals.from_sums(-0.5, np.zeros(19), 18, 1.0) == Nothing()


def test_groups_without_disagreement_count_as_rows() -> None:
    few = FewGroups(0, 0, 40)
    assert few.lower(0.04) == Paired(0, 0, 40).lower(0.04)
    assert few.upper(0.04) == Paired(0, 0, 40).upper(0.04)


@pytest.mark.parametrize("few", [FewGroups(0, 1, 40), FewGroups(1, 0, 40)])
def test_the_only_group_that_disagrees_may_be_lost_or_won(few: FewGroups) -> None:
    assert few.lower(0.04) == Paired(0, 1, 40).lower(0.04)
    assert few.upper(0.04) == Paired(1, 0, 40).upper(0.04)
    assert few.p_below(0) == Paired(1, 0, 40).p_below(0) > 0.5
    assert few.p_above(0) == Paired(0, 1, 40).p_above(0) > 0.5
