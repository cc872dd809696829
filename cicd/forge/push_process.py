"""Whether the person's `git push` still waits for this hook.

Git does not say: when the push is killed, its other end goes on waiting for the hook and takes what the hook prints.
But processes whose parent has died get another one.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

DISTANCE = 4
"""Between hook and push lie the receiving end and perhaps a shell."""


def waiting() -> dict[int, int]:
    """The processes from this one up to the push, each with its parent; where no push is found, this one's only."""
    chain: dict[int, int] = {}
    process = os.getpid()
    for _ in range(DISTANCE):
        parent = _look(process)[0]
        chain[process] = parent
        if _look(parent)[1] == "git":
            return chain
        process = parent
    return {os.getpid(): os.getppid()}


def still_waits(chain: dict[int, int]) -> bool:
    """Whether all of them still have the parent that they had."""
    return all(_look(process)[0] == parent for process, parent in chain.items())


def _look(process: int) -> tuple[int, str]:
    """The parent and the name of a process; 0 and nothing when it is gone."""
    try:
        name, _, rest = Path(f"/proc/{process}/stat").read_text().partition(" (")[2].rpartition(") ")
        return int(rest.split()[1]), name
    except OSError:
        listed = [] if Path("/proc/self").exists() else _ps(process)
    return (int(listed[0]), Path(listed[1]).name) if len(listed) > 1 else (0, "")


def _ps(process: int) -> list[str]:
    words = ["ps", "-o", "ppid=,comm=", "-p", str(process)]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.split(maxsplit=1)
