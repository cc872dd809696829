"""The text of `ml-cicd.toml`: the fewest lines, since everything else has a default."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER = "# Written by 'ml-cicd adopt'; yours to change. What is not here has a default.\n"


def render(name: str, tables: Mapping[str, Mapping[str, Any]], *, header: str = HEADER) -> str:
    """Return the file's text. Tables without keys are left out, but not that of a service beside named deliverables."""
    parts = [f"{header}name = {_value(name)}\n"]
    several = any(title.startswith("deliverables.") for title in tables)
    for title, table in tables.items():
        if table or (title == "service" and several):
            lines = "".join(f"{key} = {_value(value)}\n" for key, value in table.items())
            parts.append(f"[{title}]\n{lines}")
    return "\n".join(parts)


def _value(value: Any) -> str:
    """Return a TOML value. What JSON writes of texts, numbers and booleans is TOML too."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
