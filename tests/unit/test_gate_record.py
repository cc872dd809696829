"""What the ledger keeps of a report, and where each verdict leads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cicd import config
from cicd.errors import RefusedError
from cicd.gate import asked, digests, record
from cicd.gate.outcomes import Verdict
from cicd.gate.record import KEPT, Record
from tests.unit.support.predictions import ask, judge, judge_pair, labels

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "sha256:" + "0a" * 32
RECORD = Record("non-inferior", DIGEST, DIGEST, "", 2000, 3, 0.04 / 12, "0123456789ab", {"accuracy": -0.001})
GATE = 'name = "app"\n[gate]\nmixed = "{}"\ninconclusive = "{}"\n[gate.metrics.accuracy]\nmargin = 0.01'


def test_a_record_survives_json() -> None:
    assert record.from_data(json.loads(json.dumps(RECORD.to_data()))) == RECORD


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"verdict": "fine"}, "its verdict is 'fine'"),
        ({"verdict": 1}, "its verdict is '1'"),
        ({"evaluation": "sha256:0"}, "its evaluation is 'sha256:0'"),
        ({"evaluation": DIGEST + "\n"}, "its evaluation is"),
        ({"candidate": ""}, "its candidate is ''"),
        ({"champion": "none"}, "its champion is 'none'"),
        ({"rows": True}, "its rows is True"),
        ({"rows": 0}, "its rows is 0"),
        ({"rows": 2000.0}, "its rows is 2000.0"),
        ({"look": 0}, "its look is 0"),
        ({"alpha": 0.05}, "its alpha is 0.05"),
        ({"alpha": -0.01}, "its alpha is -0.01"),
        ({"alpha": float("nan")}, "its alpha is nan"),
        ({"alpha": "0.04"}, "its alpha is '0.04'"),
        ({"sketch": "0123"}, "its sketch is '0123'"),
        ({"sketch": "0123456789ab" * (KEPT + 1)}, "its sketch is '0123456789ab"),
        ({"differences": [1]}, "its differences are not numbers of metrics"),
        ({"differences": {"accuracy": True}}, "its differences are not numbers of metrics"),
        ({"differences": {"accuracy": float("inf")}}, "its differences are not numbers of metrics"),
        ({"differences": {"<b>": 1}}, "its differences are not numbers of metrics"),
        ({"differences": {7: 1}}, "its differences are not numbers of metrics"),
        ({"more": 1}, "its fields are not alpha, candidate,"),
        ({"differences": {"accuracy": 10**400}}, "its differences are not numbers of metrics"),
    ],
)
def test_a_malformed_record_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RefusedError) as caught:
        record.from_data({**RECORD.to_data(), **changes})
    assert f"not a record of the model gate: {message}" in caught.value.message


def test_the_smallest_record_counts() -> None:
    for look, verdict in ((1, "inconclusive"), (0, "unchanged")):
        data = {**RECORD.to_data(), "rows": 1, "look": look, "alpha": 0, "verdict": verdict, "differences": {}}
        assert record.from_data(data).rows == 1


@pytest.mark.parametrize("data", [None, [], "x", {}, {**RECORD.to_data(), "look": None}])
def test_something_else_is_refused(data: object) -> None:
    with pytest.raises(RefusedError):
        record.from_data(data)


def test_a_report_is_recorded_with_its_look(tmp_path: Path) -> None:
    report = judge_pair(tmp_path, labels(2000, lost=10, won=10, both_wrong=5), ask("accuracy:margin=0.01", look=2))
    written = record.from_data(json.loads(json.dumps(report.record.to_data())))
    assert (written.verdict, written.rows, written.look) == ("non-inferior", 2000, 2)
    assert written.alpha == pytest.approx(0.04 / 6)
    assert written.differences == {"accuracy": 0.0}
    assert written.pair == (report.evaluation, report.answers["candidate"], report.answers["champion"])


def test_equal_predictions_spend_nothing(tmp_path: Path) -> None:
    report = judge_pair(tmp_path, labels(2000, both_wrong=5), ask("accuracy:margin=0.01", look=2))
    assert (report.record.verdict, report.record.look, report.record.alpha) == ("unchanged", 0, 0.0)
    assert record.from_data(report.record.to_data()) == report.record


def test_a_first_model_has_no_champion_in_its_record(tmp_path: Path) -> None:
    side = labels(2000, both_wrong=5)[0]
    report = judge(tmp_path, side, None, ask("accuracy:floor=0.9", champion=False, look=1))
    assert (report.record.verdict, report.record.champion, report.record.differences) == ("first", "", {})


class TestSketch:
    def test_it_depends_on_the_ids_alone(self) -> None:
        ids = [f"row {number}" for number in range(1000)]
        assert digests.ranked(ids).sketch == digests.ranked(ids[::-1]).sketch
        assert len(digests.ranked(ids).sketch) == record.HASH * KEPT
        assert len(digests.ranked(["a", "b"]).sketch) == record.HASH * 2

    def test_sets_that_share_half_their_ids_share_a_third_of_their_hashes(self) -> None:
        """Half of each set is a third of both together."""
        shares = []
        for start in range(0, 1_000_000, 20_000):
            ids = [str(number) for number in range(start, start + 12_000)]
            ours, theirs = (hashes(part) for part in (ids[:8000], ids[4000:]))
            both = sorted(ours | theirs)[:KEPT]
            shares.append(len(ours & theirs & set(both)) / KEPT)
        assert abs(float(np.mean(shares)) - 1 / 3) < 0.03


def hashes(ids: list[str]) -> set[str]:
    sketch = digests.ranked(ids).sketch
    return {sketch[start : start + record.HASH] for start in range(0, len(sketch), record.HASH)}


@pytest.mark.parametrize("decided", ["ask", "pass", "block"])
def test_each_verdict_leads_where_the_project_says(decided: str) -> None:
    for key in ("mixed", "inconclusive"):
        words = {"mixed": "ask", "inconclusive": "ask", key: decided}
        gate = config.parse(GATE.format(words["mixed"], words["inconclusive"])).gate
        assert gate is not None
        leads = {str(verdict): verdict.decision(gate) for verdict in Verdict}
        assert leads == {
            "failed": "block", "regressed": "block", "superior": "pass", "non-inferior": "pass", "unchanged": "pass",
            "first": "pass", **words,
        }  # fmt: skip


def test_the_table_asks_what_the_options_ask() -> None:
    gate = config.parse(
        'name = "app"\n[gate]\npositive = "late"\nslices = ["carrier", "carrier:origin"]\n'
        "[gate.metrics.mae]\nmargin = 0.5\nfloor = 12\nslice-margin = 1e-5\n"
        '[gate.metrics.pinball]\nmargin = 1\nquantile = 0.9\ngain = "required"\n'
        "[gate.metrics.ndcg]\nmargin = 1\ndepth = 5\n[gate.metrics.calibration_error]\n"
        '[gate.metrics.score]\nmargin = 1\ndirection = "lower"\n[gate.skip]\nG009 = "known"'
    ).gate
    assert gate is not None
    for champion in (True, False):
        assert asked.rules(gate, champion=champion, look=2) == ask(
            "mae:margin=0.5,floor=12,slice-margin=0.00001", "pinball:margin=1,quantile=0.9,gain=required",
            "ndcg:margin=1,depth=5", "calibration_error", "score:margin=1,direction=lower", champion=champion,
            slices=(("carrier",), ("carrier", "origin")), positive="late", look=2, exempt={"G009": "known"},
        )  # fmt: skip


def test_options_come_before_the_table() -> None:
    gate = config.parse(
        'name = "app"\n[gate]\npositive = "late"\nslices = ["carrier"]\n[gate.metrics.mae]\nmargin = 0.5\n'
        '[gate.columns]\ngroup = "day"\n[gate.skip]\nG009 = "known"\n'
        '[gate.budget]\nlatency = 0.05\nimage-size = "2g"'
    ).gate
    options = asked.Options(
        ("rmse:margin=1",), {}, (("origin",),), "early", {"G009": "wanted"}, {"group": "week"}, (), 0.1, 5
    )
    expected = ask(
        "rmse:margin=1", slices=(("origin",),), positive="early", look=2, exempt={"G009": "wanted"},
        columns={"group": "week"}, latency=0.1, image_bytes=5,
    )  # fmt: skip
    assert asked.rules(gate, options, champion=True, look=2) == expected
    assert asked.rules(None, options, champion=True, look=2) == expected
