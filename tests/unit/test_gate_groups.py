"""Metrics of a project: one number a group of each model, and the verdict on their paired difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cicd.errors import UsageError
from cicd.gate import groups, rules, skewed
from cicd.gate.budget import ALPHA
from cicd.gate.groups import Measured
from cicd.gate.intervals import Nothing, Student
from cicd.gate.skewed import Skewed
from tests.unit.support.predictions import labels, write
from tests.unit.test_gate_project import ROWS, Project

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.gate.comparison import Comparison

__all__ = ["project"]

COST = rules.metric_rule("cost", {"direction": "lower", "margin": "1", "floor": "20"}, {}, champion=True)


@pytest.fixture
def project(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Project:
    return Project(tmp_path, capfd)


def numbers(values: Any) -> dict[str, float]:
    return {f"day {place}": float(value) for place, value in enumerate(values)}


def compare(ours: Any, theirs: Any) -> Comparison:
    return groups.compare(COST, Measured(numbers(ours), None if theirs is None else numbers(theirs)), ROWS)


def symmetric(size: float) -> Any:
    """Return 40 values that lean to neither side."""
    half = np.random.default_rng(1).normal(0, size, 20)
    return np.concatenate([half, -half])


def test_the_interval_is_that_of_the_paired_t_test() -> None:
    theirs = np.random.default_rng(2).normal(10, 5, 40)
    ours = theirs + 0.2 + symmetric(1)
    compared = compare(ours, theirs)
    expected = stats.ttest_rel(ours, theirs).confidence_interval(1 - 2 * ALPHA)
    assert compared.interval() == pytest.approx((expected.low, expected.high))
    assert compared.gain.p_below(0) == pytest.approx(stats.ttest_rel(ours, theirs, alternative="greater").pvalue)
    assert (compared.units, compared.rows) == (40, ROWS)
    assert compared.champion == pytest.approx(theirs.mean())


def test_the_value_has_the_bounds_of_its_mean() -> None:
    ours = 10 + symmetric(5)
    compared = compare(ours, None)
    low, high = stats.t.interval(1 - 2 * ALPHA, 39, ours.mean(), stats.sem(ours))
    assert (-compared.own.upper(ALPHA), -compared.own.lower(ALPHA)) == pytest.approx((low, high))


class TestSkewed:
    @pytest.mark.parametrize("sign", [1, -1])
    def test_bounds_are_wider_towards_the_long_tail_alone(self, sign: int) -> None:
        values = sign * np.random.default_rng(1).exponential(3, 30)
        bounds = skewed.of_mean(values, Student(float(values.mean()), float(stats.sem(values)), 29))
        plain = Student(bounds.estimate, bounds.deviation, bounds.freedom)
        assert bounds.lower(ALPHA) <= plain.lower(ALPHA)
        assert bounds.upper(ALPHA) >= plain.upper(ALPHA)
        wider = (bounds.lower(ALPHA) < plain.lower(ALPHA), bounds.upper(ALPHA) > plain.upper(ALPHA))
        assert wider == ((False, True) if sign > 0 else (True, False))

    @given(st.floats(-2, 2), st.floats(0.001, 0.4), st.integers(1, 100))
    def test_p_values_and_bounds_agree(self, lean: float, alpha: float, freedom: int) -> None:
        bounds = Skewed(1.0, 2.0, freedom, lean)
        assert bounds.p_above(bounds.lower(alpha)) == pytest.approx(alpha, abs=1e-6)
        assert bounds.p_below(bounds.upper(alpha)) == pytest.approx(alpha, abs=1e-6)

    @pytest.mark.parametrize("count", [3, 4, 30])
    def test_the_skewness_is_that_of_a_sample(self, count: int) -> None:
        values = np.random.default_rng(1).exponential(3, count)
        bounds = skewed.of_mean(values, Student(1.0, 2.0, count - 1))
        assert (bounds.estimate, bounds.deviation, bounds.freedom) == (1.0, 2.0, count - 1)
        assert bounds.lean == pytest.approx(stats.skew(values, bias=False) / count**0.5)

    def test_losses_with_a_long_tail_pass_hardly_more_often_than_promised(self) -> None:
        """Student's bounds alone let 9 % of the candidates pass that are worse by the margin."""
        rng = np.random.default_rng(1)
        passed, alone = 0, 0
        for _ in range(2000):
            gains = 3 - rng.exponential(3, 30)
            bounds = skewed.of_mean(gains, Student(float(gains.mean()), float(stats.sem(gains)), 29))
            passed += bounds.lower(ALPHA) > 0
            alone += Student(bounds.estimate, bounds.deviation, 29).lower(ALPHA) > 0
        assert passed < 0.06 * 2000
        assert alone > 0.08 * 2000


def test_groups_are_paired_by_name() -> None:
    ours, theirs = numbers(range(30)), numbers(range(30))
    turned = dict(reversed(list(theirs.items())))
    compared = groups.compare(COST, Measured(ours, turned), ROWS)
    assert compared.difference == 0
    assert compared.interval() == (-np.inf, np.inf)


@pytest.mark.parametrize(("count", "kind"), [(1, Nothing), (2, Student), (3, Skewed), (20, Skewed)])
def test_bounds_of_few_groups_take_no_skewness_that_they_can_not_show(count: int, kind: type) -> None:
    compared = compare(np.arange(count) ** 2 + 1.0, np.zeros(count))
    assert type(compared.own) is type(compared.gain) is kind
    assert bool(compared.why) is (count < 20)


def test_nothing_passes_under_20_groups() -> None:
    compared = compare(np.arange(19) + np.tile([0, 1e-3], 10)[:19], np.arange(19))
    assert compared.why == "19 groups, and nothing can pass with fewer than 20"
    assert not compared.within(ALPHA)


