"""Print lines, and remove control characters from text."""

from __future__ import annotations

import re
import sys

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def say(text: str) -> None:
    """Print one line and flush: git passes the line on to the person who pushes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def lines(text: str) -> list[str]:
    """Return the lines of a program's output, split at line feeds alone.

    `str.splitlines` also splits at characters that names and messages may contain, such as U+2028 and U+0085.
    """
    return text.removesuffix("\n").split("\n") if text else []


def plain(text: str) -> str:
    """Return `text` without control characters; if a line overwrites itself, only its last version."""
    return _CONTROL.sub("", text.rstrip("\r\n").rpartition("\r")[2])
