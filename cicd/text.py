"""Text for terminals."""

from __future__ import annotations

import re
import sys

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def say(text: str) -> None:
    """Print one line, at once: git passes it on to the person who pushes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def plain(text: str) -> str:
    """`text` without colours, cursor movements and other control characters; a line that overwrote itself ends last."""
    return _CONTROL.sub("", text.rstrip("\r\n").rpartition("\r")[2])
