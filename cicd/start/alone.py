"""A lock on a clone: without it, a command would take the files of one that still writes for those of a killed one."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cicd import git
from cicd.errors import RefusedError
from cicd.files import file_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Hold the lock of the clone of `directory` for the length of the block.

    The kernel releases the lock of a killed command. On a file system that can't lock a folder, there is no lock.

    Raises:
        RefusedError: another command holds the lock.
        UnreachableError: the clone's git directory can't be opened.
        UsageError: `directory` is in no git repository.

    """
    path = git.text(directory, "rev-parse", "--absolute-git-dir")
    with file_errors(f"open {path}"):
        folder = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
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
    """Take the lock; return whether another process holds it."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return False
    return False
