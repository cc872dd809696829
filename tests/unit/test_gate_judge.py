"""The report on two files: names of columns, the order of what is shown, the look, and what it holds beside these."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cicd.gate import account, report, rules
from cicd.gate.account import Look
from cicd.gate.examination import Status
from cicd.gate.groups import Measured
from cicd.gate.outcomes import Shown, Verdict
from tests.unit.support.predictions import ask, judge, judge_pair, labels, shown, write

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 400


def test_names_of_columns_count_for_all_three_files(tmp_path: Path) -> None:
    names = {"id": "row", "target": "truth", "prediction": "guess", "time": "day"}
    sides = [
        {"row": range(ROWS), "truth": side["target"], "guess": side["prediction"], "day": [2015] * ROWS}
        for side in labels(ROWS, lost=4, won=4)
    ]
    training = {"row": ["x"], "day": [2016]}
    files = []
    for name, side in zip(("candidate", "champion", "training"), (*sides, training), strict=True):
        files.append(write(tmp_path / name, {"id": ["not the id"] * len(list(side["row"])), **side}))
    judged = report.judge(files[0], files[1], ask("accuracy:margin=0.5", columns=names), files[2])
    statuses = {finding.check.code: finding.status for finding in judged.findings}
    assert (statuses["G001"], statuses["G002"]) == (Status.PASSED, Status.FAILED)


def test_metrics_stand_as_they_are_asked_for_and_slices_after_the_whole_set(tmp_path: Path) -> None:
    region = np.arange(ROWS) % 4 // 2
    sides = [write(tmp_path / name, {**side, "region": region}) for name, side in zip("ab", labels(ROWS), strict=True)]
    cost = rules.metric_rule("cost", {"direction": "lower", "margin": "9"}, {}, champion=True)
    asked = ask("mae:margin=1", "accuracy:margin=0.5", slices=(("region",),))
    asked = replace(asked, metrics=(asked.metrics[0], cost, asked.metrics[1]))
    own = {str(day): 1.0 for day in range(30)}
    judged = report.judge(sides[0], sides[1], asked, measured={"cost": Measured(own, own)})
    assert [(name, part) for name, part, _ in shown(judged)] == [
        ("mae", ""), ("cost", ""), ("accuracy", ""),
        ("mae", "region=0"), ("accuracy", "region=0"), ("mae", "region=1"), ("accuracy", "region=1"),
    ]  # fmt: skip


@pytest.mark.parametrize(("rows", "verdict"), [(100, Verdict.INCONCLUSIVE), (4000, Verdict.NON_INFERIOR)])
def test_only_an_inconclusive_report_says_how_many_rows_would_decide(
    tmp_path: Path, rows: int, verdict: Verdict
) -> None:
    judged = judge_pair(tmp_path, labels(rows, lost=3, won=3, both_wrong=4), ask("accuracy:margin=0.03"))
    assert judged.verdict == verdict
    assert (judged.rows_needed is not None) is (verdict == Verdict.INCONCLUSIVE)


class TestLooks:
    """The looks that a ledger recorded."""

    def judged(self, folder: Path, looks: list[Look] | None, *, champion: bool, lost: int = 4) -> report.Report:
        sides: list[Any] = [
            write(folder / name, side) for name, side in zip("ab", labels(ROWS, lost=lost), strict=True)
        ]
        asked = ask("accuracy:margin=0.5", champion=champion)
        return report.judge(sides[0], sides[1] if champion else None, asked, looks=looks)

    def test_a_report_holds_the_account_of_the_looks_before_it(self, tmp_path: Path) -> None:
        looks = [Look("integration/1", self.judged(tmp_path, [], champion=True).record)]
        assert self.judged(tmp_path, looks, champion=True).history == account.account(looks)
        assert self.judged(tmp_path, [], champion=True).history == account.account([])
        assert self.judged(tmp_path, None, champion=True).history is None

    @pytest.mark.parametrize("champion", [True, False])
    def test_the_same_files_are_the_same_look(self, tmp_path: Path, champion: bool) -> None:
        looks = [Look("integration/1", self.judged(tmp_path, [], champion=champion).record)]
        assert self.judged(tmp_path, looks, champion=champion).allowance.look == 1
        assert self.judged(tmp_path, looks, champion=champion, lost=5).allowance.look == 2

    def test_equal_predictions_have_the_budget_of_a_first_look(self, tmp_path: Path) -> None:
        looks = [Look("integration/1", self.judged(tmp_path, [], champion=True).record)]
        judged = self.judged(tmp_path, looks, champion=True, lost=0)
        assert (judged.verdict, judged.allowance.look) == (Verdict.UNCHANGED, 1)


def test_curves_are_drawn_where_they_are_asked_for(tmp_path: Path) -> None:
    side: dict[str, Any] = {"target": [0, 1, 2, 3], "prediction": [1, 1, 2, 5], "group": ["q", "q", "r", "r"]}
    file = write(tmp_path / "a", side)
    for metric, residuals in (("mae", True), ("ndcg", False)):
        asked = ask(metric, champion=False)
        assert report.judge(file, None, asked).curves is None
        curves = report.judge(file, None, asked, drawn=True).curves
        assert curves is not None
        assert (curves.residuals is not None) is residuals


def test_a_report_at_another_look_is_judged_with_its_budget(tmp_path: Path) -> None:
    judged = judge(tmp_path, *labels(2000, lost=12, won=12, both_wrong=50), ask("accuracy:margin=0.007", look=1))
    assert judged.at(1) == judged
    assert judged.verdict == Verdict.NON_INFERIOR
    later = judged.at(50)
    assert (later.verdict, later.allowance.look) == (Verdict.INCONCLUSIVE, 50)
    assert later.rows_needed
    assert later.rows_needed > judged.rows
    assert [mark.shown for mark in later.marks] == [Shown.UNCLEAR]
