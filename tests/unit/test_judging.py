"""Where a report leads: a more cautious verdict for a reason, an earlier one for the same predictions, or a stop."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd.config import GateSettings, MetricSettings
from cicd.gate.outcomes import Verdict
from cicd.gate.report import Report
from cicd.ledger import Deployment, Entry, Judgement, Line, decode, deployment_from, encode
from cicd.road import judging
from cicd.road.model_rules import Governing
from tests.unit.support.judged import digest, judgement
from tests.unit.support.predictions import ask, judge_pair, labels

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = GateSettings((MetricSettings("accuracy", 0.01),), ("evaluate",), "data")
ASKED = Governing(SETTINGS, SETTINGS)
IMAGE = f"ghcr.io/acme/app@{digest('image')}"


def report(folder: Path, *metrics: str, **differing: int) -> Report:
    """Return a report on 4,000 rows."""
    return judge_pair(folder, labels(4000, **differing), ask(*(metrics or ("accuracy:margin=0.01",)), look=1))


def decided(made: Report, *reasons: str, asked: Governing = ASKED) -> Judgement:
    return judging.decided(asked, made, reasons, champion=IMAGE, image=IMAGE)


@pytest.mark.parametrize(
    ("differing", "verdict", "decision"),
    [
        ({"lost": 10, "won": 10}, "non-inferior", "pass"),
        ({"won": 200}, "superior", "pass"),
        ({}, "unchanged", "pass"),
        ({"lost": 200}, "regressed", "block"),
        ({"lost": 220, "won": 210}, "inconclusive", "ask"),
    ],
)
def test_a_verdict_leads_where_the_project_says(
    tmp_path: Path, differing: dict[str, int], verdict: str, decision: str
) -> None:
    made = decided(report(tmp_path, both_wrong=100, **differing))
    assert (made.verdict, made.decision, made.reason, made.champion) == (verdict, decision, "", IMAGE)
    assert made.record
    assert made.record.verdict == verdict
    assert [(line.name, line.slice) for line in made.metrics] == [("accuracy", "")]


@pytest.mark.parametrize(
    "differing",
    [{"lost": 60, "won": 60}, {"lost": 10, "won": 40}, {"lost": 35, "won": 10}, {"lost": 26}, {"lost": 10, "won": 10}],
)
def test_verdict_at_a_later_look_is_that_of_a_report_on_that_look(tmp_path: Path, differing: dict[str, int]) -> None:
    made = decided(report(tmp_path, both_wrong=100, **differing))
    for look in (2, 3, 8, 21):
        asked = ask("accuracy:margin=0.01", look=look)
        afresh = decided(judge_pair(tmp_path, labels(4000, both_wrong=100, **differing), asked))
        final = made.at(look)
        assert (final.verdict, final.decision, final.record) == (afresh.verdict, afresh.decision, afresh.record)
        assert final.rows_needed == afresh.rows_needed
    assert made.at(1) == replace(made, later=())


def test_rows_that_would_decide_are_those_of_the_look_that_counts(tmp_path: Path) -> None:
    made = decided(report(tmp_path, lost=220, won=210))
    assert made.rows_needed
    assert made.rows_needed > 4000
    second = made.at(2)
    assert second.rows_needed
    assert second.rows_needed > made.rows_needed, "it may spend less on passing"
    assert (second.verdict, second.reason) == ("inconclusive", "")
    assert made.at(22).rows_needed is None
    assert decided(report(tmp_path, both_wrong=100, won=200), "a reason").rows_needed is None


def test_a_number_of_rows_that_nobody_could_gather_is_none(tmp_path: Path) -> None:
    made = replace(report(tmp_path, lost=220, won=210), rows_needed=10**15 + 1)
    assert decided(made).rows_needed is None
    assert decided(replace(made, rows_needed=10**15)).rows_needed == 10**15


def test_what_the_last_look_that_was_worked_out_stops_stays_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = report(tmp_path, both_wrong=100, won=200)

    def at(self: Report, look: int) -> Report:
        return replace(self, verdict=Verdict.REGRESSED if look == 21 else Verdict.SUPERIOR)

    monkeypatch.setattr(Report, "at", at)
    assert [later.verdict for later in decided(first).later] == ["regressed"]


def test_equal_predictions_have_no_later_look(tmp_path: Path) -> None:
    assert decided(report(tmp_path, both_wrong=100)).later == ()


def test_a_check_that_is_switched_off_is_named(tmp_path: Path) -> None:
    candidate, champion = labels(400, lost=200)
    asked = ask("accuracy:margin=0.01", look=1, exempt={"G003": "one class is enough"})
    made = decided(judge_pair(tmp_path, ({**candidate, "prediction": [1] * 400}, champion), asked))
    assert "G003 switched off: constant predictions (one class is enough)" in made.checks


def test_what_nobody_worked_out_does_not_pass(tmp_path: Path) -> None:
    made = decided(report(tmp_path, both_wrong=100, won=200))
    assert [made.at(look).verdict for look in (1, 21, 22, 500)] == ["superior", *["superior", *["inconclusive"] * 2]]
    cautious = decided(report(tmp_path, both_wrong=100, won=200), "the commit changes [gate] metrics")
    assert (cautious.at(2).verdict, cautious.at(22).verdict) == ("inconclusive", "inconclusive")
    assert made.at(22).decision == "ask"


@pytest.mark.parametrize("policy", ["ask", "pass", "block"])
def test_inconclusive_does_what_the_project_says(tmp_path: Path, policy: Any) -> None:
    asked = replace(ASKED, settings=replace(SETTINGS, inconclusive=policy))
    made = decided(report(tmp_path, lost=220, won=210), asked=asked)
    assert (made.verdict, made.decision) == ("inconclusive", policy)
    stopped = judging.refusal(made)
    assert (stopped is not None) == (policy == "block")
    if stopped:
        assert '[gate] inconclusive = "block"' in stopped.hint


@pytest.mark.parametrize(
    ("differing", "verdict"),
    [
        ({"lost": 10, "won": 10}, "inconclusive"),
        ({"won": 200}, "inconclusive"),
        ({}, "inconclusive"),
        ({"lost": 200}, "regressed"),
    ],
)
def test_for_a_reason_a_verdict_is_inconclusive_at_best(
    tmp_path: Path, differing: dict[str, int], verdict: str
) -> None:
    made = decided(report(tmp_path, both_wrong=100, **differing), "the commit changes [gate] metrics", "and more")
    assert (made.verdict, made.reason) == (verdict, "the commit changes [gate] metrics; and more")


def test_a_mixed_verdict_stays_one_for_a_reason(tmp_path: Path) -> None:
    made = decided(replace(report(tmp_path, lost=1), verdict=Verdict.MIXED), "a reason")
    assert (made.verdict, made.decision, made.reason) == ("mixed", "ask", "a reason")


def test_a_missed_floor_fails_whatever_the_reasons_are(tmp_path: Path) -> None:
    made = decided(report(tmp_path, "accuracy:margin=0.01,floor=0.99", both_wrong=400, won=1), "a reason")
    assert (made.verdict, made.decision) == ("failed", "block")
    refused = judging.refusal(made)
    assert refused
    assert refused.message == "The model gate's verdict on the release is failed (a reason): accuracy misses its floor."
    assert "No approval changes it" in refused.hint


def test_a_worse_metric_and_a_failed_check_are_named(tmp_path: Path) -> None:
    candidate, champion = labels(400, lost=200)
    sides = {**candidate, "prediction": [1] * 400}, champion
    made = decided(judge_pair(tmp_path, sides, ask("accuracy:margin=0.01", look=1)))
    refused = judging.refusal(made)
    assert refused
    assert "accuracy is worse" in refused.message
    assert "No approval changes it" in refused.hint
    assert "G003 failed: constant predictions" in refused.message
    assert [check.partition(":")[0] for check in made.checks] == ["G003 failed", "G009 warning"]


def test_no_approval_changes_a_regression(tmp_path: Path) -> None:
    refused = judging.refusal(decided(report(tmp_path, both_wrong=100, lost=200)))
    assert refused
    assert refused.message.startswith("The model gate's verdict on the release is regressed: accuracy is worse")
    assert "No approval changes it" in refused.hint


def test_what_decides_comes_first_and_is_bounded(tmp_path: Path) -> None:
    candidate, champion = labels(4000, lost=200)
    slices = {"place": [f"s{row % 80}" if row % 160 > 1 else "bad\nline" for row in range(4000)]}
    asked = ask("accuracy:margin=0.01", look=1, slices=(("place",),))
    made = decided(judge_pair(tmp_path, ({**candidate, **slices}, {**champion, **slices}), asked))
    assert len(made.metrics) == 60
    assert (made.metrics[0].slice, made.metrics[0].shown) == ("", "worse")
    assert all(line.slice.isprintable() for line in made.metrics)


def test_an_outcome_with_long_names_still_fits_into_a_variable(tmp_path: Path) -> None:
    candidate, champion = labels(4000, lost=200)
    noise = random.Random(1)
    names = ["".join(chr(noise.randrange(0x4E00, 0x9FFF)) for _ in range(3000)) for _ in range(70)]
    slices = {"place": [names[row % 70] for row in range(4000)]}
    asked = ask("accuracy:margin=0.01", look=1, slices=(("place",),))
    made = decided(judge_pair(tmp_path, ({**candidate, **slices}, {**champion, **slices}), asked), "a reason " * 400)
    image = f"ghcr.io/acme/app@{digest('image')}"
    outcome = Deployment("app", "integration", "deploy", "failed", "c" * 40, image, image, gate=made)
    assert len(encode(outcome)) < 128 * 1024
    assert deployment_from(decode(encode(outcome))) == outcome


def test_a_number_that_is_not_known_is_none(tmp_path: Path) -> None:
    rows: dict[str, Any] = {"target": [1] * 50, "prediction": [1] * 50, "probability": [0.5] * 50}
    sides = rows, {**rows, "probability": [0.6] * 50}
    made = decided(judge_pair(tmp_path, sides, ask("roc_auc:margin=0.01", look=1)))
    assert made.metrics[0] == Line("roc_auc", "", None, None, None, None, 0.01, "unclear", "none")


def test_without_an_evaluation_people_are_asked() -> None:
    made = judging.without_evaluation(ASKED, ["the commit removes [gate]"], IMAGE)
    assert (made.verdict, made.decision, made.record) == ("inconclusive", "ask", None)
    assert (made.reason, made.champion) == ("the commit removes [gate]", IMAGE)


def test_each_line_has_the_margin_of_the_whole_set_or_of_its_slice(tmp_path: Path) -> None:
    region = {"region": [row // 2000 for row in range(4000)]}
    sides = [{**side, **region} for side in labels(4000, lost=1)]
    asked = ask("accuracy:margin=0.01,slice-margin=0.2", "calibration_error", look=1, slices=(("region",),))
    probability = {"probability": [0.5] * 4000}
    made = decided(judge_pair(tmp_path, [{**side, **probability} for side in sides], asked))
    margins = {(line.name, line.slice): line.margin for line in made.metrics}
    assert margins == {
        ("accuracy", ""): 0.01, ("calibration_error", ""): None,
        ("accuracy", "region=0"): 0.2, ("accuracy", "region=1"): 0.2,
    }  # fmt: skip


def test_names_and_lines_are_cut_where_an_outcome_would_grow_too_long(tmp_path: Path) -> None:
    slices = {"place": ["s" * 3000] * 2000 + ["t"] * 2000}
    sides = [{**side, **slices} for side in labels(4000, lost=200)]
    asked = ask("accuracy:margin=0.01", look=1, slices=(("place",),), exempt={"G009": "w" * 3000})
    made = decided(judge_pair(tmp_path, sides, asked), "r" * 3000)
    assert max(len(line.slice) for line in made.metrics) == 100
    assert max(map(len, made.checks)) == 400
    assert len(made.reason) == 2000


class TestKept:
    """A second run does not turn a verdict on which a person decides into one that passes."""

    NOW = judgement("non-inferior", against=IMAGE)

    def kept(self, *before: Judgement | None, now: Judgement = NOW) -> Judgement:
        entries = [
            Entry(number, "", "", Deployment("app", "integration", "deploy", "passed", "", "", "", gate=each))
            for number, each in enumerate(before, 1)
        ]
        return judging.kept({"integration": entries}, now)

    def test_an_earlier_question_stays(self) -> None:
        asked = judgement("inconclusive", "ask", against=IMAGE, reason="the commit adds [gate]", rules="then")
        made = self.kept(asked, None)
        reason = "as entry 1 of the same predictions: the commit adds [gate]"
        assert (made.verdict, made.decision, made.reason, made.rules) == ("inconclusive", "ask", reason, asked.rules)
        assert self.kept(asked, made).reason == reason

    def test_an_earlier_question_names_its_rows(self) -> None:
        asked = replace(judgement("inconclusive", "ask", against=IMAGE), rows_needed=4000)
        assert self.kept(asked, now=replace(self.NOW, rows_needed=None)).rows_needed == 4000

    def test_an_earlier_answer_stays(self) -> None:
        assert self.kept(judgement("non-inferior", against=IMAGE)) == self.NOW
        assert self.kept() == self.NOW

    @pytest.mark.parametrize(
        "other",
        [
            judgement("inconclusive", "ask", against=IMAGE, candidate="others"),
            judgement("inconclusive", "ask", against=IMAGE, champion="others"),
            judgement("inconclusive", "ask", against=IMAGE, evaluation="another set"),
            judgement("inconclusive", "ask", against="another release"),
            Judgement("inconclusive", "ask", digest("rules"), champion=IMAGE),
        ],
        ids=["candidate", "champion", "set", "release of the champion", "not evaluated"],
    )
    def test_a_question_about_something_else_does_not_count(self, other: Judgement) -> None:
        assert self.kept(other) == self.NOW

    def test_a_worse_verdict_is_not_softened(self) -> None:
        now = judgement("regressed", "block", against=IMAGE)
        assert self.kept(judgement("inconclusive", "ask", against=IMAGE), now=now) == now

    def test_a_verdict_without_an_evaluation_stands_for_no_predictions(self) -> None:
        now = Judgement("inconclusive", "pass", digest("rules"), champion=IMAGE)
        assert self.kept(judgement("inconclusive", "ask", against=IMAGE), now=now) == now

    def test_the_newest_of_several_counts(self) -> None:
        asked = judgement("inconclusive", "ask", against=IMAGE)
        assert self.kept(asked, judgement("superior", against=IMAGE)) == self.NOW
        assert self.kept(judgement("superior", against=IMAGE), asked).decision == "ask"


def test_verdicts_that_block_are_those_of_the_design() -> None:
    blocked = [verdict for verdict in Verdict if verdict.decision(SETTINGS) == "block"]
    assert blocked == [Verdict.FAILED, Verdict.REGRESSED]
