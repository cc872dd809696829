"""Read secrets by name from an environment variable that holds one JSON object."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from cicd import masking
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLE = '{"API_KEY": "..."}'


def read(variable: str, names: Sequence[str], table: str = "") -> dict[str, str] | None:
    """Return the values of the secrets `names`; None if the variable is not set. Outputs hide the values.

    `table` is the table of `ml-cicd.toml` that names the secrets, for messages.

    Raises:
        UsageError: the variable is not a JSON object of texts, or lacks a secret. No message contains a value.

    """
    if not names:
        return {}
    text = os.environ.get(variable)
    if not text:
        return None
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise UsageError(f"{variable} is not a JSON object whose values are texts.", f"For example: {EXAMPLE}")
    if missing := [name for name in names if name not in values]:
        place = f"`secrets` of {table}" if table else "`secrets`"
        raise UsageError(
            f"{variable} lacks {', '.join(missing)}.",
            f"Add it to {variable}, or remove it from {place} in ml-cicd.toml.",
        )
    for name in names:
        masking.hide(values[name])
    return {name: values[name] for name in names}
