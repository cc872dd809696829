"""The variables of the repository, which workflows read as `vars.NAME`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAME = re.compile(r"(?!GITHUB_)[A-Z_][A-Z0-9_]*")


def check_name(name: str, kind: str) -> None:
    """Raise UsageError unless GitHub allows the name of a variable or a secret."""
    if not _NAME.fullmatch(name.upper()):
        raise UsageError(
            f"'{name}' is not a valid name for a {kind}.",
            "Use letters, digits and underscores, and begin with neither a digit nor GITHUB_, as on GitHub.",
        )


def merge(current: Mapping[str, str], changes: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return `current` with `changes` applied: an empty value removes the variable. Names become upper case.

    Raises:
        UsageError: GitHub does not allow the name of a variable.

    """
    variables = dict(current)
    for name, value in changes:
        check_name(name, "variable")
        variables.pop(name.upper(), None)
        if value:
            variables[name.upper()] = value
    return variables
