"""The checks of method: each is seen failing or warning, passing, and where its data is absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cicd.errors import UsageError
from cicd.gate import checks, report
from cicd.gate.examination import Status
from cicd.gate.outcomes import Verdict
from tests.unit.support.predictions import ask, judge, judge_pair, labels, write

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.gate.report import Report

ACCURACY = ask("accuracy:margin=0.05")
ROWS = 400


def pair(**changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two models that differ on a few rows; `changes` go to the candidate."""
    candidate, champion = labels(ROWS, lost=4, won=4, both_wrong=40)
    return {**candidate, **changes}, champion


def status(report: Report, code: str) -> tuple[Status, str]:
    finding = next(finding for finding in report.findings if finding.check.code == code)
    return finding.status, finding.detail


def test_every_check_is_reported_in_order(tmp_path: Path) -> None:
    report = judge_pair(tmp_path, pair(), ACCURACY)
    assert [finding.check.code for finding in report.findings] == list(checks.CHECKS)
    assert {code for code in checks.CHECKS if status(report, code)[0] == Status.NOT_CHECKED} == {
        "G001", "G002", "G007", "G008", "G010", "G011", "G012",
    }  # fmt: skip


def test_worthless_comparisons_and_budgets_fail_and_the_rest_warns() -> None:
    failing = {code for code in checks.CHECKS if checks.explain(code).fails}
    assert failing == {"G001", "G002", "G003", "G004", "G005", "G011", "G012"}


class TestTraining:
    def judged(self, folder: Path, training: dict[str, Any], times: Any = None) -> Report:
        candidate, champion = pair() if times is None else pair(time=times)
        return judge(folder, candidate, champion, ACCURACY, training)

    def test_shared_rows_fail(self, tmp_path: Path) -> None:
        report = self.judged(tmp_path, {"id": [7, 8, 5000]})
        assert status(report, "G001") == (Status.FAILED, "2 of 400 rows, such as 7, 8")
        assert report.verdict == Verdict.FAILED

    def test_other_rows_pass(self, tmp_path: Path) -> None:
        assert status(self.judged(tmp_path, {"id": [5000]}), "G001")[0] == Status.PASSED

    @pytest.mark.parametrize(
        ("trained", "expected"),
        [
            (["2024-01-01", "2024-01-02"], Status.PASSED),
            (["2024-01-01", "2024-03-02"], Status.FAILED),
            (["2024-01-31T23:59:59", "2024-02-01"], Status.PASSED),
            (["2024-02-01T00:00:01", "2024-01-01"], Status.FAILED),
        ],
    )
    def test_later_training_rows_fail(self, tmp_path: Path, trained: list[str], expected: Status) -> None:
        training = {"id": ["x", "y"], "time": trained}
        times = ["2024-02-01"] * (ROWS - 1) + ["2024-02-02"]
        assert status(self.judged(tmp_path, training, times), "G002")[0] == expected

    def test_times_may_be_numbers(self, tmp_path: Path) -> None:
        report = self.judged(tmp_path, {"id": ["x"], "time": [2015.5]}, [2015] * ROWS)
        assert status(report, "G002") == (Status.FAILED, "training ends at 2015.5, and evaluation begins at 2015")

    def test_times_may_be_milliseconds_since_1970(self, tmp_path: Path) -> None:
        report = self.judged(tmp_path, {"id": ["x"], "time": [1800000000000]}, [1700000000000] * ROWS)
        detail = "training ends at 1800000000000, and evaluation begins at 1700000000000"
        assert status(report, "G002") == (Status.FAILED, detail)

    def test_times_may_also_be_slices(self, tmp_path: Path) -> None:
        sides = [{**side, "time": [2015] * ROWS} for side in labels(ROWS, lost=2, won=2, both_wrong=5)]
        asked = ask("accuracy:margin=0.05", slices=(("time",),))
        report = judge(tmp_path, sides[0], sides[1], asked, {"id": ["x"], "time": [2014]})
        assert [mark.comparison.slice for mark in report.marks] == ["", "time=2015"]
        assert status(report, "G002")[0] == Status.PASSED

    def test_without_times_it_is_not_checked(self, tmp_path: Path) -> None:
        assert status(self.judged(tmp_path, {"id": ["x"]}, [1] * ROWS), "G002")[0] == Status.NOT_CHECKED
        assert status(self.judged(tmp_path, {"id": ["x"], "time": [1]}), "G002")[0] == Status.NOT_CHECKED

    def test_a_time_that_is_none_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="row 2, column 'time': 'yesterday' is neither"):
            self.judged(tmp_path, {"id": ["x"], "time": ["yesterday"]}, [1] * ROWS)


@pytest.mark.parametrize(("rows", "expected"), [(ROWS, Status.FAILED), (ROWS - 1, Status.PASSED)])
def test_constant_predictions_fail(tmp_path: Path, rows: int, expected: Status) -> None:
    report = judge_pair(tmp_path, pair(prediction=[1] * rows + [0] * (ROWS - rows)), ACCURACY)
    assert status(report, "G003")[0] == expected


