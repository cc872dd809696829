"""Plain data as text that a job can hand on beside secrets.

GitHub drops a job's output in which a line of one of the job's secrets occurs, or a form that its runner masks besides,
such as Base64. The lines of a pretty-printed JSON secret are `{`, `}` and the like. So the text has two letters of
`LETTERS` for each byte, and a `_` between bytes: no punctuation, digit, small letter or longer word occurs in it. A
secret with a line of only one or two of these letters can't travel beside it.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

LETTERS = "GHJKLMNPQRSTVWXZ"
"""The letters for 0 to 15."""
LONGEST = 200_000
"""The bytes that decoded data may have."""


def encode(data: object) -> str:
    """Return plain data as text that `decode` reads, and that no line of a secret is likely to be part of."""
    packed = zlib.compress(json.dumps(data).encode(), 9)
    return "_".join(LETTERS[byte >> 4] + LETTERS[byte & 15] for byte in packed)


def decode(text: str) -> Any:
    """Return the data in a text that `encode` made, or in JSON.

    Raises:
        ValueError: the text is neither.

    """
    text = text.strip()
    letters = {letter: number for number, letter in enumerate(LETTERS)}
    try:
        if text.startswith(("{", "[")):
            return json.loads(text)
        pairs = (tuple(pair) for pair in text.split("_"))
        packed = bytes(16 * letters[high] + letters[low] for high, low in pairs)
        return json.loads(zlib.decompressobj().decompress(packed, LONGEST))
    except (ValueError, KeyError, zlib.error, RecursionError) as error:
        raise ValueError(f"it is neither JSON nor an encoded output ({type(error).__name__}: {error})") from error
