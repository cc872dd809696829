"""Detect that the `git push` which waits for this hook was killed.

git does not tell: the receiving end waits for the hook, and reads its output, after the push is gone. But a process
whose parent died gets another parent.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

DISTANCE = 4
"""The push is at most this many processes above the hook: the receiving git and perhaps a shell lie between."""


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
