"""The checks of method at their limits, and where the data of a check is absent: they neither warn nor fail then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cicd.gate import report as reports
from cicd.gate import rules
from cicd.gate.examination import Status
from cicd.gate.groups import Measured
from tests.unit.support.predictions import ask, judge, judge_pair, labels, write

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.gate.report import Report

ROWS = 400


def found(report: Report, code: str) -> tuple[Status, str]:
    finding = next(finding for finding in report.findings if finding.check.code == code)
    return finding.status, finding.detail


@pytest.mark.parametrize(("rows", "expected"), [(1, Status.PASSED), (2, Status.FAILED)])
def test_one_row_is_not_constant(tmp_path: Path, rows: int, expected: Status) -> None:
    side, other = ({"target": [1] * rows, "prediction": [label] * rows} for label in (1, 0))
    assert found(judge(tmp_path, side, other, ask("accuracy:margin=0.5")), "G003")[0] == expected


@pytest.mark.parametrize(
    ("trained", "evaluated", "expected"),
    [((9, 10), [9.5], Status.FAILED), ((8,), [9, 10], Status.PASSED), ((9.5,), [10, 9], Status.FAILED)],
)
def test_times_are_compared_as_numbers(
    tmp_path: Path, trained: tuple[float, ...], evaluated: list[float], expected: Status
) -> None:
    candidate, champion = labels(ROWS, lost=4, won=4, both_wrong=40)
    side = {**candidate, "time": [*evaluated, *[11] * (ROWS - len(evaluated))]}
    training = {"id": [f"x{time}" for time in trained], "time": trained}
    assert found(judge(tmp_path, side, champion, ask("accuracy:margin=0.05"), training), "G002")[0] == expected


@pytest.mark.parametrize(("shift", "expected"), [(0.02, Status.PASSED), (0.021, Status.WARNING)])
def test_calibration_may_be_worse_by_the_limit(tmp_path: Path, shift: float, expected: Status) -> None:
    sides = [{"target": np.r_[1, np.zeros(ROWS, int)], "probability": np.r_[1, np.full(ROWS, p)]} for p in (shift, 0)]
    report = judge_pair(tmp_path, sides, ask("brier:margin=0.5"))
    worse = shift * ROWS / (ROWS + 1) > 0.02
    assert found(report, "G008")[0] == (Status.WARNING if worse else Status.PASSED) == expected


@pytest.mark.parametrize("metric", ["log_loss", "brier", "mae", "rmse", "pinball", "accuracy"])
def test_every_metric_knows_its_perfect_value(tmp_path: Path, metric: str) -> None:
    target = np.arange(ROWS) % 2
    sides = [
        {"target": target, "probability": np.abs(target - shift), "prediction": np.where(target == 1, 1, wrong)}
        for shift, wrong in ((0.0, 0), (0.1, 1))
    ]
    for side, expected in ((sides[0], Status.WARNING), (sides[1], Status.PASSED)):
        option = ",quantile=0.5" if metric == "pinball" else ""
        report = judge(tmp_path, side, sides[1], ask(f"{metric}:margin=9{option}"))
        assert found(report, "G006")[0] == expected


class TestTrials:
    """Several answers to each row."""

    def sides(self, spread: float, gain: float, **more: Any) -> list[dict[str, Any]]:
        """Return scores of two trials, whose means differ by `spread`; the candidate's are better by `gain`."""
        rows, trials = np.repeat(np.arange(100), 2), np.tile([0, 1], 100)
        noise = np.repeat(np.random.default_rng(1).random(100), 2)
        return [{"id": rows, "trial": trials, "score": noise + spread * trials + won, **more} for won in (gain, 0.0)]

    def test_deviation_is_that_of_a_sample(self, tmp_path: Path) -> None:
        asked = ask("score:margin=9,direction=higher")
        report = judge_pair(tmp_path, self.sides(1.0, 0.6), asked)
        assert found(report, "G010") == (Status.WARNING, "score varies by 0.707 between 2 trials")
        assert found(judge_pair(tmp_path, self.sides(1.0, 0.8), asked), "G010")[0] == Status.PASSED

    def test_models_that_do_not_vary_and_do_not_differ_are_not_noisy(self, tmp_path: Path) -> None:
        rows, trials = np.repeat(np.arange(100), 2), np.tile([0, 1], 100)
        sides = [{"id": rows, "trial": trials, "score": (rows + shift) % 2} for shift in (0, 1)]
        report = judge_pair(tmp_path, sides, ask("score:margin=9,direction=higher"))
        assert found(report, "G010")[0] == Status.PASSED

    def test_slices_and_values_without_verdict_are_left_out(self, tmp_path: Path) -> None:
        region = np.repeat(np.arange(100) % 2, 2)
        asked = ask("score:margin=9,direction=higher", slices=(("region",),))
        report = judge_pair(tmp_path, self.sides(1.0, 0.6, region=region), asked)
        assert found(report, "G010")[1] == "score varies by 0.707 between 2 trials"

    def test_metric_of_the_project_is_neither_noisy_nor_perfect(self, tmp_path: Path) -> None:
        """Its function ran outside: the kit knows its numbers of each group alone, and not which value is perfect."""
        ours, theirs = (write(tmp_path / f"{place}.csv", side) for place, side in enumerate(self.sides(1.0, 0.8)))
        own = {f"day {day}": 1.0 for day in range(30)}
        score = ask("score:margin=9,direction=higher")
        cost = rules.metric_rule("cost", {"direction": "higher", "margin": "9"}, {}, champion=True)
        asked = replace(score, metrics=(*score.metrics, cost))
        report = reports.judge(ours, theirs, asked, measured={"cost": Measured(own, own)})
        assert (found(report, "G006")[0], found(report, "G010")[0]) == (Status.PASSED, Status.PASSED)

    def test_first_model_has_no_gain_to_compare_with(self, tmp_path: Path) -> None:
        (side, _), asked = self.sides(1.0, 0.0), ask("score:direction=higher", champion=False)
        assert found(judge(tmp_path, side, None, asked), "G010")[0] == Status.NOT_CHECKED

    def test_row_with_several_answers_has_no_label_that_changed_and_no_calibration(self, tmp_path: Path) -> None:
        rows, trials, target = np.repeat(np.arange(200), 2), np.tile([0, 1], 200), np.repeat(np.arange(200) % 2, 2)
        sides = [
            {"id": rows, "trial": trials, "target": target, "prediction": np.where(rows < wrong, 1 - target, target),
             "probability": np.clip(target * 0.6 + 0.2 + 0.001 * wrong, 0, 1)}
            for wrong in (60, 0)
        ]  # fmt: skip
        report = judge_pair(tmp_path, sides, ask("accuracy:margin=0.9", "brier:margin=0.9"))
        assert (found(report, "G008")[0], found(report, "G009")[0]) == (Status.NOT_CHECKED, Status.NOT_CHECKED)