def test_the_same_change_everywhere_can_show_a_loss_alone() -> None:
    theirs = np.arange(32.0)
    assert compare(theirs + 0.5, theirs).gain.p_below(0) == 0
    assert not compare(theirs - 0.5, theirs).within(ALPHA)


@pytest.mark.parametrize(
    ("ours", "theirs", "message"),
    [
        ({"a": 1.0, "b": 2.0}, {"a": 1.0}, "cost has a number of the group 'b' for one of the models alone."),
        ({"a": 1.0}, {"a": 1.0, "c\x1b": 2.0}, "cost has a number of the group 'c\\x1b' for one"),
        ({"a": float("nan")}, {"a": 1.0}, "cost is no finite number for the group 'a'."),
        ({"a": 1.0}, {"a": float("inf")}, "cost is no finite number for the group 'a'."),
        ({}, {}, "cost has no number of any group."),
    ],
)
def test_numbers_that_do_not_belong_together_are_refused(ours: Any, theirs: Any, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        groups.compare(COST, Measured(ours, theirs), ROWS)
    assert message in caught.value.message


def test_a_group_has_one_number(tmp_path: Path) -> None:
    file = write(tmp_path / "x.csv", {"group": ["a", "b", "c", "b"], "value": [1, 2, 3, 4]})
    with pytest.raises(UsageError, match="has two numbers of the group 'b'"):
        groups.read(file)
    assert groups.read(write(tmp_path / "x.csv", {"group": ["a", "b"], "value": [1, 2]})) == {"a": 1.0, "b": 2.0}


class TestReport:
    def write(self, project: Project, gain: float, spread: float = 1.0, days: int = 40) -> tuple[str, ...]:
        rng = np.random.default_rng(3)
        theirs = rng.normal(10, 5, days)
        ours = theirs - gain + spread * rng.normal(0, 1, days)
        for name, values in (("ours", ours), ("theirs", theirs)):
            write(project.folder / f"{name}.csv", {"group": np.arange(days), "value": values})
        return (
            "--numbers", f"cost={project.folder}/ours.csv", "--champion-numbers", f"cost={project.folder}/theirs.csv",
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("gain", "spread", "verdict", "code"),
        [(2, 1, "superior", 0), (0.1, 1, "non-inferior", 0), (-5, 1, "regressed", 1), (0, 8, "inconclusive", 3)],
    )
    def test_it_is_judged_like_any_metric(
        self, project: Project, gain: float, spread: float, verdict: str, code: int
    ) -> None:
        project.configure(
            '[gate.metrics.cost]\nfunction = "app:cost"\ndirection = "lower"\nmargin = 1\n'
            "[gate.metrics.accuracy]\nmargin = 0.01"
        )
        project.write()
        data = project.json(*self.write(project, gain, spread), code=code)
        assert data["verdict"] == verdict
        assert [metric["name"] for metric in data["metrics"]] == ["cost", "accuracy"]
        assert data["metrics"][0]["direction"] == "lower"

    def test_metrics_keep_the_order_in_which_they_are_asked(self, project: Project) -> None:
        project.write()
        words = self.write(project, 2)
        asked = ("accuracy:margin=0.01", "cost:direction=lower,margin=1", "mae:margin=0.01")
        data = project.json(*(word for text in asked for word in ("--metric", text)), *words)
        assert [metric["name"] for metric in data["metrics"]] == ["accuracy", "cost", "mae"]

    def test_slices_leave_it_out(self, project: Project) -> None:
        project.write()
        asked = ("accuracy:margin=0.01", "cost:direction=lower,margin=1")
        words = ("--slice", "target", *self.write(project, 2))
        data = project.json(*(word for text in asked for word in ("--metric", text)), *words)
        assert {(metric["name"], bool(metric["slice"])) for metric in data["metrics"]} == {
            ("accuracy", False), ("accuracy", True), ("cost", False),
        }  # fmt: skip

    def test_options_alone_are_enough(self, project: Project) -> None:
        project.write()
        words = self.write(project, 2)
        data = project.json("--metric", "cost:direction=lower,margin=1", *words)
        assert data["verdict"] == "superior"
        assert "cost has no direction" in project.run("--metric", "cost:margin=1", *words, code=2)

    def test_predictions_are_compared_even_if_no_other_metric_reads_them(self, project: Project) -> None:
        project.write(lost=0, won=0)
        words = ("--metric", "cost:direction=lower,margin=1", *self.write(project, 2))
        assert project.json(*words)["verdict"] == "unchanged"
        for name in ("new", "old"):
            write(project.folder / f"{name}.csv", {"target": labels(ROWS)[0]["target"]})
        assert "new.csv has no predictions." in project.run(*words, code=2)

    def test_a_metric_without_numbers_is_refused(self, project: Project) -> None:
        project.write()
        words = self.write(project, 2)
        metric = ("--metric", "accuracy:margin=0.01")
        assert "numbers of cost, which is no metric that is asked for" in project.run(*metric, *words, code=2)
        assert "for one of the models alone" in project.run(*metric, *words[:2], code=2)
        project.configure('[gate.metrics.cost]\nfunction = "a:b"\ndirection = "lower"\nmargin = 1')
        assert "There are no numbers of the metric cost." in project.run(code=2)

    def test_a_first_model_needs_its_own_numbers_alone(self, project: Project) -> None:
        project.write()
        words = self.write(project, 2)[:2]
        metric = ("--metric", "cost:direction=lower,floor=20")
        assert project.json(*metric, *words, champion=False)["verdict"] == "first"
