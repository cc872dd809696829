"""What a program prints, as bytes in chunks, on its way to people: decoded without a loss, and bounded."""

from __future__ import annotations

import codecs
import sys
from collections import deque
from typing import TYPE_CHECKING

from cicd import masking

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD, TAIL = 16 * 2**20, 4 * 2**20
"""Bytes of a command's output that are passed on: from its beginning, and from its end."""
LAST = 8192
"""Bytes of the end of an output in which the reason of a failure is looked for."""
BLOCK = 64 * 1024
_CONTINUATION = bytes(range(0x80, 0xC0))


def show(text: str) -> None:
    """Print text as it comes."""
    sys.stdout.write(text)
    sys.stdout.flush()


class Output:
    """Passes the output of a program on to `write`: the first `head` bytes as they come, the last `tail` at the end.

    A line in between says how many bytes were left out. A character whose bytes arrive in two chunks stays whole; a
    byte that is no UTF-8 becomes U+FFFD. Memory and time do not depend on the length of a line. No secret is passed on.
    """

    def __init__(self, write: Callable[[str], None] = show, head: int = HEAD, tail: int = TAIL) -> None:
        self._write = write
        self._head, self._most = head, tail
        self._decoders: dict[str, codecs.IncrementalDecoder] = {}
        self._masks: dict[str, masking.Stream] = {}
        self._tail: deque[tuple[str, bytearray]] = deque()
        self._waiting = self._dropped = 0
        self._last = b""

    @property
    def last(self) -> str:
        """The end of the output."""
        return self._last.decode(errors="replace")

    def feed(self, chunk: bytes, stream: str = "") -> None:
        """Take the next bytes of a stream; `stream` is its name where several ones interleave."""
        self._take(self._masks.setdefault(stream, masking.Stream()).feed(chunk), stream)

    def _take(self, chunk: bytes, stream: str) -> None:
        self._last = (self._last + chunk[-LAST:])[-LAST:]
        head, rest = chunk[: self._head], chunk[self._head :]
        self._head -= len(head)
        self._pass_on(head, stream)
        if rest:
            self._keep(rest, stream)

    def end(self) -> None:
        """Pass on the rest of this program's output. After that, `feed` takes the output of another program."""
        for stream, mask in self._masks.items():
            self._take(mask.end(), stream)
        if self._dropped:
            self._end_characters()
            cut = self._tail[0][1]
            whole = cut.lstrip(_CONTINUATION)  # without the rest of a character whose beginning was left out
            self._dropped += len(cut) - len(whole)
            self._write(f"\n... {self._dropped} bytes left out ...\n")
            self._tail[0] = (self._tail[0][0], whole)
        while self._tail:
            stream, block = self._tail.popleft()
            self._pass_on(bytes(block), stream)
        self._waiting = self._dropped = 0
        self._end_characters()

    def _keep(self, rest: bytes, stream: str) -> None:
        if self._tail and self._tail[-1][0] == stream and len(self._tail[-1][1]) < BLOCK:
            self._tail[-1][1].extend(rest)
        else:
            self._tail.append((stream, bytearray(rest)))
        self._waiting += len(rest)
        while (excess := self._waiting - self._most) > 0:
            first = self._tail[0][1]
            dropped = min(len(first), excess)
            del first[:dropped]
            if not first:
                self._tail.popleft()
            self._waiting -= dropped
            self._dropped += dropped

    def _pass_on(self, chunk: bytes, stream: str) -> None:
        decoder = self._decoders.setdefault(stream, codecs.getincrementaldecoder("utf-8")("replace"))
        if text := decoder.decode(chunk):
            self._write(text)

    def _end_characters(self) -> None:
        for decoder in self._decoders.values():
            if text := decoder.decode(b"", final=True):
                self._write(text)
            decoder.reset()