def test_constant_probabilities_fail(tmp_path: Path) -> None:
    candidate, champion = ({**side, "probability": 0.2 + 0.5 * side["prediction"]} for side in pair())
    report = judge(tmp_path, {**candidate, "probability": [0.5] * ROWS}, champion, ask("brier:margin=0.9"))
    assert status(report, "G003")[0] == Status.FAILED


def test_scores_have_no_constant(tmp_path: Path) -> None:
    sides = ({"score": np.arange(ROWS) % number} for number in (3, 4))
    report = judge_pair(tmp_path, sides, ask("score:margin=9,direction=higher"))
    assert status(report, "G003")[0] == Status.NOT_CHECKED


def test_labels_of_another_coding_fail(tmp_path: Path) -> None:
    candidate, champion = pair()
    foreign = {**candidate, "prediction": [2, *candidate["prediction"][1:]]}
    assert status(judge(tmp_path, foreign, champion, ACCURACY), "G004") == (Status.FAILED, "1 labels, such as 2")
    assert status(judge(tmp_path, foreign, foreign, ACCURACY), "G004")[0] == Status.PASSED


@pytest.mark.parametrize(
    "metric", ["accuracy", "balanced_accuracy", "f1", "roc_auc", "log_loss", "brier", "mae", "rmse", "r2"]
)
def test_a_model_that_is_shown_worse_than_the_naive_one_fails(tmp_path: Path, metric: str) -> None:
    target = np.arange(ROWS) % 2
    random = np.random.default_rng(1)
    wrong = np.where(random.random(ROWS) < 0.9, 1 - target, target)
    side = {"target": target, "prediction": wrong}
    probable = {"probability": 0.05 + 0.9 * wrong}
    other = {**side, "prediction": np.where(random.random(ROWS) < 0.9, 1 - target, target)}
    report = judge(tmp_path, {**side, **probable}, {**other, **probable}, ask(f"{metric}:margin=9"))
    assert status(report, "G005")[0] == Status.FAILED
    assert report.verdict == Verdict.FAILED


def test_the_naive_model_answers_with_the_most_frequent_label(tmp_path: Path) -> None:
    target = np.r_[np.ones(700, int), np.zeros(300, int)]
    wrong = np.random.default_rng(1).permutation(1000) < 400
    side = {"target": target, "prediction": np.where(wrong, 1 - target, target)}
    found, detail = status(judge(tmp_path, side, None, ask("accuracy", champion=False)), "G005")
    assert (found, detail) == (Status.FAILED, "accuracy is 0.6, that of the naive model 0.7")


def test_pinball_is_compared_with_the_quantile(tmp_path: Path) -> None:
    target = np.random.default_rng(1).exponential(1, ROWS)
    good = float(np.quantile(target, 0.9))
    shifted = good + 2 + 0.001 * np.arange(ROWS)
    asked = ask("pinball:margin=9,quantile=0.9")
    for prediction, expected in ((shifted, Status.FAILED), (good + 1e-6 * np.arange(ROWS), Status.PASSED)):
        side = {"target": target, "prediction": prediction}
        other = {"target": target, "prediction": prediction + 0.5}
        assert status(judge(tmp_path, side, other, asked), "G005")[0] == expected


def test_the_naive_model_is_not_judged_on_a_few_rows(tmp_path: Path) -> None:
    target = np.arange(10) % 2
    side = {"target": target, "prediction": 1 - target}
    assert status(judge(tmp_path, side, None, ask("accuracy", champion=False)), "G005")[0] == Status.NOT_CHECKED


@pytest.mark.parametrize(("wrong", "expected"), [(0, Status.WARNING), (1, Status.PASSED)])
@pytest.mark.parametrize("metric", ["accuracy", "mae"])
def test_a_perfect_score_is_a_warning(tmp_path: Path, wrong: int, expected: Status, metric: str) -> None:
    candidate, champion = labels(ROWS, lost=wrong, won=9)
    report = judge(tmp_path, candidate, champion, ask(f"{metric}:margin=0.1"))
    assert status(report, "G006")[0] == expected
    assert report.verdict != Verdict.FAILED


def test_thin_slices_are_a_warning(tmp_path: Path) -> None:
    region = np.where(np.arange(ROWS) < 30, "small", "large")
    sides = ({**side, "region": region} for side in pair())
    report = judge_pair(tmp_path, sides, ask("accuracy:margin=0.05", slices=(("region",),)))
    assert status(report, "G007") == (Status.WARNING, "1 slices, such as region=small")


@pytest.mark.parametrize(("shift", "expected"), [(0.05, Status.WARNING), (0.0, Status.PASSED)])
def test_worse_calibration_is_a_warning(tmp_path: Path, shift: float, expected: Status) -> None:
    target = np.arange(ROWS) % 2
    sides = [
        {"target": target, "probability": np.r_[0.51 - value, np.full(ROWS - 1, 0.5 - value)]} for value in (shift, 0)
    ]
    assert status(judge_pair(tmp_path, sides, ask("brier:margin=0.5")), "G008")[0] == expected


