"""The metrics of the model gate: scikit-learn's values, and influence values against a brute-force oracle."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from fairlearn import metrics as by_group
from scipy import stats
from sklearn import metrics as oracle
from statsmodels.regression.linear_model import WLS

from cicd.gate import comparison, table
from cicd.gate.intervals import Student
from cicd.gate.metrics import METRICS
from cicd.gate.pairing import Sample
from cicd.gate.proportions import FewGroups, Paired, Proportion
from cicd.gate.rows import Answers, Truth
from tests.unit.support.predictions import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.gate.rows import Estimate

ROWS = 400
RANDOM = np.random.default_rng(7)
POSITIVE = RANDOM.random(ROWS) < 0.3
WEIGHTS = RANDOM.integers(1, 5, ROWS).astype(float)
NUMBER = RANDOM.normal(10, 3, ROWS)
CLASSES = RANDOM.integers(0, 3, ROWS).astype(np.int32)
TRUTH = Truth(ROWS, labels=CLASSES, words=("a", "b", "c"), positive=POSITIVE, numbers=NUMBER)


def answers(seed: int, skill: float) -> Answers:
    random = np.random.default_rng(seed)
    right = random.random(ROWS) < skill
    probabilities = np.clip(0.5 + 0.25 * (POSITIVE * 2 - 1) * right + random.normal(0, 0.2, ROWS), 0.01, 0.99).round(2)
    return Answers(
        labels=np.where(right, CLASSES, (CLASSES + 1) % 3).astype(np.int32),
        positive=np.where(right, POSITIVE, ~POSITIVE),
        numbers=NUMBER + random.normal(0.2, 2, ROWS),
        probabilities=probabilities,
        scores=random.random(ROWS),
    )


CANDIDATE, CHAMPION = answers(1, 0.85), answers(2, 0.8)


ORACLES: dict[str, Callable[[Answers, Any], float]] = {
    "accuracy": lambda a, w: oracle.accuracy_score(CLASSES, a.labels, sample_weight=w),
    "balanced_accuracy": lambda a, w: oracle.balanced_accuracy_score(CLASSES, a.labels, sample_weight=w),
    "precision": lambda a, w: oracle.precision_score(POSITIVE, a.positive, sample_weight=w),
    "recall": lambda a, w: oracle.recall_score(POSITIVE, a.positive, sample_weight=w),
    "f1": lambda a, w: oracle.f1_score(POSITIVE, a.positive, sample_weight=w),
    "roc_auc": lambda a, w: oracle.roc_auc_score(POSITIVE, a.probabilities, sample_weight=w),
    "average_precision": lambda a, w: oracle.average_precision_score(POSITIVE, a.probabilities, sample_weight=w),
    "log_loss": lambda a, w: oracle.log_loss(POSITIVE, a.probabilities, sample_weight=w),
    "brier": lambda a, w: oracle.brier_score_loss(POSITIVE, a.probabilities, sample_weight=w),
    "mae": lambda a, w: oracle.mean_absolute_error(NUMBER, a.numbers, sample_weight=w),
    "rmse": lambda a, w: oracle.root_mean_squared_error(NUMBER, a.numbers, sample_weight=w),
    "r2": lambda a, w: oracle.r2_score(NUMBER, a.numbers, sample_weight=w),
    "pinball": lambda a, w: oracle.mean_pinball_loss(NUMBER, a.numbers, alpha=0.8, sample_weight=w),
    "score": lambda a, w: float(np.average(np.asarray(a.scores), weights=w)),
}
OPTIONS = {"pinball": {"quantile": 0.8}}


@pytest.mark.parametrize("weighted", [False, True], ids=["equal", "weighted"])
@pytest.mark.parametrize("name", ORACLES)
def test_a_value_is_that_of_scikit_learn(name: str, weighted: bool) -> None:
    truth = replace(TRUTH, weights=WEIGHTS) if weighted else TRUTH
    value = METRICS[name].compute(truth, CANDIDATE, **OPTIONS.get(name, {})).value
    assert value == pytest.approx(ORACLES[name](CANDIDATE, WEIGHTS if weighted else None), abs=1e-12)


def test_values_of_slices_are_those_of_fairlearn() -> None:
    """Of each value of a column, and of each pair of values of two."""
    random = np.random.default_rng(9)
    codes = {column: random.integers(0, count, ROWS).astype(np.int32) for column, count in (("sex", 2), ("age", 4))}
    slices = {column: table.Labels(values, ("a", "b", "c", "d")) for column, values in codes.items()}
    sample = Sample(
        [], replace(TRUTH, weights=WEIGHTS), CANDIDATE, CHAMPION, slices, unchanged=False, evaluation="", answers={},
        sketch="",
    )  # fmt: skip
    oracles: dict[str, tuple[Callable[..., float], Any, str]] = {
        "accuracy": (oracle.accuracy_score, CLASSES, "labels"),
        "recall": (by_group.true_positive_rate, POSITIVE, "positive"),
        "precision": (oracle.precision_score, POSITIVE, "positive"),
        "roc_auc": (oracle.roc_auc_score, POSITIVE, "probabilities"),
        "brier": (oracle.brier_score_loss, POSITIVE, "probabilities"),
        "mae": (oracle.mean_absolute_error, NUMBER, "numbers"),
        "rmse": (oracle.root_mean_squared_error, NUMBER, "numbers"),
    }

    def of_rows(name: str, side: Answers) -> Callable[[Any, Any], float]:
        function, truth, answer = oracles[name]
        return lambda rows, _: function(truth[rows], getattr(side, answer)[rows], sample_weight=WEIGHTS[rows])

    sides, divisions = {"candidate": CANDIDATE, "champion": CHAMPION}, (("sex",), ("sex", "age"))
    theirs: dict[tuple[str, str], float] = {}
    for columns in divisions:
        frame = by_group.MetricFrame(
            metrics={f"{name} {side}": of_rows(name, sides[side]) for name in oracles for side in sides},
            y_true=np.arange(ROWS), y_pred=np.arange(ROWS),
            sensitive_features={column: np.array(list("abcd"))[codes[column]] for column in columns},
        )  # fmt: skip
        for words, values in frame.by_group.iterrows():
            names = ", ".join(f"{column}={word}" for column, word in zip(columns, words, strict=True))
            theirs |= {(name, names): value for name, value in values.items()}
    compared = comparison.compare_all(sample, ask(*(f"{name}:margin=1" for name in oracles), slices=divisions))
    ours = {
        (f"{one.rule.name} {side}", one.slice): getattr(one, side) for one in compared if one.slice for side in sides
    }
    assert len(ours) == len(oracles) * len(sides) * (2 + 8)
    assert ours == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("name", [*ORACLES, "ndcg", "map"])
def test_only_means_of_rows_or_of_queries_may_be_proportions(name: str) -> None:
    truth = replace(TRUTH, groups=CLASSES)
    means = {"accuracy", "recall", "log_loss", "brier", "mae", "pinball", "score", "ndcg", "map"}
    assert METRICS[name].compute(truth, CANDIDATE, **OPTIONS.get(name, {})).mean is (name in means)


@pytest.mark.parametrize("name", ORACLES)
def test_only_the_ratio_of_weights_counts(name: str) -> None:
    compute, options = METRICS[name].compute, OPTIONS.get(name, {})
    plain, other = (
        compute(replace(TRUTH, weights=weights), CANDIDATE, **options) for weights in (WEIGHTS, WEIGHTS / 1e6)
    )
    assert other.value == pytest.approx(plain.value)
    assert other.influence == pytest.approx(plain.influence)


@pytest.mark.parametrize("name", ORACLES)
def test_rows_without_weight_change_nothing(name: str) -> None:
    compute, options = METRICS[name].compute, OPTIONS.get(name, {})
    assert CANDIDATE.probabilities is not None
    keep = (CANDIDATE.probabilities > 0.1) & (CANDIDATE.probabilities < 0.9)  # without the first and the last ones
    whole = compute(replace(TRUTH, weights=WEIGHTS * keep), CANDIDATE, **options)
    part = compute(replace(TRUTH, weights=WEIGHTS).take(keep), CANDIDATE.take(keep), **options)
    assert whole.value == pytest.approx(part.value)
    assert whole.influence[keep] == pytest.approx(part.influence)
    assert np.isfinite(whole.influence).all()


def test_recall_counts_the_positive_rows_alone() -> None:
    for positive in (POSITIVE, np.zeros(ROWS, bool)):
        truth = replace(TRUTH, positive=positive)
        assert METRICS["recall"].compute(truth, CANDIDATE).counts.tolist() == positive.tolist()


def test_every_metric_has_an_oracle() -> None:
    assert set(METRICS) - set(ORACLES) == {"calibration_error", "ndcg", "map"}


@pytest.mark.parametrize("name", ORACLES)
def test_influence_is_what_one_more_copy_of_a_row_changes(name: str) -> None:
    """The derivative of the value by the weight of a row, times the sum of the weights."""
    compute, options, step = METRICS[name].compute, OPTIONS.get(name, {}), 1e-5
    estimate: Estimate = compute(replace(TRUTH, weights=WEIGHTS), CANDIDATE, **options)
    for row in range(0, ROWS, 23):
        more, less = WEIGHTS.copy(), WEIGHTS.copy()
        more[row] += step
        less[row] -= step
        change = compute(replace(TRUTH, weights=more), CANDIDATE, **options).value
        change -= compute(replace(TRUTH, weights=less), CANDIDATE, **options).value
        assert estimate.influence[row] == pytest.approx(change / (2 * step) * WEIGHTS.sum(), abs=1e-4)


def delong(positive: Any, first: Any, second: Any) -> float:
    """Return DeLong's variance of the difference of two areas, from all pairs of rows."""
    pairs = [
        (side[positive][:, None] > side[~positive]) + 0.5 * (side[positive][:, None] == side[~positive])
        for side in (first, second)
    ]
    up, down = ([pair.mean(axis=axis) for pair in pairs] for axis in (1, 0))
    apart = np.array([1.0, -1.0])
    return float(apart @ (np.cov(up) / len(up[0]) + np.cov(down) / len(down[0])) @ apart)


