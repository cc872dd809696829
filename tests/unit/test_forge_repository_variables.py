"""Variables of the repository: their names, and how they are set and removed."""

from __future__ import annotations

import pytest

from cicd.errors import UsageError
from cicd.forge.repository_variables import merge


def test_variables_are_set_kept_and_removed() -> None:
    current = {"PLACE": "a", "OTHER": "b"}
    assert merge(current, [("place", "c=d"), ("OTHER", ""), ("_NEW1", " "), ("NONE", "")]) == {
        "PLACE": "c=d",
        "_NEW1": " ",
    }
    assert current == {"PLACE": "a", "OTHER": "b"}


@pytest.mark.parametrize("name", ["", "1ST", "A-B", "A B", "GITHUB_SHA", "github_x", "Ä"])
def test_invalid_variable_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as refused:
        merge({}, [(name, "x")])
    assert refused.value.message == f"'{name}' is not a valid name for a variable."
