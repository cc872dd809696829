"""The variables of the repository, which workflows read as `vars.NAME`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAME = re.compile(r"(?!GITHUB_)[A-Z_][A-Z0-9_]*")


def merged(known: Mapping[str, str], given: Sequence[tuple[str, str]]) -> dict[str, str]:
    """`known` with what is `given` set, or removed where the value is empty; names in upper case, as GitHub has them.

    Raises:
        UsageError: GitHub takes no variable of this name.

    """
    found = dict(known)
    for name, value in given:
        if not _NAME.fullmatch(name.upper()):
            raise UsageError(
                f"A variable can't be named '{name}'.",
                "Use letters, digits and underscores; no digit comes first, and no GITHUB_.",
            )
        found.pop(name.upper(), None)
        if value:
            found[name.upper()] = value
    return found
