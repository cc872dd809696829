"""`gate --plan`: how many rows decide which margin."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cicd.errors import UsageError
from cicd.gate import intervals, plan, power
from cicd.gate.budget import ALPHA
from cicd.gate.plan import Differences
from cicd.gate.proportions import Paired
from tests.unit.support.predictions import write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("disagreement", "margin", "rows"),
    [(0.06, 0.01, 4075), (0.02, 0.01, 1472), (0.06, 0.02, 1049), (0.20, 0.01, 13448)],
)
def test_the_table_is_stable(disagreement: float, margin: float, rows: int) -> None:
    assert dict(plan.plan(disagreement, None, None).table)[margin] == rows


@pytest.mark.parametrize("disagreement", [0.005, 0.06, 0.2])
def test_four_of_five_equal_models_pass_with_these_rows(disagreement: float) -> None:
    margin, rows = next(row for row in plan.plan(disagreement, None, None).table if row[0] == 0.01)
    random = np.random.default_rng(1)
    apart = random.binomial(rows, disagreement, 400)
    won = random.binomial(apart, 0.5)
    passed = [Paired(int(w), int(a - w), rows).lower(ALPHA) > -margin for w, a in zip(won, apart, strict=True)]
    assert float(np.mean(passed)) == pytest.approx(0.8, abs=0.07)


def test_a_later_look_needs_more_rows() -> None:
    assert plan.plan(0.06, 3, None).alpha == pytest.approx(ALPHA / 12)
    assert dict(plan.plan(0.06, 3, None).table)[0.01] > dict(plan.plan(0.06, None, None).table)[0.01]


def test_groups_need_more_rows() -> None:
    assert dict(plan.plan(0.06, None, None, 3.0).table)[0.01] == pytest.approx(3 * 4075, abs=3)


def test_groups_widen_the_margin_of_a_set() -> None:
    assert plan.plan(0.06, None, 3 * 4075, 3.0).margin == pytest.approx(0.01, abs=1e-5)


def test_the_margin_of_a_set_needs_its_rows() -> None:
    margin = plan.plan(0.06, None, 4075).margin
    assert margin == pytest.approx(0.01, abs=1e-5)


def test_models_that_never_disagree_need_rows_all_the_same() -> None:
    planned = plan.plan(0.0, None, 1000)
    assert planned.margin is not None
    assert Paired(0, 0, 1000).lower(ALPHA) == pytest.approx(-planned.margin, rel=1e-6)
    rows = dict(planned.table)[0.01]
    assert Paired(0, 0, rows).lower(ALPHA) >= -0.01 > Paired(0, 0, rows - 2).lower(ALPHA)


@pytest.mark.parametrize("rows", [64, 100])
def test_a_margin_that_the_bound_only_touches_needs_one_row_more(rows: int) -> None:
    assert power.rows_for(0.06, power.margin_of(0.06, rows, ALPHA), ALPHA) == rows + 1


def test_the_table_has_margins_from_a_fifth_of_a_percent_to_ten_percent() -> None:
    assert [margin for margin, _ in plan.plan(0.06, None, None).table] == [0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1]


def test_a_few_rows_decide_nothing() -> None:
    assert plan.plan(0.06, None, intervals.LEAST - 1).margin is None
    assert plan.plan(0.06, None, intervals.LEAST).margin is not None
    assert min(rows for _, rows in plan.plan(0.0001, None, None).table) >= intervals.LEAST


def files(folder: Path, apart: int, rows: int = 100, **columns: object) -> tuple[Path, Path]:
    predictions = [["a"] * rows, ["b"] * apart + ["a"] * (rows - apart)]
    paths = [write(folder / f"{index}.csv", {"prediction": side, **columns}) for index, side in enumerate(predictions)]  # type: ignore[dict-item]
    return paths[0], paths[1]


def test_disagreement_needs_no_labels(tmp_path: Path) -> None:
    assert plan.differences(*files(tmp_path, 7)) == Differences(0.07, 100, 1.0)


def test_disagreement_that_comes_in_groups_counts_more(tmp_path: Path) -> None:
    scattered = plan.differences(*files(tmp_path, 20, group=np.arange(100) % 5)).design_effect
    together = plan.differences(*files(tmp_path, 20, group=np.arange(100) // 20)).design_effect
    assert scattered == 1
    assert together == pytest.approx(20)


@pytest.mark.parametrize("apart", [0, 100])
def test_models_that_agree_or_disagree_everywhere_have_no_groups_that_differ(tmp_path: Path, apart: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a warning of numpy would stand beside the plan
        pair = files(tmp_path, apart, group=np.arange(100) // 20)
        assert plan.differences(*pair) == Differences(apart / 100, 100, 1.0)


def test_the_order_of_a_file_does_not_matter(tmp_path: Path) -> None:
    first, second = files(tmp_path, 20, group=np.arange(100) // 20)
    expected = plan.differences(first, second)
    header, *rows = second.read_text().splitlines()
    second.write_text("\n".join([header, *rows[50:], *rows[:50]]))
    assert plan.differences(first, second) == expected


def test_the_columns_of_the_files_may_have_other_names(tmp_path: Path) -> None:
    pair = files(tmp_path, 7)
    for file in pair:
        file.write_text(file.read_text().replace("prediction", "guess"))
    assert plan.differences(*pair, {"prediction": "guess"}) == Differences(0.07, 100, 1.0)


def test_an_id_that_stands_twice_in_a_file_is_refused(tmp_path: Path) -> None:
    for twice in (0, 1):
        pair = files(tmp_path, 7)
        pair[twice].write_text(pair[twice].read_text() + "99,a\n")
        with pytest.raises(UsageError, match="do not have the same ids, each once"):
            plan.differences(*pair)


def test_other_ids_are_refused(tmp_path: Path) -> None:
    first, second = files(tmp_path, 7)
    second.write_text(second.read_text().replace("\n99,", "\nx,"))
    with pytest.raises(UsageError, match="do not have the same ids"):
        plan.differences(first, second)
    second.write_text(second.read_text().replace("\nx,", "\n98,"))
    with pytest.raises(UsageError, match="do not have the same ids"):
        plan.differences(first, second)


def test_many_rows_follow_the_normal_approximation() -> None:
    z = intervals.normal_quantile(ALPHA) + intervals.normal_quantile(0.2)
    assert dict(plan.plan(0.06, None, None).table)[0.002] == pytest.approx(0.06 * z**2 / 0.002**2, rel=0.001)


def numbers(folder: Path, ours: object, theirs: object, **columns: object) -> tuple[Path, Path]:
    """Write two files with these predictions."""
    sides = zip("ab", (ours, theirs), strict=True)
    paths = [write(folder / f"{name}.csv", {"prediction": side, **columns}) for name, side in sides]  # type: ignore[dict-item]
    return paths[0], paths[1]


def test_predictions_that_are_numbers_plan_for_the_mean_absolute_error(tmp_path: Path) -> None:
    differences = plan.differences(*numbers(tmp_path, [1.5, 2, 7, 4] * 25, [1.5, 5, 3, 4] * 25))
    assert differences == Differences(0.5, 100, 1.0, 2.5)
    planned = plan.plan_for(differences, None, 400)
    wide = (intervals.normal_quantile(ALPHA) + intervals.normal_quantile(0.2)) * 2.5
    assert planned.metric == "mae"
    assert planned.margin == pytest.approx(wide / 20)
    assert [margin for margin, _ in planned.table] == [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0]
    assert dict(planned.table)[0.2] == math.ceil((wide / 0.2) ** 2)
    assert [plan.plan_for(differences, None, rows).margin is None for rows in (19, 20)] == [True, False]
    assert plan.plan_for(differences, 3, 400).alpha == pytest.approx(ALPHA / 12)


def test_four_of_five_equal_models_pass_with_the_rows_of_a_plan_for_numbers() -> None:
    random = np.random.default_rng(2)
    margin, rows = plan.plan_for(Differences(1.0, 100, 1.0, 0.3), None, None).table[2]
    errors, passed = random.normal(0, 5, (400, rows)), []
    for row in errors:
        gains = np.abs(row) - np.abs(row + random.normal(0, 0.3, rows))
        gains -= gains.mean() - random.normal(0, gains.std() / math.sqrt(rows))  # two models that are equal in truth
        passed.append(intervals.from_sums(gains.mean(), gains / rows, rows - 1, 1.0).lower(ALPHA) > -margin)
    assert float(np.mean(passed)) == pytest.approx(0.8, abs=0.07)


def test_metrics_say_what_predictions_are(tmp_path: Path) -> None:
    whole, halves = (tmp_path / "whole", tmp_path / "halves")
    whole.mkdir()
    halves.mkdir()
    counts, sizes = numbers(whole, [1, 2] * 50, [2, 4] * 50), numbers(halves, ["1.5", "2"] * 50, ["1.5", "4"] * 50)
    asked = [(), ("accuracy",), ("mae",), ("accuracy", "rmse"), ("log_loss",), ("cost",), ("f1", "log_loss")]
    planned = [[plan.plan_for(plan.differences(*pair, None, names), None, None).metric for pair in (counts, sizes)]
               for names in asked]  # fmt: skip
    as_they_look = ["accuracy", "mae"]
    assert planned == [
        as_they_look, ["accuracy"] * 2, ["mae"] * 2, as_they_look, as_they_look, as_they_look, ["accuracy"] * 2,
    ]  # fmt: skip


def test_words_among_numbers_are_labels_unless_a_metric_asks_for_numbers(tmp_path: Path) -> None:
    pair = numbers(tmp_path, ["1.5", "none"] * 10, ["1.5", "2"] * 10)
    assert plan.differences(*pair) == Differences(0.5, 20, 1.0)
    with pytest.raises(UsageError, match=r"a\.csv, row 3, column 'prediction': 'none' is not a finite number"):
        plan.differences(*pair, None, ["mae"])


@pytest.mark.parametrize(
    ("side", "message"), [("0.5", "predict the same numbers"), ("-1.7e308", "too far apart to be subtracted")]
)
def test_numbers_without_a_difference_that_can_be_computed_are_refused(tmp_path: Path, side: str, message: str) -> None:
    ours = ["0.5"] if side == "0.5" else ["1.7e308"]
    with pytest.raises(UsageError, match=message):
        plan.differences(*numbers(tmp_path, [*ours, "0.5"], [side, "0.5"]))


def test_groups_in_which_numbers_differ_alike_need_more_rows(tmp_path: Path) -> None:
    day = np.arange(100) // 20
    alone = plan.differences(*numbers(tmp_path, np.arange(100) % 5 + 0.5, [2.5] * 100, group=day))
    alike = plan.differences(*numbers(tmp_path, day + 0.5, [2.5] * 100, group=day))
    larger = plan.differences(*numbers(tmp_path, (day + 1) * (-1) ** np.arange(100) + 0.5, [0.5] * 100, group=day))
    assert alone.design_effect == 1
    assert alike.design_effect == pytest.approx(20)
    assert larger.design_effect == pytest.approx(20)
    wide = [plan.plan_for(found, None, 1000).margin for found in (alone, alike)]
    assert wide[1] == pytest.approx(math.sqrt(20) * (wide[0] or 0))


def test_groups_of_labels_need_more_rows_in_the_plan_too() -> None:
    assert plan.plan_for(Differences(0.06, 100, 3.0), None, 1000) == plan.plan(0.06, None, 1000, 3.0)


def test_the_order_of_numbers_does_not_matter(tmp_path: Path) -> None:
    first, second = numbers(tmp_path, np.arange(100) // 20 + 0.5, np.arange(100) % 7, group=np.arange(100) // 20)
    expected = plan.differences(first, second)
    header, *rows = second.read_text().splitlines()
    second.write_text("\n".join([header, *rows[50:], *rows[:50]]))
    assert plan.differences(first, second) == expected
