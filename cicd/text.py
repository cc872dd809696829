"""Print lines whatever happens to the output, split text into lines, and remove control characters from it."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class _Output:
    """A text stream for which printing never fails.

    A character that its encoding lacks is shown as a Python escape. If the stream can't be written any
    more, the rest of the output is dropped; `failure` says why.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.failure: OSError | None = None

    def write(self, text: str) -> int:
        try:
            try:
                return self._stream.write(text)
            except UnicodeEncodeError as error:
                self._stream.write(text.encode(error.encoding, "backslashreplace").decode(error.encoding))
        except OSError as error:
            self._drop_the_rest(error)
        return len(text)

    def writelines(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.write(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._drop_the_rest(error)

    def _drop_the_rest(self, error: OSError) -> None:
        self.failure = self.failure or error
        with suppress(OSError, ValueError), open(os.devnull, "wb") as null:  # noqa: PTH123 -- it is no file
            # The descriptor, not the object: what the stream still buffers, and child processes, write to it too.
            os.dup2(null.fileno(), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def unfailing_output() -> Iterator[list[OSError]]:
    """Inside the block, printing to stdout and stderr never raises, so that output decides no result.

    Yields the failures other than a closed pipe; they are complete when the block has ended.
    """
    failures: list[OSError] = []
    names = ("stdout", "stderr", "__stdout__", "__stderr__")
    before = {name: getattr(sys, name) or open(os.devnull, "w") for name in names}  # noqa: PTH123, SIM115
    outputs = {id(stream): _Output(stream) for stream in before.values()}
    for name, stream in before.items():
        setattr(sys, name, outputs[id(stream)])
    try:
        yield failures
    finally:
        for output in outputs.values():
            output.flush()
            if output.failure and not isinstance(output.failure, BrokenPipeError):
                failures.append(output.failure)
        for name, stream in before.items():
            setattr(sys, name, stream)


def say(text: str) -> None:
    """Print one line and flush: git passes the line on to the person who pushes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def columns(descriptor: int) -> int:
    """Return the width of the terminal behind a file descriptor; 0 if it is none, or one that can only print lines."""
    if not os.isatty(descriptor) or os.environ.get("TERM", "dumb") == "dumb":
        return 0
    return os.get_terminal_size(descriptor).columns or 80


def lines(text: str) -> list[str]:
    """Return the lines of a program's output, split at line feeds alone.

    `str.splitlines` also splits at characters that names and messages may contain, such as U+2028 and U+0085.
    """
    return text.removesuffix("\n").split("\n") if text else []


def visible(text: str, most: int = 200) -> str:
    """Return at most that many characters of a text from outside; one that can't be seen becomes a Python escape.

    So control characters, and those which change the direction of writing, do nothing where a message is shown.
    """
    shown = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text[:most])
    return shown + ("..." if len(text) > most else "")


def plain(text: str) -> str:
    """Return `text` without control characters; if a line overwrites itself, only its last version."""
    return _CONTROL.sub("", text.rstrip("\r\n").rpartition("\r")[2])
