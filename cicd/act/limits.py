"""Bound what a run keeps of its log, so that neither memory nor disk depend on how much a step prints.

`LineReader` splits act's output into lines, and shortens a line that is too long. `StepLimit` leaves out lines from the
middle of a step's log.
"""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cicd.act.line import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_HEAD, LINE_TAIL = 256 * 1024, 64 * 1024
"""Bytes that are kept of a long line: from its beginning, and from its end, where act's records have their fields."""
STEP_HEAD, STEP_TAIL = 16 * 2**20, 4 * 2**20
"""Characters that are kept of a step's log as act writes it, about 330 a line: from its beginning and from its end."""
_PARTIAL_ESCAPE = re.compile(rb"(\\+)(?:u[0-9A-Fa-f]{0,3})?\Z")
_END_OF_STRING = b'","'  # inside a JSON string, a quote has a backslash before it

Key = tuple[str, str, str]
"""A step of a workflow: job, stage, number."""


class LineReader:
    """Splits a stream of bytes into lines. It holds at most `LINE_HEAD` + `LINE_TAIL` bytes and one chunk."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0

    @property
    def held(self) -> int:
        """The number of bytes of the unfinished line that are held."""
        return len(self._head) + len(self._tail)

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Take the next bytes. Yields the lines that they complete."""
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            self._add(end)
            yield self._line()
        self._add(rest)

    def rest(self) -> Iterator[str]:
        """Yield the last line, if the stream does not end with a line feed."""
        if self._head:
            yield self._line()

    def _add(self, part: bytes) -> None:
        room = LINE_HEAD - len(self._head)
        self._head += part[:room]
        self._tail += part[room:]
        if (excess := len(self._tail) - LINE_TAIL) > 0:
            self._dropped += excess
            del self._tail[:excess]

    def _line(self) -> str:
        line = bytes(self._head + self._tail)
        if self._dropped:
            line = _joined(bytes(self._head), bytes(self._tail), self._dropped)
        self._head.clear()
        self._tail.clear()
        self._dropped = 0
        return line.decode(errors="replace")


def _joined(head: bytes, tail: bytes, dropped: int) -> bytes:
    """Return the beginning and the end of a long line as one line: valid JSON if the line was a JSON object."""
    if head.startswith(b"{"):
        if (partial := _PARTIAL_ESCAPE.search(head)) and len(partial[1]) % 2:
            head = head[: partial.end(1) - 1]
        end = max(tail.find(_END_OF_STRING), 0)
        dropped, tail = dropped + end, tail[end:]
    return head + f" ... {dropped} bytes left out ... ".encode() + tail


@dataclass
class _Kept:
    """What is kept of the log of a step that is in progress."""

    head: int = 0
    """The number of characters that were passed on."""
    tail: deque[str] = field(default_factory=deque)
    """The newest lines, which wait for the step's end."""
    size: int = 0
    """The number of characters in `tail`."""
    dropped: int = 0
    """The number of lines that were left out."""
    first: dict[str, Any] = field(default_factory=dict)
    """The record of the first line in `tail` ever."""


class StepLimit:
    """Passes on act's log, but of each step only the first `STEP_HEAD` and the last `STEP_TAIL` characters.

    A line in between says how many lines were left out. Lines that decide something always pass.
    """

    def __init__(self) -> None:
        self._steps: dict[Key, _Kept] = {}

    def feed(self, line: str) -> Iterator[str]:
        """Take one line. Yields the lines to keep."""
        record = decode(line) or {}
        if not record.get("job") or not record.get("stepID"):
            yield line
            return
        key = (str(record["job"]), str(record.get("stage", "")), str(record["stepID"][0]))
        step = self._steps.setdefault(key, _Kept())
        if _may_be_dropped(record):
            yield from _limited(step, line, record)
            return
        if record.get("stepResult") and len(record["stepID"]) == 1:
            yield from _flushed(self._steps.pop(key))
        yield line

    def rest(self) -> Iterator[str]:
        """Yield the lines that wait for the end of a step, after act has ended."""
        while self._steps:
            yield from _flushed(self._steps.popitem()[1])


def _may_be_dropped(record: dict[str, Any]) -> bool:
    return not record.get("stepResult") and (
        # `raw` is the line by which a step gave a workflow command
        bool(record.get("raw_output")) or record.get("level") == "debug" or "raw" in record
    )


def _limited(step: _Kept, line: str, record: dict[str, Any]) -> Iterator[str]:
    if not step.tail and step.head + len(line) <= STEP_HEAD:
        step.head += len(line)
        yield line
        return
    step.first = step.first or record
    step.tail.append(line)
    step.size += len(line)
    while step.size > STEP_TAIL:
        step.size -= len(step.tail.popleft())
        step.dropped += 1


def _flushed(step: _Kept) -> Iterator[str]:
    if step.dropped:
        yield json.dumps({**step.first, "raw_output": True, "msg": f"... {step.dropped} lines left out ..."})
    yield from step.tail
