"""Mask secrets in outputs: every secret value that this process has read, also in the usual encodings."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote

SHORTEST = 4
"""The fewest characters of a value that is masked; a shorter one occurs in too many words."""
SHOWN = b"***"
_ALIGNMENTS = 3
_patterns: set[bytes] = set()


def hide(value: str) -> None:
    """Mask a value, each of its lines and their usual encodings in all outputs of this process."""
    for text in {value, *value.split("\n")}:
        if len(text.strip()) >= SHORTEST:
            _patterns.update(form for form in _forms(text.strip()) if len(form) >= SHORTEST)


def forget() -> None:
    """Hide nothing any more."""
    _patterns.clear()


def masked(text: str) -> str:
    """Return a text with `***` in place of every hidden value."""
    return _substituted(text.encode(errors="surrogateescape")).decode(errors="surrogateescape") if _patterns else text


def holds(content: bytes) -> bool:
    """Return whether a hidden value of 8 bytes or more, or a usual encoding of one, is in bytes."""
    return any(pattern in content for pattern in _patterns if len(pattern) >= 2 * SHORTEST)


def longest() -> int:
    """Return the bytes of the longest hidden form; 0 for none."""
    return max(map(len, _patterns), default=0)


class Stream:
    """Masks a stream of bytes; holds back the end of a chunk while it may be the start of a hidden value."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, chunk: bytes) -> bytes:
        """Return the masked bytes that can be shown now."""
        if not _patterns:
            return chunk
        data = self._held + chunk
        boundary = len(data) - _beginning(data)
        for match in _expression().finditer(data):
            if match.start() < boundary < match.end():
                boundary = match.start()
                break
        self._held = data[boundary:]
        return _substituted(data[:boundary])

    def end(self) -> bytes:
        """Return the rest, masked, at the end of the stream."""
        data, self._held = self._held, b""
        return _substituted(data) if _patterns else data


def _forms(text: str) -> set[bytes]:
    """Return a value in plain text, URL encoding, JSON and Base64; Base64 has a form for each offset modulo 3."""
    plain = text.encode(errors="surrogateescape")
    forms = {plain, quote(plain, safe="").encode(), json.dumps(text)[1:-1].encode()}
    for before in range(_ALIGNMENTS):
        encoded = base64.b64encode(b"\0" * before + plain)
        whole = (before + len(plain)) // 3 * 4
        core = encoded[(0, 2, 3)[before] : whole]
        if len(core) >= 2 * SHORTEST:
            forms.add(core)
    return forms


def _expression() -> re.Pattern[bytes]:
    return re.compile(b"|".join(re.escape(form) for form in sorted(_patterns, key=len, reverse=True)))


def _substituted(data: bytes) -> bytes:
    return _expression().sub(SHOWN, data)


def _beginning(data: bytes) -> int:
    """Return the length of the longest suffix of `data` that is a prefix of a hidden form."""
    sizes = (
        size
        for pattern in _patterns
        for size in range(min(len(pattern) - 1, len(data)), 0, -1)
        if data.endswith(pattern[:size])
    )
    return max(sizes, default=0)
