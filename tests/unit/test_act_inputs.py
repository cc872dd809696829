"""The inputs of `workflow_dispatch` are checked as GitHub does; the API and `local dispatch` use this function."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cicd.act import inputs
from cicd.act.inputs import Input, NotStartedError
from cicd.errors import UsageError

ANY = {
    "text": Input(),
    "needed": Input(required=True),
    "filled": Input(required=True, default="usual"),
    "flag": Input("boolean"),
    "on": Input("boolean", default="true"),
    "count": Input("number", default="3"),
    "where": Input("choice", options=("here", "there")),
    "target": Input("environment"),
}


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("text", "a b", "a b"),
        ("text", "", ""),
        ("text", 7, "7"),
        ("text", True, "true"),
        ("flag", True, "true"),
        ("flag", False, "false"),
        ("flag", "true", "true"),
        ("flag", "false", "false"),
        ("on", "false", "false"),
        ("count", "10", "10"),
        ("count", 2.5, "2.5"),
        ("count", "-1e3", "-1e3"),
        ("where", "there", "there"),
        ("target", "production", "production"),
        ("filled", "other", "other"),
    ],
)
def test_given_value_becomes_text(name: str, value: Any, text: str) -> None:
    assert inputs.complete(ANY, {"needed": "x", name: value})[name] == text


def test_missing_input_has_its_default() -> None:
    assert inputs.complete(ANY, {"needed": "x"}) == {
        "text": "", "needed": "x", "filled": "usual", "flag": "false", "on": "true", "count": "3", "where": "",
        "target": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Required input 'needed' not provided"),
        ({"needed": ""}, "Required input 'needed' not provided"),
        ({"needed": None}, "Required input 'needed' not provided"),
        ({"needed": "x", "filled": ""}, "Required input 'filled' not provided"),
        ({"needed": "x", "more": "y", "Text": "z"}, 'Unexpected inputs provided: ["more", "Text"]'),
        ({"needed": "x", "flag": "yes"}, "Provided value 'yes' for input 'flag' not in the list of allowed values"),
        ({"needed": "x", "flag": "True"}, "Provided value 'True' for input 'flag' not in the list of allowed values"),
        ({"needed": "x", "flag": ""}, "Provided value '' for input 'flag' not in the list of allowed values"),
        ({"needed": "x", "where": "Here"}, "Provided value 'Here' for input 'where' not in the list of allowed values"),
        ({"needed": "x", "count": "many"}, "Provided value 'many' for input 'count' is not a number"),
        ({"needed": "x", "count": ""}, "Provided value '' for input 'count' is not a number"),
        ({"needed": ["x"]}, "Provided value for input 'needed' is not a string, a boolean or a number"),
    ],
)
def test_unfit_input_is_refused_as_by_github(given: dict[str, Any], message: str) -> None:
    with pytest.raises(NotStartedError) as refused:
        inputs.complete(ANY, given)
    assert (refused.value.message, refused.value.status, refused.value.exit_code) == (message, 422, 2)


@given(number=st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_every_number_is_accepted(number: float) -> None:
    assert inputs.complete({"count": Input("number")}, {"count": number}) == {"count": str(number)}


def test_workflow_has_at_most_25_inputs() -> None:
    names = [f"input-{number}" for number in range(26)]
    assert len(inputs.declared("a.yml", {"inputs": dict.fromkeys(names[:25])})) == 25
    with pytest.raises(UsageError, match=r"a\.yml: on\.workflow_dispatch has 26 inputs"):
        inputs.declared("a.yml", {"inputs": dict.fromkeys(names)})
