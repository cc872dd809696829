"""The columns of both files as metrics need them: the positive class, numbers, probabilities, groups and weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.errors import UsageError
from cicd.gate import pairing
from tests.unit.support.predictions import ask, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.gate.rules import Rules
    from cicd.gate.table import Table

RECALL = ask("recall", champion=False)
BRIER = ask("brier", champion=False)


def positive(labels: Sequence[str], named: str = "", predicted: Sequence[str] = ()) -> list[bool]:
    """Return which rows are positive."""
    asked = ask("recall", champion=False, positive=named)
    side = table("ours", {"target": labels, "prediction": predicted or labels}, "abcdefgh"[: len(labels)])
    truth = pairing.pair(side, None, asked).truth
    assert truth.positive is not None
    return [bool(value) for value in truth.positive]


def refusal(side: Table, asked: Rules) -> str:
    with pytest.raises(UsageError) as error:
        pairing.pair(side, None, asked)
    assert error.value.hint
    return error.value.message


@pytest.mark.parametrize("word", ["1", "1.0", "true", "True", "yes", "YES"])
def test_some_labels_are_positive_without_a_name(word: str) -> None:
    assert positive(["other", word, "third"]) == [False, True, False]


@pytest.mark.parametrize("word", ["0", "0.0", "false", "False", "FALSE", "no", "No"])
def test_a_set_without_a_positive_row_is_known_by_its_labels(word: str) -> None:
    assert positive([word, word]) == [False, False]


def test_no_row_is_positive_however_many_words_say_so() -> None:
    assert positive(["no", "false", "no"]) == [False, False, False]


def test_a_named_class_is_the_only_positive_one() -> None:
    assert positive(["yes", "late", "1"], "late") == [False, True, False]
    assert positive(["LATE", "late", "Late"], "late") == [False, True, False]


@pytest.mark.parametrize("named", ["2", "2.0", "2e0"])
def test_a_named_number_is_found_however_it_is_written(named: str) -> None:
    assert positive(["0", "1.0", "2.0"], named) == [False, False, True]
    assert positive(["a", "b", "2.0"], named) == [False, False, True]


def test_a_named_class_that_no_row_has_is_refused() -> None:
    long = "x" * 50
    message = f"No row has the positive class '{'x' * 40}...': the labels are 0, {'y' * 40}...."
    assert (
        refusal(table("ours", {"target": ["0", "0", "y" * 50], "prediction": "000"}), named_positive(long)) == message
    )
    for labels, named in (("000", "late"), ("012", "7")):
        side = table("ours", {"target": labels, "prediction": labels})
        assert refusal(side, named_positive(named)).startswith(f"No row has the positive class '{named}': the labels")


def named_positive(name: str) -> Rules:
    return ask("recall", champion=False, positive=name)


@pytest.mark.parametrize("metric", ["accuracy", "recall"])
def test_a_fraction_is_no_label_of_whole_numbers(metric: str) -> None:
    side = table("ours", {"target": "010", "prediction": ["0", "1", "0.5"]})
    assert refusal(side, ask(metric, champion=False)).startswith(
        "ours, row 4, column 'prediction': '0.5' is not a label"
    )


def test_words_and_fractions_may_be_labels() -> None:
    asked = ask("accuracy", champion=False)
    foreign = pairing.pair(table("ours", {"target": "010", "prediction": ["0", "x", "y"]}), None, asked)
    assert foreign.truth.words == ("0", "1", "x", "y")
    halves = pairing.pair(table("ours", {"target": ["0.5", "1", "1.5"], "prediction": ["0.5"] * 3}), None, asked)
    assert halves.truth.words == ("0.5", "1", "1.5")


class TestNumbers:
    def test_labels_are_numbers_too_where_a_metric_needs_these(self) -> None:
        side = table("ours", {"target": "012", "prediction": ["0", "1.0", "5"]})
        sample = pairing.pair(side, None, ask("accuracy", "mae", champion=False))
        assert sample.truth.numbers is not None
        assert sample.candidate.numbers is not None
        assert (sample.truth.numbers.tolist(), sample.candidate.numbers.tolist()) == ([0, 1, 2], [0, 1, 5])

    def test_a_label_that_is_no_number_is_named_where_it_stands_first(self) -> None:
        side = table("ours", {"target": ["7", "late", "late"], "prediction": "777"})
        message = refusal(side, ask("accuracy", "mae", champion=False))
        assert message == "ours, row 3, column 'target': 'late' is not a finite number."

    def test_a_probability_may_stand_in_the_prediction(self) -> None:
        sample = pairing.pair(table("ours", {"target": "010", "prediction": [0.1, 0.0, 1.0]}), None, BRIER)
        assert sample.candidate.probabilities is not None
        assert sample.candidate.probabilities.tolist() == [0.1, 0.0, 1.0]
        both = ask("accuracy", "brier", champion=False)
        words = pairing.pair(table("ours", {"target": "010", "prediction": "110"}), None, both)
        assert words.candidate.probabilities is not None
        assert words.candidate.probabilities.tolist() == [1, 1, 0]

    def test_a_file_without_probabilities_is_refused(self) -> None:
        side = table("ours", {"target": "010", "score": [1, 2, 3]})
        assert refusal(side, BRIER) == "ours has no column 'probability', which a metric needs."


class TestQueries:
    ASKED = ask("ndcg", champion=False)

    def side(self, relevance: Sequence[float], group: str = "qqr") -> Table:
        return table("ours", {"target": relevance, "prediction": [3.0, 2.0, 1.0], "group": group})

    def test_a_relevance_is_0_or_more(self) -> None:
        sample = pairing.pair(self.side([2, 0, 1]), None, self.ASKED)
        assert sample.truth.numbers is not None
        assert sample.candidate.numbers is not None
        assert (sample.truth.numbers.tolist(), sample.candidate.numbers.tolist()) == ([2, 0, 1], [3, 2, 1])
        assert refusal(self.side([0, -1, -2]), self.ASKED) == "ours, row 3, column 'target' is negative."

    def test_only_a_relevance_must_be_0_or_more(self) -> None:
        assert pairing.pair(self.side([0, -1, 1]), None, ask("mae", champion=False)).truth.rows == 3

    def test_a_query_may_have_a_single_row(self) -> None:
        groups = pairing.pair(self.side([2, 0, 1], "pqr"), None, self.ASKED).truth.groups
        assert groups is not None
        assert groups.tolist() == [0, 1, 2]


@pytest.mark.parametrize("weights", [[2.0], [2.0, 2.0]])
def test_equal_weights_are_none(weights: list[float]) -> None:
    words = "01"[: len(weights)]
    side = table("ours", {"target": words, "prediction": words, "weight": weights}, "ab"[: len(weights)])
    assert (
        pairing.pair(side, None, RECALL if len(weights) > 1 else ask("accuracy", champion=False)).truth.weights is None
    )
