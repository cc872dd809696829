"""The pictures of a report: which ones a sample has, and what they show at their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cicd.gate import curves, pairing
from tests.unit.support.predictions import ask, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.gate.curves import Curves


def drawn(metric: str, *sides: dict[str, Any], queries: bool = False) -> Curves:
    """Return the curves of one model, or of two."""
    ids = [str(number) for number in range(len(next(iter(sides[0].values()))))]
    files = [table(name, side, ids) for name, side in zip("ab", sides, strict=False)]
    asked = ask(metric, champion=False)
    return curves.draw(pairing.pair(files[0], files[1] if len(files) > 1 else None, asked), queries=queries)


def shown(picture: Curves) -> set[str]:
    names = ("roc", "calibration", "residuals", "confusion")
    return {name for name in names if getattr(picture, name) not in (None, [])}


NUMBERS = {"target": [1.0, 2.0, 3.0], "prediction": [1.0, 3.0, 5.0]}


def test_each_kind_of_metric_has_its_pictures() -> None:
    assert shown(drawn("accuracy", {"target": "010", "prediction": "011"})) == {"confusion"}
    assert shown(drawn("brier", {"target": "010", "probability": [0.1, 0.9, 0.2]})) == {"roc", "calibration"}
    assert shown(drawn("mae", NUMBERS)) == {"residuals"}
    assert shown(drawn("score:direction=higher", {"score": [1.0, 2.0, 3.0]})) == set()


def test_scores_that_rank_rows_have_no_residuals() -> None:
    queries = {**NUMBERS, "group": ["q", "q", "r"]}
    assert drawn("ndcg", queries, queries=True).residuals is None
    assert drawn("ndcg", queries).residuals is not None


def test_one_label_makes_no_table() -> None:
    assert drawn("accuracy", {"target": "000", "prediction": "000"}).confusion is None
    two = drawn("accuracy", {"target": "000", "prediction": "001"}).confusion
    assert two is not None
    assert (list(two.words), two.candidate, two.champion) == (["0", "1"], [[2, 1], [0, 0]], None)


@pytest.mark.parametrize(("labels", "other", "named"), [(8, False, 8), (9, True, 7), (40, True, 7)])
def test_rare_labels_are_one_and_the_first_of_equally_frequent_ones_is_named(
    labels: int, other: bool, named: int
) -> None:
    words = [f"w{number}" for number in range(labels)]
    table_ = drawn("accuracy", {"target": words, "prediction": words}).confusion
    assert table_ is not None
    assert (table_.other, list(table_.words)) == (other, words[:named])
    assert [row[place] for place, row in enumerate(table_.candidate)] == [1] * named + [labels - named] * other


def test_frequent_labels_are_named_before_the_first_ones() -> None:
    words = [f"w{number}" for number in range(300)]
    rows = [*words, "often", "often", "often", "twice", "twice"]
    confusion = drawn("accuracy", {"target": rows, "prediction": rows}).confusion
    assert confusion is not None
    assert list(confusion.words) == ["often", "twice", *words[:5]]


class TestRoc:
    def points(self, target: str, probabilities: Sequence[float]) -> Sequence[tuple[float, float]]:
        return drawn("brier", {"target": target, "probability": [float(value) for value in probabilities]}).roc[0]

    def test_a_perfect_model_reaches_all_positive_rows_first(self) -> None:
        assert self.points("0011", [0.1, 0.1, 0.9, 0.9]) == [(0, 0), (0, 1), (1, 1)]

    def test_a_model_that_is_always_wrong_reaches_all_negative_rows_first(self) -> None:
        assert self.points("0011", [0.9, 0.9, 0.1, 0.1]) == [(0, 0), (1, 0), (1, 1)]

    @pytest.mark.parametrize("target", ["000", "111"])
    def test_one_class_has_no_curve(self, target: str) -> None:
        assert self.points(target, [0.1, 0.5, 0.9]) == []

    def test_many_probabilities_are_drawn_as_a_hundred_points_of_equal_distance(self) -> None:
        points = self.points("01" * 1000, np.linspace(0, 1, 2000).tolist())
        assert len(points) == curves.POINTS
        assert (points[0], points[-1]) == ((0, 0), (1, 1))
        assert np.diff(np.array(points).sum(1)) == pytest.approx(2 / (curves.POINTS - 1), abs=0.002)


class TestResiduals:
    def test_a_first_model_has_its_own_alone(self) -> None:
        residuals = drawn("mae", NUMBERS).residuals
        assert residuals is not None
        assert residuals.champion is None
        assert (len(residuals.edges), len(residuals.candidate), sum(residuals.candidate)) == (32, 31, 3)

    def test_residuals_that_are_all_alike_have_no_bars(self) -> None:
        same = {"target": [1.0, 2.0, 3.0], "prediction": [2.0, 3.0, 4.0]}
        assert drawn("mae", same, same).residuals is None


def test_bins_without_a_row_are_left_out() -> None:
    (bins,) = drawn("brier", {"target": "0101", "probability": [0.05, 0.15, 0.05, 0.15]}).calibration
    values: list[Any] = [(bin_.predicted, bin_.observed, bin_.weight) for bin_ in bins]
    assert values == [
        (pytest.approx(0.05), 0, 2), (pytest.approx(0.15), 1, 2),
    ]  # fmt: skip
