"""Variables of the repository are named as GitHub names them, and kept until they are removed."""

from __future__ import annotations

import pytest

from cicd.errors import UsageError
from cicd.forge.repository_variables import merge


def test_what_is_given_is_set_beside_what_is_known_and_an_empty_value_removes() -> None:
    known = {"PLACE": "a", "OTHER": "b"}
    assert merge(known, [("place", "c=d"), ("OTHER", ""), ("_NEW1", " "), ("NONE", "")]) == {
        "PLACE": "c=d",
        "_NEW1": " ",
    }
    assert known == {"PLACE": "a", "OTHER": "b"}


@pytest.mark.parametrize("name", ["", "1ST", "A-B", "A B", "GITHUB_SHA", "github_x", "Ä"])
def test_a_name_that_github_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as refused:
        merge({}, [(name, "x")])
    assert refused.value.message == f"'{name}' is not a valid name for a variable."