def test_first_model_has_no_calibration_to_compare_with(tmp_path: Path) -> None:
    target = np.arange(ROWS) % 2
    side = {"target": target, "probability": 0.1 + 0.7 * target + 0.0001 * np.arange(ROWS)}
    report = judge(tmp_path, side, None, ask("brier", champion=False))
    assert (found(report, "G008")[0], found(report, "G009")[0]) == (Status.NOT_CHECKED, Status.NOT_CHECKED)


def test_numbers_have_no_foreign_and_no_changed_labels(tmp_path: Path) -> None:
    target = np.arange(ROWS)
    sides = [{"target": target, "prediction": target + shift + 0.01 * (target % 7)} for shift in (1.0, 2.0)]
    report = judge_pair(tmp_path, sides, ask("mae:margin=9"))
    assert (found(report, "G004")[0], found(report, "G009")[0]) == (Status.NOT_CHECKED, Status.NOT_CHECKED)


def test_score_of_one_is_not_perfect(tmp_path: Path) -> None:
    sides = [{"score": np.tile([0.5, 1.5], ROWS // 2) + won} for won in (0.0, -0.25)]
    report = judge_pair(tmp_path, sides, ask("score:margin=9,direction=higher"))
    assert found(report, "G006")[0] == Status.PASSED


def test_value_without_verdict_is_never_perfect(tmp_path: Path) -> None:
    sides = [{"target": np.zeros(ROWS, int), "probability": np.r_[other, np.ones(ROWS - 1)]} for other in (1.0, 0.9)]
    report = judge_pair(tmp_path, sides, ask("brier:margin=9", "calibration_error"))
    assert found(report, "G006")[0] == Status.PASSED


def test_slice_without_a_wrong_answer_is_not_perfect(tmp_path: Path) -> None:
    sides = [{**side, "region": np.arange(ROWS) // 200} for side in labels(ROWS, lost=9, won=9)]
    report = judge_pair(tmp_path, sides, ask("accuracy:margin=0.9", slices=(("region",),)))
    assert found(report, "G006")[0] == Status.PASSED


def test_whole_set_is_no_thin_slice(tmp_path: Path) -> None:
    sides = [{**side, "region": ["a"] * 5 + ["b"] * 5} for side in labels(10, won=1)]
    report = judge_pair(tmp_path, sides, ask("accuracy:margin=0.9", slices=(("region",),)))
    assert found(report, "G007") == (Status.WARNING, "2 slices, such as region=a, region=b")


def test_answer_at_once_takes_no_negative_time(tmp_path: Path) -> None:
    candidate, champion = labels(ROWS, lost=4, won=4, both_wrong=40)
    report = judge(tmp_path, {**candidate, "latency": [0.0] * ROWS}, champion, ask("accuracy:margin=0.05", latency=0.5))
    assert found(report, "G011")[0] == Status.PASSED
    without = judge(tmp_path, {**candidate, "latency": [9.0] * ROWS}, champion, ask("accuracy:margin=0.05"))
    assert found(without, "G011")[0] == Status.NOT_CHECKED, "no budget is configured"


def test_names_in_findings_are_short(tmp_path: Path) -> None:
    sides = [{**side, "region": ["r" * 100] * 10} for side in labels(10, won=1)]
    report = judge_pair(tmp_path, sides, ask("accuracy:margin=0.9", slices=(("region",),)))
    assert found(report, "G007")[1] == f"1 slices, such as region={'r' * 33}..."
