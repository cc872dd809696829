"""What the model gate decided survives the ledger unchanged, and nothing else is taken for it."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from cicd import ledger
from cicd.comment.data import Said
from cicd.errors import RefusedError
from cicd.gate.record import Record
from cicd.ledger import Judgement, Line, judgement
from cicd.ledger.judgement import Later
from cicd.printers import comment, markdown, verdicts

DIGEST = f"sha256:{'0a' * 32}"
RELEASE, TEST = f"ghcr.io/acme/app@{DIGEST}", f"ghcr.io/acme/app/test@{DIGEST}"
RECORD = Record("mixed", DIGEST, DIGEST, DIGEST, 2000, 3, 0.04 / 12, "0123456789ab", {"accuracy": -0.001})
JUDGED = Judgement(
    "mixed", "ask", DIGEST, "", RELEASE, RELEASE, RECORD,
    (Line("accuracy", "", 0.9, 0.89, -0.02, None, 0.01, "worse", "none"),), ("G009 warning: many changed",),
)  # fmt: skip
DEPLOYMENT = ledger.Deployment("app", "integration", "deploy", "passed", "c" * 40, RELEASE, TEST, gate=JUDGED)


def test_a_verdict_survives_the_ledger_and_the_way_there() -> None:
    entry = ledger.parse(ledger.envelope(DEPLOYMENT, 1, ""))
    assert entry.deployment == DEPLOYMENT
    assert ledger.deployment_from(ledger.decode(ledger.encode(DEPLOYMENT))) == DEPLOYMENT


LATER = Later(2, "regressed", "block", "regressed")


def test_what_a_verdict_becomes_later_travels_and_the_ledger_has_its_final_look() -> None:
    outcome = replace(DEPLOYMENT, gate=replace(JUDGED, later=(LATER,)))
    assert ledger.deployment_from(ledger.decode(ledger.encode(outcome))) == outcome
    assert ledger.envelope(outcome, 1, "") == ledger.envelope(DEPLOYMENT, 1, "")
    assert b'"later"' not in json.dumps(json.loads(ledger.envelope(outcome, 1, ""))).encode()


def test_an_entry_of_a_kit_that_knew_fewer_fields_still_counts() -> None:
    written = {"verdict": "first", "decision": "pass", "rules": DIGEST}
    assert judgement.from_data(written) == Judgement("first", "pass", DIGEST)


def test_a_number_of_rows_travels_and_an_entry_without_one_has_the_bytes_that_it_had() -> None:
    for rows in (1, 10**15):
        told = replace(DEPLOYMENT, gate=replace(JUDGED, verdict="inconclusive", rows_needed=rows))
        assert ledger.parse(ledger.envelope(told, 1, "")).deployment == told
        assert ledger.deployment_from(ledger.decode(ledger.encode(told))) == told
    without = {name: value for name, value in asdict(JUDGED).items() if name not in ("later", "rows_needed")}
    payload = json.loads(base64.b64decode(json.loads(ledger.envelope(DEPLOYMENT, 1, ""))["payload"]))
    assert payload["predicate"]["gate"] == json.loads(json.dumps(without))


def test_an_outcome_of_a_kit_whose_later_looks_had_no_rows_still_counts() -> None:
    later = {name: value for name, value in asdict(LATER).items() if name != "rows_needed"}
    data = {**json.loads(json.dumps(asdict(JUDGED))), "later": [later]}
    assert judgement.from_data(data) == replace(JUDGED, later=(LATER,))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"verdict": "fine"}, "its verdict is 'fine'"),
        ({"decision": "maybe"}, "its decision is 'maybe'"),
        ({"rules": "sha256:0"}, "its rules is"),
        ({"champion": "app:latest"}, "its champion is"),
        ({"champion": f"{RELEASE}\n"}, "its champion is"),
        ({"evaluation_set": "x"}, "its evaluation_set is"),
        ({"reason": "a\nb"}, "its reason"),
        ({"reason": "a" * 2001}, "its reason"),
        ({"checks": ["a\nb"]}, "its checks"),
        ({"reason": 7}, "its reason"),
        ({"verdict": 7}, "its verdict is '7'"),
        ({"metrics": [list(asdict(JUDGED.metrics[0]))]}, "its metrics"),
        ({"checks": ["a"] * 61}, "its checks"),
        ({"checks": [7]}, "its checks"),
        ({"checks": 7}, "its checks"),
        ({"checks": {"a": "b"}}, "its checks"),
        ({"metrics": 7}, "its metrics"),
        ({"metrics": ["accuracy"]}, "its metrics"),
        ({"metrics": [{**asdict(JUDGED.metrics[0]), "name": 7}]}, "its metrics"),
        ({"metrics": [{**asdict(JUDGED.metrics[0]), "slice": "a\nb"}]}, "its metrics"),
        ({"metrics": [{"name": "accuracy"}]}, "its metrics"),
        ({"metrics": [{**asdict(JUDGED.metrics[0]), "low": float("nan")}]}, "its metrics"),
        ({"metrics": [{**asdict(JUDGED.metrics[0]), "low": True}]}, "its metrics"),
        ({"metrics": [{**asdict(JUDGED.metrics[0]), "shown": "fine"}]}, "its metrics"),
        ({"metrics": [{**asdict(JUDGED.metrics[0]), "floor": "fine"}]}, "its metrics"),
        ({"record": {}}, "not a record"),
        ({"later": 7}, "becomes later"),
        ({"later": [7]}, "becomes later"),
        ({"later": [asdict(LATER)] * 61}, "becomes later"),
        ({"later": [{**asdict(LATER), "look": 0}]}, "becomes later"),
        ({"later": [{**asdict(LATER), "look": True}]}, "becomes later"),
        ({"later": [{**asdict(LATER), "verdict": ["x"]}]}, "becomes later"),
        ({"later": [{**asdict(LATER), "of_predictions": "fine"}]}, "becomes later"),
        ({"later": [{**asdict(LATER), "decision": "pass"}]}, "becomes later"),
        ({"later": [{"look": 2}]}, "becomes later"),
        ({"later": [{**asdict(LATER), "rows_needed": 0}]}, "becomes later"),
        ({"rows_needed": 0}, "its rows_needed is '0'"),
        ({"rows_needed": True}, "its rows_needed is 'True'"),
        ({"rows_needed": 7.0}, "its rows_needed is '7.0'"),
        ({"rows_needed": 10**15 + 1}, "its rows_needed is '1000000000000001'"),
        ({"more": 1}, "its fields are not"),
        ({"verdict": "failed"}, "a release with the verdict failed goes no further"),
        ({"verdict": "regressed", "decision": "pass"}, "a release with the verdict regressed goes no further"),
        ({"metrics": [{**asdict(JUDGED.metrics[0]), "low": 10**400}]}, "its metrics"),
    ],
)
def test_a_malformed_verdict_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        judgement.from_data({**json.loads(json.dumps(asdict(JUDGED))), **changes})


@pytest.mark.parametrize(
    "data", [7, "x", [], None, list(asdict(JUDGED))], ids=["number", "text", "list", "none", "names"]
)
def test_what_is_no_verdict_at_all_is_refused(data: object) -> None:
    with pytest.raises(RefusedError, match="its fields are not"):
        judgement.from_data(data)


def test_the_longest_verdict_counts() -> None:
    longest = replace(JUDGED, checks=("a" * 2000,) * 60, metrics=JUDGED.metrics * 60, reason="a" * 2000)
    assert judgement.from_data(json.loads(json.dumps(asdict(longest)))) == longest


def test_a_verdict_without_an_evaluation_is_the_same_at_every_look() -> None:
    unknown = Judgement("inconclusive", "ask", DIGEST)
    assert unknown.at(2) == unknown


def test_a_verdict_may_change_from_the_first_look_on() -> None:
    changing = replace(JUDGED, later=(replace(LATER, look=1),))
    assert judgement.from_data(json.loads(json.dumps(asdict(changing)))) == changing


@pytest.mark.parametrize(
    "changed",
    [
        replace(DEPLOYMENT, action="rollback"),
        replace(DEPLOYMENT, action="approve", result="approved"),
        replace(DEPLOYMENT, gate=replace(JUDGED, decision="block")),
    ],
    ids=["a rollback has none", "an approval has none", "what it blocks has not passed"],
)
def test_a_verdict_stands_on_a_deployment_that_it_lets_pass(changed: ledger.Deployment) -> None:
    with pytest.raises(RefusedError, match="its verdict of the model gate"):
        ledger.deployment_from(asdict(changed))
    failed = replace(DEPLOYMENT, gate=replace(JUDGED, decision="block"), result="failed")
    assert ledger.deployment_from(asdict(failed)) == failed


def test_people_read_the_verdict_and_words_of_a_project_are_no_markup() -> None:
    told = replace(JUDGED, reason="the champion can't evaluate: '<img src=x>' | @all")
    line = "model gate: mixed (the champion can't evaluate: '<img src=x>' | @all); production needs an approval"
    assert verdicts.line(told) == line
    shown = verdicts.report(told)
    assert "2,000 rows, evaluation set sha256:0a0a0a0a0a0a; look 3, passing may err in 0.333%" in shown
    assert f"compared with {RELEASE}" in shown
    assert "accuracy  -      0.9       0.89       -0.02 to -     0.01    worse  none" in shown
    assert "G009 warning: many changed" in shown
    summary = markdown.deployment(replace(DEPLOYMENT, gate=told))
    (row,) = [row for row in summary.splitlines() if row.startswith("| model gate |")]
    assert row.count("|") == 3
    assert not [mark for mark in ("<img", "@all") if mark in row]
    assert "look" not in verdicts.report(replace(told, record=None, champion=""))
    assert "no release: none ran in production" in verdicts.report(replace(told, champion=""))


@pytest.mark.parametrize(
    ("of_predictions", "rows", "last"),
    [
        ("inconclusive", 5731, "5,731 rows of this kind would decide (3,731 more), for four of five equal models."),
        ("inconclusive", None, "How many rows would decide is not known."),
        ("non-inferior", 5731, "5,731 rows of this kind would decide (3,731 more), for four of five equal models."),
        ("superior", None, "G009 warning: many changed"),
    ],
    ids=["known", "an older entry", "kept from an earlier entry", "lowered for a reason"],
)
def test_a_verdict_that_can_not_tell_ends_with_the_rows_that_would_decide(
    of_predictions: str, rows: int | None, last: str
) -> None:
    record = replace(RECORD, verdict=of_predictions)
    told = replace(JUDGED, verdict="inconclusive", record=record, rows_needed=rows)
    assert verdicts.report(told).splitlines()[-1] == last
    deployed, said = replace(DEPLOYMENT, gate=told), Said("integration", "passed")
    section = comment.sections(said, deployed, "c" * 40, "", "run 1")["model"]
    assert section.splitlines()[-1].endswith(
        last if last.endswith(".") else "<code>G009 warning&#58; many changed</code>"
    )
    assert [*comment.lines(said, deployed, "run 1")][-1].strip() == last
    assert "would decide" not in verdicts.report(replace(told, record=None))
    assert "would decide" not in verdicts.report(replace(told, verdict="mixed"))


def test_the_comment_says_which_look_it_was_and_what_it_spent() -> None:
    section = comment.sections(Said("integration", "passed"), DEPLOYMENT, "c" * 40, "", "run 1")["model"]
    assert (
        "2,000 rows, evaluation set <code>sha256&#58;0a0a0a0a0a0a</code>; look 3, passing may err in 0.333%" in section
    )


def test_an_approval_counts_for_the_same_predictions_judged_by_the_same_rules() -> None:
    assert JUDGED.covers(replace(JUDGED, champion="", reason="another"))
    assert not JUDGED.covers(replace(JUDGED, rules=f"sha256:{'1' * 64}"))
    for name in ("evaluation", "candidate", "champion"):
        other = replace(RECORD, **{name: f"sha256:{'1' * 64}"})  # type: ignore[arg-type]
        assert not JUDGED.covers(replace(JUDGED, record=other))
    without = replace(JUDGED, record=None)
    assert not any(one.covers(other) for one, other in ((without, without), (without, JUDGED), (JUDGED, without)))
