"""Print lines, and remove control characters from text."""

from __future__ import annotations

import re
import sys

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def say(text: str) -> None:
    """Print one line and flush: git passes the line on to the person who pushes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def plain(text: str) -> str:
    """Return `text` without control characters; if a line overwrites itself, only its last version."""
    return _CONTROL.sub("", text.rstrip("\r\n").rpartition("\r")[2])