def test_the_deviation_of_areas_is_delongs() -> None:
    compute = METRICS["roc_auc"].compute
    bounds = comparison.gain(compute(TRUTH, CANDIDATE), compute(TRUTH, CHAMPION), 1)
    assert isinstance(bounds, Student)
    assert bounds.deviation**2 == pytest.approx(
        delong(POSITIVE, CANDIDATE.probabilities, CHAMPION.probabilities), rel=0.01
    )


@pytest.mark.parametrize("grouped", [False, True], ids=["rows", "groups"])
@pytest.mark.parametrize("name", ORACLES)
def test_the_deviation_is_that_of_a_bootstrap(name: str, grouped: bool) -> None:
    groups = np.arange(ROWS, dtype=np.int32) // 5 if grouped else np.arange(ROWS, dtype=np.int32)
    compute, options = METRICS[name].compute, OPTIONS.get(name, {})
    truth = replace(TRUTH, weights=np.ones(ROWS), groups=groups)
    bounds = comparison.gain(compute(truth, CANDIDATE, **options), compute(truth, CHAMPION, **options), 1)
    random, values = np.random.default_rng(3), []
    for _ in range(400):
        times = np.bincount(random.integers(0, groups.max() + 1, groups.max() + 1), minlength=groups.max() + 1)
        drawn = replace(truth, weights=times[groups].astype(float))
        values.append(compute(drawn, CANDIDATE, **options).value - compute(drawn, CHAMPION, **options).value)
    assert bounds.deviation == pytest.approx(float(np.std(values, ddof=1)), rel=0.15)


