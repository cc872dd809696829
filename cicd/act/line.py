"""Decode one line of `act --json`, and the texts in it."""

from __future__ import annotations

import json
from typing import Any

from cicd.text import plain


def decode(line: str) -> dict[str, Any] | None:
    """Return the JSON record in a line; None for a line of plain text."""
    if not line.startswith("{"):
        return None
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def title(name: str) -> str:
    """Return the name of a step. act names a step without a name after its script: return its first line."""
    return plain(name.strip().partition("\n")[0])


def unescape(text: str) -> str:
    """Return the message of a workflow command such as `::error::`."""
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
