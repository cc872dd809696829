"""Which columns each metric reads, and that both files must have the same ones."""

from __future__ import annotations

import pytest

from cicd.errors import UsageError
from cicd.gate import pairing, rules
from cicd.gate.table import ID, LABEL, NUMBER, Labels, Table
from tests.unit.support.predictions import ask, table

GROUPS = {"group": LABEL, "weight": NUMBER, "trial": LABEL}
"""Columns that a file may have, whatever the metric."""


@pytest.mark.parametrize(
    ("metric", "needed", "optional"),
    [
        ("accuracy", {"target": LABEL, "prediction": LABEL}, {}),
        ("recall", {"target": LABEL, "prediction": LABEL}, {}),
        ("brier", {"target": LABEL}, {"probability": NUMBER, "prediction": NUMBER}),
        ("mae", {"target": NUMBER, "prediction": NUMBER}, {}),
        ("ndcg", {"target": NUMBER, "prediction": NUMBER, "group": LABEL}, {}),
        ("score:direction=higher", {"score": NUMBER}, {}),
    ],
)
def test_a_metric_reads_the_columns_that_it_needs(
    metric: str, needed: dict[str, str], optional: dict[str, str]
) -> None:
    written, possible = pairing.kinds(ask(metric, champion=False))
    assert written == {"id": ID, **needed}
    assert possible == {name: kind for name, kind in {**GROUPS, **optional}.items() if name not in needed}


def test_a_metric_of_the_project_may_read_every_column() -> None:
    cost = rules.metric_rule("cost", {"direction": "lower"}, {}, champion=False)
    answers = {"target": LABEL, "prediction": LABEL, "probability": NUMBER, "score": NUMBER}
    assert pairing.kinds(rules.Rules((cost,))) == ({"id": ID}, {**GROUPS, **answers})


ACCURACY = ask("accuracy:margin=0.01")


@pytest.mark.parametrize("column", ["probability", "score", "weight"])
@pytest.mark.parametrize("sides", [("ours", "theirs"), ("theirs", "ours")])
def test_the_file_that_has_a_column_more_is_named(column: str, sides: tuple[str, str]) -> None:
    files = {
        "ours": table("ours", {"target": "010", "prediction": "010", column: [1, 1, 1]}),
        "theirs": table("theirs", {"target": "010", "prediction": "010"}),
    }
    with pytest.raises(UsageError) as error:
        pairing.pair(files[sides[0]], files[sides[1]], ACCURACY)
    assert error.value.message == f"ours has a column '{column}', theirs has none."


def test_the_answer_that_has_its_trial_twice_is_named() -> None:
    side = table("ours", {"target": "011", "prediction": "010", "trial": "111"}, "abb")
    with pytest.raises(UsageError, match="ours, row 4, column 'trial': 'b' has trial '1' twice"):
        pairing.pair(side, None, ACCURACY)


def test_one_number_written_in_two_ways_is_one_target() -> None:
    ours, theirs = (table(name, {"target": "012", "prediction": "010"}) for name in ("ours", "theirs"))
    other = Labels(theirs.labels["target"].codes, ("0.0", "1.0", "2.0"))
    same = pairing.pair(ours, Table(theirs.file, theirs.ids, {}, {**theirs.labels, "target": other}), ACCURACY)
    assert same.unchanged