@pytest.mark.parametrize(
    ("changes", "difference", "value"),
    [
        ({}, Paired, Proportion), ({"weights": WEIGHTS}, Student, Student),
        ({"groups": np.arange(ROWS, dtype=np.int32) // 5}, Student, Student),
    ],
)  # fmt: skip
def test_only_single_rows_of_equal_weight_are_proportions(changes: Any, difference: type, value: type) -> None:
    truth, compute = replace(TRUTH, **changes), METRICS["accuracy"].compute
    ours = compute(truth, CANDIDATE)
    assert isinstance(comparison.gain(ours, compute(truth, CHAMPION), 1), difference)
    assert isinstance(comparison.of_value(ours, 1), value)


@pytest.mark.parametrize(("name", "disagreeing"), [("accuracy", 3), ("f1", 3), ("balanced_accuracy", 7)])
def test_groups_that_agree_give_no_degrees_of_freedom(name: str, disagreeing: int) -> None:
    truth = replace(TRUTH, groups=np.arange(ROWS, dtype=np.int32) // 10)
    assert CANDIDATE.labels is not None
    assert CANDIDATE.positive is not None
    differs = np.isin(np.arange(ROWS), 10 * np.arange(disagreeing))
    labels = np.where(differs, (CANDIDATE.labels + 1) % 3, CANDIDATE.labels).astype(np.int32)
    other = replace(CANDIDATE, labels=labels, positive=CANDIDATE.positive ^ differs)
    compute = METRICS[name].compute
    bounds = comparison.gain(compute(truth, CANDIDATE), compute(truth, other), 1)
    assert isinstance(bounds, Student)
    assert bounds.freedom == disagreeing - 1


def test_repeated_answers_are_no_proportion() -> None:
    truth, compute = TRUTH, METRICS["accuracy"].compute
    ours, theirs = compute(truth, CANDIDATE), compute(truth, CHAMPION)
    assert isinstance(comparison.gain(ours, theirs, 1, one_each=False), Student)
    assert isinstance(comparison.of_value(ours, 1, one_each=False), Student)


@pytest.mark.parametrize("weighted", [False, True], ids=["equal", "weighted"])
def test_groups_have_the_robust_errors_of_a_regression(weighted: bool) -> None:
    groups = RANDOM.integers(0, 37, ROWS).astype(np.int32)
    truth = replace(TRUTH, groups=groups, weights=WEIGHTS if weighted else None)
    compute = METRICS["mae"].compute
    bounds = comparison.gain(compute(truth, CANDIDATE), compute(truth, CHAMPION), -1)
    gains = np.abs(np.asarray(CHAMPION.numbers) - NUMBER) - np.abs(np.asarray(CANDIDATE.numbers) - NUMBER)
    fitted = WLS(gains, np.ones(ROWS), weights=truth.weight).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
    )
    assert isinstance(bounds, Student)
    assert (bounds.estimate, bounds.deviation) == pytest.approx((fitted.params[0], fitted.bse[0]))
    assert bounds.freedom == len(np.unique(groups)) - 1
    assert (bounds.lower(0.04), bounds.upper(0.04)) == pytest.approx(fitted.conf_int(0.08)[0])


def test_trials_are_a_paired_t_test_of_the_means_of_rows() -> None:
    trials = RANDOM.integers(1, 4, ROWS)
    row = np.repeat(np.arange(ROWS), trials)
    sides = [
        Answers(scores=RANDOM.normal(size=len(row)), row=row, trial=np.arange(len(row), dtype=np.int32)) for _ in "ab"
    ]
    compute = METRICS["score"].compute
    bounds = comparison.gain(compute(TRUTH, sides[0]), compute(TRUTH, sides[1]), 1, one_each=False)
    means = [np.bincount(row, side.scores) / trials for side in sides]
    expected = stats.ttest_rel(*means, alternative="less")
    assert bounds.p_below(0) == pytest.approx(expected.pvalue)


class TestQueries:
    QUERY = np.repeat(np.arange(30, dtype=np.int32), 10)
    RELEVANCE = np.random.default_rng(5).integers(0, 4, 300).astype(float)
    SCORE = np.random.default_rng(6).integers(0, 6, 300).astype(float)

    def truth(self, relevance: Any = None) -> Truth:
        return Truth(300, numbers=self.RELEVANCE if relevance is None else relevance, groups=self.QUERY)

    @pytest.mark.parametrize("depth", [None, 3])
    def test_ndcg_is_that_of_scikit_learn(self, depth: int | None) -> None:
        estimate = METRICS["ndcg"].compute(self.truth(), Answers(numbers=self.SCORE), depth=depth)
        expected = oracle.ndcg_score(self.RELEVANCE.reshape(30, 10), self.SCORE.reshape(30, 10), k=depth)
        assert estimate.value == pytest.approx(expected)

    def test_map_is_the_mean_of_average_precisions(self) -> None:
        relevant = (self.RELEVANCE > 2).reshape(30, 10)
        relevant[0] = False
        estimate = METRICS["map"].compute(self.truth(relevant.ravel().astype(float)), Answers(numbers=self.SCORE))
        values = [
            oracle.average_precision_score(row, score)
            for row, score in zip(relevant, self.SCORE.reshape(30, 10), strict=True)
            if row.any()
        ]
        assert estimate.value == pytest.approx(float(np.mean(values)))
        assert estimate.truth.rows == len(values) < 30

    def test_rows_may_stand_in_any_order(self) -> None:
        order = np.random.default_rng(8).permutation(300)
        mixed = Truth(300, numbers=self.RELEVANCE[order], groups=self.QUERY[order])
        for name in ("ndcg", "map"):
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # a warning of numpy would stand beside the report
                plain = METRICS[name].compute(self.truth(), Answers(numbers=self.SCORE)).value
            assert METRICS[name].compute(mixed, Answers(numbers=self.SCORE[order])).value == pytest.approx(plain)

    @pytest.mark.parametrize("name", ["ndcg", "map"])
    def test_the_deviation_is_that_of_a_bootstrap_of_queries(self, name: str) -> None:
        compute, random = METRICS[name].compute, np.random.default_rng(11)
        relevance = np.where(self.RELEVANCE > 1, self.RELEVANCE, 0)
        truth = self.truth(relevance)
        sides = [Answers(numbers=relevance + random.normal(0, noise, 300)) for noise in (2, 3)]
        bounds = comparison.gain(compute(truth, sides[0]), compute(truth, sides[1]), 1)
        values = []
        for _ in range(400):
            rows = (10 * random.integers(0, 30, 30)[:, None] + np.arange(10)).ravel()  # of 30 drawn queries
            drawn = self.truth(relevance[rows])
            ours, theirs = (compute(drawn, Answers(numbers=np.asarray(side.numbers)[rows])).value for side in sides)
            values.append(ours - theirs)
        assert bounds.deviation == pytest.approx(float(np.std(values, ddof=1)), rel=0.15)

    def test_no_relevant_row_is_no_value(self) -> None:
        estimate = METRICS["map"].compute(self.truth(np.zeros(300)), Answers(numbers=self.SCORE))
        assert np.isnan(estimate.value)

    @pytest.mark.parametrize("name", ["ndcg", "map"])
    def test_a_few_queries_that_differ_are_a_few_groups(self, name: str) -> None:
        """In a query of two rows, one of them relevant, a wrong order is all that can go wrong."""
        relevance, compute = np.tile([1.0, 0.0], 30), METRICS[name].compute
        truth = Truth(60, numbers=relevance, groups=np.repeat(np.arange(30, dtype=np.int32), 2))
        none = np.where(np.arange(60) < 4, 0, relevance)
        ours, theirs = (compute(replace(truth, numbers=none), Answers(numbers=side)) for side in (relevance, none))
        assert ours.truth.groups is not None
        assert isinstance(comparison.gain(ours, theirs, 1), FewGroups)


def test_calibration_error_is_the_mean_gap_of_ten_bins() -> None:
    probabilities = np.repeat([0.05, 0.25, 0.85, 1.0], [50, 50, 20, 100])
    positive = np.concatenate([np.zeros(50), np.ones(25), np.zeros(25), np.ones(20), np.ones(90), np.zeros(10)])
    truth = Truth(220, positive=positive.astype(bool))
    estimate = METRICS["calibration_error"].compute(truth, Answers(probabilities=probabilities))
    assert estimate.value == pytest.approx((50 * 0.05 + 50 * 0.25 + 20 * 0.15 + 100 * 0.1) / 220)


def test_trials_are_averaged_row_by_row() -> None:
    truth = Truth(2, numbers=np.array([0.0, 0.0]))
    side = Answers(numbers=np.array([1.0, 3.0, 5.0]), row=np.array([0, 0, 1]), trial=np.array([0, 1, 0], np.int32))
    assert METRICS["mae"].compute(truth, side).value == 3.5


@pytest.mark.parametrize(
    ("name", "truth", "side"),
    [
        ("recall", Truth(3, positive=np.zeros(3, bool)), Answers(positive=np.ones(3, bool))),
        (
            "balanced_accuracy",
            Truth(3, labels=np.array([0, 0, 1], np.int32), weights=np.array([1.0, 1.0, 0.0])),
            Answers(labels=np.array([0, 1, 1], np.int32)),
        ),
        ("precision", Truth(3, positive=np.ones(3, bool)), Answers(positive=np.zeros(3, bool))),
        ("roc_auc", Truth(3, positive=np.ones(3, bool)), Answers(probabilities=np.arange(3) / 3)),
        ("average_precision", Truth(3, positive=np.zeros(3, bool)), Answers(probabilities=np.arange(3) / 3)),
        ("r2", Truth(3, numbers=np.ones(3)), Answers(numbers=np.arange(3.0))),
    ],
)
def test_a_value_that_the_rows_do_not_define_is_none(name: str, truth: Truth, side: Answers) -> None:
    estimate = METRICS[name].compute(truth, side)
    assert np.isnan(estimate.value)
    assert estimate.influence.tolist() == [0, 0, 0]
    assert estimate.truth is truth


def test_a_slice_of_trials_keeps_each_answer_with_its_row_and_its_trial() -> None:
    side = Answers(scores=np.arange(5.0), row=np.array([2, 0, 1, 0, 2]), trial=np.array([0, 0, 0, 1, 1], np.int32))
    part = side.take(np.array([True, False, True]))
    assert part.scores is not None
    assert part.row is not None
    assert part.trial is not None
    assert (part.scores.tolist(), part.row.tolist(), part.trial.tolist()) == ([0, 1, 3, 4], [1, 0, 0, 1], [0, 0, 1, 1])


def test_a_perfect_model_has_an_error_of_nothing() -> None:
    truth = Truth(3, numbers=np.arange(3.0))
    assert METRICS["rmse"].compute(truth, Answers(numbers=np.arange(3.0))).value == 0
