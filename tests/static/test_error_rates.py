"""The table of error rates: what its sets are, and that the pages say what it measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.static.support.kit import ROOT
from tests.tools import benchmarks
from tests.tools.error_rates import sentence, tasks
from tests.tools.error_rates.__main__ import figures
from tests.tools.error_rates.gates import AT_LEAST, BLOCK, KIT, OPEN, PASS
from tests.tools.error_rates.rows import seeded

if TYPE_CHECKING:
    from tests.tools.error_rates.sentence import Rates

BAR = 5.0
"""How many percent of equal models may be blocked, and of models that are worse by the margin passed."""
MEASURED = benchmarks.read()["make error-rates"]["figures"]
LOOKS = next(task for task in tasks.tasks() if task.part == "looks")
ONE_OF_30 = [task for task in tasks.tasks() if task.part == "slices"][-2]


@pytest.mark.parametrize("rates", sentence.promised(sentence.rates(MEASURED)), ids=lambda rates: rates.name)
def test_the_gate_errs_no_more_often_than_it_promises(rates: Rates) -> None:
    """Each share may exceed the bar by three of its Monte Carlo errors."""
    for share in (rates.blocked, rates.passed):
        assert share is None or share[0] <= BAR + 3 * share[1]


def test_the_page_of_the_gate_sums_the_table_up() -> None:
    page = (ROOT / "docs" / "model-gate.md").read_text("utf-8")
    assert page == sentence.written(page, MEASURED), "run: python -m tests.tools.error_rates --write"


def test_the_highest_rates_are_those_of_the_promise() -> None:
    made = [
        ("one", "", "1.0% ± 0.2%", "4.0% ± 0.5%"), ("two", "", "3.0% ± 0.4%", "2.0% ± 0.1%"),
        ("three", " --look", "", "4.5% ± 0.5%"), ("accuracy, 2,000 rows, 20 looks", "", "9.0% ± 0.9%", "55.0% ± 1.0%"),
        ("accuracy, 6,000 rows, worse in one of 30 slices alone", "", "1.0% ± 0.2%", "54.0% ± 1.1%"),
    ]  # fmt: skip
    rows = [(name, KIT + look, blocked, passed, "", "", "") for name, look, blocked, passed in made]
    rows.append(("one", AT_LEAST, "50.0% ± 1.0%", "50.0% ± 1.0%", "", "", ""))
    written = [{"what": one.what, "measured": one.measured} for one in figures(rows)]
    assert sentence.sentence(sentence.rates(written)).replace("\n", " ") == (
        "The highest rates there are 3 % of equal models blocked and 4.5 % of worse ones passed, each with an error of "
        "0.5 points. Outside of the promise: of models that are worse in one of 30 slices of 200 rows alone, 54 % pass."
    )


def test_what_is_outside_of_the_promise_is_in_the_table() -> None:
    rows = [row for task in (LOOKS, ONE_OF_30) for row in task.make(1)]
    assert {f"{row.name}: {row.gate}" for row in rows} >= sentence.OUTSIDE


def test_sets_do_not_depend_on_what_was_drawn_before() -> None:
    first = [row.cells() for row in LOOKS.make(3)]
    assert [row.cells() for row in ONE_OF_30.make(2)] != first
    assert [row.cells() for row in LOOKS.make(3)] == first
    drawn = {seeded(name, worse=worse).random() for name in ("a", "b") for worse in (False, True)}
    assert len(drawn) == 4, "each kind of set has a seed of its own, and so have equal and worse models"


def test_the_candidates_of_one_set_meet_one_champion() -> None:
    for margin in (0.0, 0.01):
        compared = tasks.candidates(seeded("candidates", worse=False), 200_000, [margin] * 5)
        assert len({one.champion for one in compared}) == 1
        assert len({one.candidate for one in compared}) == 5
        for one in compared:
            assert one.difference == pytest.approx(-margin, abs=0.002)
            assert one.gain.deviation == pytest.approx((0.06 / 200_000) ** 0.5, rel=0.05)


def test_a_row_counts_what_a_gate_said() -> None:
    row = next(iter(LOOKS.make(3)))
    assert set(row.equal) <= {PASS, BLOCK, OPEN}
    assert row.equal.total() == 3 * tasks.LOOKS, "each candidate counts"
    assert row.worse.total() == 3, "each set counts"