@pytest.mark.parametrize(("changed", "expected"), [(41, Status.WARNING), (40, Status.PASSED)])
def test_many_changed_labels_are_a_warning_with_examples(tmp_path: Path, changed: int, expected: Status) -> None:
    candidate, champion = labels(ROWS, lost=changed - 20, won=20)
    found, detail = status(judge(tmp_path, candidate, champion, ACCURACY), "G009")
    assert found == expected
    if expected == Status.WARNING:
        assert detail.startswith("10.2% of the rows (0: 0 -> 1, 1: 1 -> 0, ")


@pytest.mark.parametrize(("spread", "expected"), [(0.5, Status.WARNING), (0.001, Status.PASSED)])
def test_trials_that_vary_more_than_the_gain_are_a_warning(tmp_path: Path, spread: float, expected: Status) -> None:
    rows, trials = np.repeat(np.arange(100), 2), np.tile([0, 1], 100)
    noise = np.random.default_rng(1).random(200)
    sides = [{"id": rows, "trial": trials, "score": noise + spread * trials + gain} for gain in (0.1, 0.0)]
    report = judge_pair(tmp_path, sides, ask("score:margin=1,direction=higher"))
    assert status(report, "G010")[0] == expected


class TestSwitchedOff:
    def test_a_check_that_is_switched_off_fails_nothing_and_says_why(self, tmp_path: Path) -> None:
        asked = ask("accuracy:margin=0.9", exempt={"G003": "the service answers alike on purpose", "G005": "known"})
        report = judge_pair(tmp_path, pair(prediction=[1] * ROWS), asked)
        assert status(report, "G003") == (Status.SWITCHED_OFF, "the service answers alike on purpose")
        assert report.verdict != Verdict.FAILED

    def test_a_floor_can_not_be_switched_off(self, tmp_path: Path) -> None:
        asked = ask("accuracy:margin=0.9,floor=0.99", exempt=dict.fromkeys(checks.CHECKS, "all"))
        assert judge_pair(tmp_path, pair(), asked).verdict == Verdict.FAILED


@pytest.mark.parametrize("code", list(checks.CHECKS))
def test_every_check_is_explained(code: str) -> None:
    check = checks.explain(code.lower())
    assert check.code == code
    assert check.explanation.endswith(".")
    assert check.remedy.endswith(".")


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(UsageError, match="No check has the code 'G999'"):
        checks.explain("G999")


class TestBudgets:
    def status(self, tmp_path: Path, code: str, seconds: Any = None, size: int | None = None, **rules: Any) -> Any:
        columns = {} if seconds is None else {"latency": seconds}
        sides = [
            write(tmp_path / "a", {**labels(200, lost=3, won=5, both_wrong=9)[0], **columns}),
            write(tmp_path / "b", labels(200, lost=3, won=5, both_wrong=9)[1]),
        ]
        judged = report.judge(sides[0], sides[1], ask("accuracy:margin=0.1", **rules), image_bytes=size)
        (finding,) = [finding for finding in judged.findings if finding.check.code == code]
        return finding.status, finding.detail, judged.verdict

    @pytest.mark.parametrize(("slow", "status"), [(9, "passed"), (12, "failed")])
    def test_95_of_100_rows_must_be_answered_in_time(self, tmp_path: Path, slow: int, status: str) -> None:
        seconds = np.where(np.arange(200) < slow, 1.0, 0.1)
        shown, detail, verdict = self.status(tmp_path, "G011", seconds, latency=0.5)
        assert shown == status
        assert verdict == ("failed" if status == "failed" else "non-inferior")
        assert detail == ("95 of 100 rows take up to 1 s, and may take 0.5 s" if status == "failed" else "")

    def test_a_latency_at_the_limit_is_in_time(self, tmp_path: Path) -> None:
        assert self.status(tmp_path, "G011", np.full(200, 0.5), latency=0.5)[0] == "passed"

    def test_without_limit_or_seconds_nothing_is_checked(self, tmp_path: Path) -> None:
        assert self.status(tmp_path, "G011", np.ones(200))[0] == "not checked"
        assert self.status(tmp_path, "G011", latency=0.5)[0] == "not checked"
        assert self.status(tmp_path, "G012", size=100)[0] == "not checked"
        assert self.status(tmp_path, "G012", image_bytes=100)[0] == "not checked"

    def test_a_negative_latency_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="a, row 3, column 'latency' is negative"):
            self.status(tmp_path, "G011", [0.1, -1.0] + [0.1] * 198, latency=0.5)

    @pytest.mark.parametrize(("size", "status"), [(2**31, "passed"), (2**31 + 1, "failed")])
    def test_an_image_may_be_as_large_as_its_limit(self, tmp_path: Path, size: int, status: str) -> None:
        shown, detail, verdict = self.status(tmp_path, "G012", size=size, image_bytes=2**31)
        assert (shown, verdict) == (status, "failed" if status == "failed" else "non-inferior")
        assert detail == ("2,048 MiB, and may have 2,048 MiB" if status == "failed" else "")
