"""One line of `act --json`, and the forms of text in it."""

from __future__ import annotations

import json
from typing import Any

from cicd.text import plain


def decode(line: str) -> dict[str, Any] | None:
    """The record in a line; None for a line of plain text."""
    if not line.startswith("{"):
        return None
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def title(name: str) -> str:
    """The name of a step; one without a name is named by the first line of what it runs."""
    return plain(name.strip().partition("\n")[0])


def unescape(text: str) -> str:
    """The message of a workflow command such as `::error::`."""
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
