"""Detect that the `git push` which waits for this hook was killed, and write to its terminal.

git does not tell: the receiving end waits for the hook, and reads its output, after the push is gone. But a process
whose parent died gets another parent.
"""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from cicd import text

DISTANCE = 4
"""The push is at most this many processes above the hook: the receiving git and perhaps a shell lie between."""
CLEARED = "\r\x1b[K"


def ancestors() -> dict[int, int]:
    """Return each process from this one up to the push, with its parent; without a push, this process only."""
    chain: dict[int, int] = {}
    process = os.getpid()
    for _ in range(DISTANCE):
        parent = _parent_and_name(process)[0]
        chain[process] = parent
        if _parent_and_name(parent)[1] == "git":
            return chain
        process = parent
    return {os.getpid(): os.getppid()}


class Terminal:
    """The terminal of the push, if it has one.

    What goes to it does not pass through git, for two reasons: git shows nothing more once Ctrl-C has ended the push,
    and it leaves the cursor at the beginning of a line in progress, where the terminal then writes `^C` over it.

    `columns` is the width of the terminal; 0 for no terminal.
    """

    def __init__(self) -> None:
        push = [*ancestors().values()][-1]
        self._descriptor: int | None = None
        self.columns = 0
        with suppress(OSError):
            descriptor = os.open(f"/proc/{push}/fd/2", os.O_WRONLY | os.O_NOCTTY)
            if os.isatty(descriptor):
                self._descriptor = descriptor
                self.columns = text.columns(descriptor)
            else:
                os.close(descriptor)
        self._had_terminal = self._has_terminal()

    def write(self, shown: str) -> None:
        """Write lines, or the line that is in progress.

        Once the shell has the terminal back, the current line is its prompt. A line then begins below it, and no line
        in progress is shown.
        """
        if self._had_terminal and not self._has_terminal():
            if not shown.endswith("\n"):
                return
            shown = f"\n{shown.removeprefix(CLEARED)}"
        self._write(shown)

    def say_last(self, line: str) -> None:
        """Print the last line for a push that was interrupted, below the line that is in progress and ends with `^C`.

        It reads the same whether the shell has the terminal back already or not.
        """
        self._write(f"\n{line}\n")

    def _write(self, shown: str) -> None:
        if self._descriptor is None:
            return
        before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # the shell may forbid the background to write
        try:
            os.write(self._descriptor, shown.replace("\n", "\r\n").encode())
        except OSError:
            pass  # it was closed
        finally:
            signal.signal(signal.SIGTTOU, before)

    def _has_terminal(self) -> bool:
        """Return whether the shell leaves the terminal to the process group of the push."""
        try:
            return self._descriptor is not None and os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:  # it controls another session
            return False


def is_waiting(chain: dict[int, int]) -> bool:
    """Return whether every process of `ancestors()` still has the same parent."""
    return all(_parent_and_name(process)[0] == parent for process, parent in chain.items())


def _parent_and_name(process: int) -> tuple[int, str]:
    """Return the parent and the name of a process; 0 and an empty name if it has ended."""
    try:
        name, _, fields = Path(f"/proc/{process}/stat").read_text().partition(" (")[2].rpartition(") ")
        return int(fields.split()[1]), name
    except OSError:
        columns = [] if Path("/proc/self").exists() else _ps(process)
        return (int(columns[0]), Path(columns[1]).name) if len(columns) > 1 else (0, "")


def _ps(process: int) -> list[str]:
    words = ["ps", "-o", "ppid=,comm=", "-p", str(process)]
    return subprocess.run(words, capture_output=True, text=True, errors="replace", check=False).stdout.split(maxsplit=1)
