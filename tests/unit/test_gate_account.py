"""The account: which look it is, what it spends, and when the account begins anew."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cicd.gate import account, digests, report
from cicd.gate.account import Account, Look
from cicd.gate.budget import ALPHA, pass_alpha, spent_alpha
from cicd.gate.record import Record
from cicd.printers import gate, gate_account, gate_html, gate_markdown
from tests.unit.support.predictions import ask, labels, write

if TYPE_CHECKING:
    from pathlib import Path

SET = digests.ranked([str(number) for number in range(1000)]).sketch


def digest(name: object) -> str:
    return f"sha256:{name!s:0>64}"


def record(candidate: object, champion: object = "c0", evaluation: object = "e0", **changes: Any) -> Record:
    return Record(
        changes.pop("verdict", "non-inferior"), digest(evaluation), digest(candidate),
        digest(champion) if champion else "", 1000, changes.pop("look", 1), changes.pop("alpha", ALPHA),
        changes.pop("sketch", SET), changes.pop("differences", {}),
    )  # fmt: skip


def looks(*records: Record, promoted: tuple[int, ...] = ()) -> list[Look]:
    return [Look(f"integration/{place}", entry, place in promoted) for place, entry in enumerate(records)]


def numbers(*records: Record, promoted: tuple[int, ...] = ()) -> list[int]:
    return [line.number for line in account.account(looks(*records, promoted=promoted)).lines]


def rows(first: int, count: int) -> str:
    return digests.ranked([str(number) for number in range(first, first + count)]).sketch


class TestLooks:
    def test_each_new_pair_is_a_look(self) -> None:
        assert numbers(record(1), record(2), record(2, "c1"), record(3)) == [1, 2, 3, 4]

    def test_a_rerun_is_no_look(self) -> None:
        lines = account.account(looks(record(1), record(2), record(1), record(3))).lines
        assert [(line.number, line.rerun) for line in lines] == [(1, False), (2, False), (1, True), (3, False)]
        assert lines[2].alpha == 0

    def test_equal_predictions_are_no_look(self) -> None:
        lines = account.account(looks(record(1), record(2, 2, verdict="unchanged", look=0, alpha=0.0), record(3))).lines
        assert [(line.number, line.alpha) for line in lines] == [(1, ALPHA / 2), (0, 0.0), (2, ALPHA / 6)]
        assert lines[1].agrees

    def test_a_first_model_is_a_look(self) -> None:
        assert numbers(record(1, ""), record(2, "")) == [1, 2]

    def test_look_k_spends_alpha_over_k_times_k_plus_one(self) -> None:
        lines = account.account(looks(*(record(number) for number in range(1, 21)))).lines
        assert [line.alpha for line in lines] == [ALPHA / (k * (k + 1)) for k in range(1, 21)]
        for k, line in enumerate(lines, 1):
            assert math.isclose(line.spent, ALPHA * k / (k + 1))
            assert math.isclose(line.spent, spent_alpha(k))
        assert lines[-1].spent < ALPHA

    @given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3)), max_size=30))
    def test_all_looks_together_stay_below_alpha(self, pairs: list[tuple[int, int]]) -> None:
        lines = account.account(looks(*(record(f"a{one}", f"b{other}") for one, other in pairs))).lines
        assert sum(line.alpha for line in lines) < ALPHA
        assert all(line.spent < ALPHA for line in lines)
        assert len({line.number for line in lines}) == len(set(pairs))


class TestPromotions:
    def test_a_promotion_begins_the_account_anew(self) -> None:
        lines = account.account(looks(record(1), record(2), record(3, 2), promoted=(1,))).lines
        assert [(line.number, line.begins) for line in lines] == [(1, False), (2, True), (1, False)]
        assert [line.spent for line in lines] == [ALPHA / 2, ALPHA / 2 + ALPHA / 6, ALPHA / 2]

    def test_a_promotion_without_a_new_model_does_not(self) -> None:
        """Otherwise promoting documentation would buy new looks."""
        same = record("c0", "c0", verdict="unchanged", look=0, alpha=0.0)
        assert numbers(record(1), same, record(2), promoted=(1,)) == [1, 0, 2]

    def test_a_promotion_of_a_pair_that_was_judged_before_does(self) -> None:
        assert numbers(record(1), record(1), record(2, 1), promoted=(1,)) == [1, 1, 1]

    def test_a_pair_stays_a_rerun_after_a_promotion(self) -> None:
        assert numbers(record(1), record(2), record(1), promoted=(1,)) == [1, 2, 1]


class TestSets:
    def test_another_set_has_its_own_account(self) -> None:
        assert numbers(record(1), record(1, evaluation="e1", sketch=rows(5000, 1000)), record(2)) == [1, 1, 2]

    @pytest.mark.parametrize(("shared", "number"), [(700, 2), (300, 1)])
    def test_a_set_that_shares_half_its_rows_inherits_the_looks(self, shared: int, number: int) -> None:
        new = record(1, evaluation="e1", sketch=rows(1000 - shared, 1000))
        assert numbers(record(1), new) == [1, number]

    def test_a_set_whose_targets_were_corrected_inherits_the_looks(self) -> None:
        assert numbers(record(1), record(1, evaluation="e1")) == [1, 2]

    def test_a_chain_of_sets_inherits_all_looks(self) -> None:
        chain = [record(1, evaluation=f"e{step}", sketch=rows(300 * step, 1000)) for step in range(5)]
        assert not account.same_rows(chain[0], chain[4])
        assert numbers(*chain) == [1, 2, 3, 4, 5]

    def test_a_later_look_at_the_first_set_of_a_chain_counts_the_looks_between(self) -> None:
        chain = [record(1, evaluation=f"e{step}", sketch=rows(300 * step, 1000)) for step in range(5)]
        assert numbers(*chain, record(2, evaluation="e0", sketch=rows(0, 1000)))[-1] == 6

    def test_the_last_hash_that_both_sketches_could_have_is_compared(self) -> None:
        """In doubt, 53 of 128 hashes are a half."""
        common = [f"{number:012x}" for number in (*range(52), 900)]
        ours = [*common, *(f"{number:012x}" for number in range(100, 175))]
        theirs = [*common, *(f"{number:012x}" for number in range(1000, 1075))]
        known, new = (record(1, evaluation=hashes[-1], sketch="".join(sorted(hashes))) for hashes in (theirs, ours))
        assert account.same_rows(known, new)

    def test_a_set_of_two_others_inherits_the_looks_of_both(self) -> None:
        left, right = record(1, sketch=rows(0, 1000)), record(1, evaluation="e1", sketch=rows(800, 1000))
        both = record(1, evaluation="e2", sketch=rows(400, 1000))
        after = record(2, evaluation="e1", sketch=rows(800, 1000))
        lines = account.account(looks(left, right, both, after)).lines
        assert [line.number for line in lines] == [1, 1, 3, 4]
        assert lines[2].spent == ALPHA + pass_alpha(3)

    def test_a_part_of_a_set_inherits_its_looks(self) -> None:
        known = record(1, sketch=rows(0, 5000))
        assert account.same_rows(known, record(1, evaluation="e1", sketch=rows(100, 2000)))
        assert account.same_rows(known, record(1, evaluation="e1", sketch=rows(100, 60)))

    def test_a_set_that_shares_about_half_inherits_the_looks(self) -> None:
        inherits = [
            account.same_rows(
                record(1, sketch=rows(start, 1000)), record(2, evaluation="e1", sketch=rows(start + 500, 1000))
            )
            for start in range(0, 100_000, 2000)
        ]
        assert sum(inherits) >= 45

    def test_small_sets_are_compared_exactly(self) -> None:
        known = record(1, sketch=rows(0, 10))
        assert account.same_rows(known, record(1, evaluation="e1", sketch=rows(5, 10)))
        assert not account.same_rows(known, record(1, evaluation="e1", sketch=rows(6, 10)))

    def test_a_set_that_is_too_small_to_be_compared_inherits_the_looks(self) -> None:
        known = record(1, sketch=rows(0, 100_000))
        assert account.same_rows(known, record(1, evaluation="e1", sketch=rows(200_000, 500)))
        assert not account.same_rows(known, record(1, evaluation="e1", sketch=rows(200_000, 50_000)))


class TestNextLook:
    def test_the_next_look_is_the_one_that_the_account_then_shows(self) -> None:
        recorded = looks(record(1), record(2), record(3, 2), promoted=(1,))
        for new, number in ((record(4, 2), 2), (record(3, 2), 1), (record(1), 1), (record(5, 5), 0)):
            assert account.next_look(recorded, new) == number
            assert account.account([*recorded, Look("x", new)]).lines[-1].number == number
        assert account.next_look([], record(1)) == 1

    def test_an_entry_with_other_numbers_is_seen(self) -> None:
        right = replace(record(2), look=2, alpha=ALPHA / 6)
        lines = account.account(
            looks(
                record(1, alpha=ALPHA / 2),
                right,
                replace(right, candidate=digest(3)),
                record(4, look=4),
                record(5, look=9, alpha=ALPHA / 30),
            )
        ).lines
        assert [line.agrees for line in lines] == [True, True, False, False, False]

    def test_a_rerun_agrees_with_its_first_record(self) -> None:
        first = record(1, alpha=ALPHA / 2)
        assert [line.agrees for line in account.account(looks(first, first)).lines] == [True, True]


class TestChanges:
    def test_losses_since_the_last_superior_release_are_summed(self) -> None:
        steps = [
            record(1, 0, differences={"mae": 9.0}),
            record(2, 1, verdict="superior", differences={"mae": -1.0}),
            record(3, 2, differences={"mae": 0.25, "rmse": 0.5}),
            record(9, 3, differences={"mae": 7.0}),
            record(4, 3, verdict="mixed", differences={"mae": 0.5}),
        ]
        result = account.account(looks(*steps, promoted=(0, 1, 2, 4)))
        assert (result.since, result.changes) == ("integration/1", {"mae": 0.75, "rmse": 0.5})

    def test_a_superior_release_that_was_not_promoted_does_not_count(self) -> None:
        steps = [record(1, differences={"mae": 1.0}), record(2, verdict="superior", differences={"mae": -5.0})]
        result = account.account(looks(*steps, promoted=(0,)))
        assert (result.since, result.changes) == ("", {"mae": 1.0})


def test_a_report_takes_its_look_from_the_recorded_ones(tmp_path: Path) -> None:
    asked = ask("accuracy:margin=0.05")
    recorded: list[Look] = []
    for number, lost in enumerate((10, 12, 14, 12, 10), 1):
        sides = [write(tmp_path / name, side) for name, side in zip("ab", labels(2000, lost=lost, won=9), strict=True)]
        judged = report.judge(sides[0], sides[1], asked, looks=recorded)
        assert judged.verdict == "non-inferior"
        recorded.append(Look(f"integration/{number}", judged.record))
    assert [look.record.look for look in recorded] == [1, 2, 3, 2, 1]
    assert all(line.agrees for line in account.account(recorded).lines)


def test_a_report_says_what_the_releases_before_lost_together(tmp_path: Path) -> None:
    sides = [write(tmp_path / name, side) for name, side in zip("ab", labels(2000, lost=9, won=9), strict=True)]
    steps = looks(
        record(1, differences={"accuracy": -0.01}), record(2, 1, differences={"accuracy": -0.02}), promoted=(0, 1)
    )
    judged = report.judge(sides[0], sides[1], ask("accuracy:margin=0.05"), looks=steps)
    words = "The releases that reached production so far changed accuracy by -0.0300 together."
    assert words in gate.report(judged)
    assert words in gate_markdown.report(judged)
    assert words in gate_html.report(judged)
    assert gate.as_json(judged)["account"]["changes"] == {"accuracy": pytest.approx(-0.03)}


def test_equal_predictions_take_no_look(tmp_path: Path) -> None:
    sides = [write(tmp_path / name, side) for name, side in zip("ab", labels(2000, both_wrong=9), strict=True)]
    judged = report.judge(sides[0], sides[1], ask("accuracy:margin=0.05"), looks=looks(record(1), record(2)))
    assert (judged.verdict, judged.record.look) == ("unchanged", 0)
    assert "Equal predictions are no new look at this set." in gate.report(judged)


class TestPrinted:
    LOOKS = (
        record(1, alpha=ALPHA / 2),
        record(2, look=2, alpha=ALPHA / 6, verdict="superior", differences={"mae": -1.0}),
        record(3, 2, alpha=ALPHA / 2, differences={"mae": 0.25}),
        record(4, 3, look=7),
    )

    def computed(self) -> Account:
        return account.account(looks(*self.LOOKS, promoted=(1, 2)))

    def test_a_table_says_what_each_look_spent(self) -> None:
        words = gate_account.account(self.computed())
        lines = [" ".join(line.split()) for line in words.splitlines()]
        short = digest("e0")[:19]
        assert lines[1:5] == [
            f"integration/0 {short} 1,000 non-inferior 1 2.000% 2.000%",
            f"integration/1 {short} 1,000 superior 2 0.667% 2.667% in production: the account begins anew",
            f"integration/2 {short} 1,000 non-inferior 1 2.000% 2.000% in production: the account begins anew",
            f"integration/3 {short} 1,000 non-inferior 1 2.000% 2.000% NOT AS RECORDED",
        ]
        assert "The newest look and those before it have spent 2.000% on passing." in words
        assert "reached production after integration/1, the last superior one, changed mae by +0.2500" in words
        assert "integration/3 holds other numbers: look 7, 4.000%." in words

    def test_programs_get_every_number(self) -> None:
        data = gate_account.as_json(self.computed())
        assert [look["entry"] for look in data["looks"]] == [f"integration/{number}" for number in range(4)]
        assert [(look["look"], look["agrees"]) for look in data["looks"]] == [
            (1, True),
            (2, True),
            (1, True),
            (1, False),
        ]
        assert data["looks"][1]["spent"] == pytest.approx(ALPHA * 2 / 3)
        assert (data["since"], data["changes"]) == ("integration/1", {"mae": 0.25})
        json.dumps(data)

    def test_an_empty_ledger_says_so(self) -> None:
        assert "no verdict of the model gate yet" in gate_account.account(account.account([]))
