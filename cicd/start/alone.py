"""One command at a time writes files into a clone: a second would take the first one's half for a rest of earlier."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from cicd import git
from cicd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Keep other commands from writing into the clone of `directory` until the block ends.

    The kernel ends it for a command that is killed. Where the file system has no such locks, none is kept away.

    Raises:
        RefusedError: another command is in such a block.
        UsageError: `directory` is in no git repository.

    """
    folder = os.open(git.text(directory, "rev-parse", "--absolute-git-dir"), os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _is_taken(folder):
            raise RefusedError(
                f"Another command of ml-cicd writes files into {directory}.",
                "Wait until it has ended, then run this again.",
            )
        yield
    finally:
        os.close(folder)


def _is_taken(folder: int) -> bool:
    with suppress(OSError):
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
