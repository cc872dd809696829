"""One command at a time gives this machine what it lacks: packages, an engine, images.

Two that find the same thing missing would both install it, and the package manager refuses the second.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.files import file_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def turn(say: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other command of this account is in such a block; inside, look again what is still missing.

    The kernel ends the turn of a killed command. Turns don't nest.

    Raises:
        UnreachableError: the file of the lock can't be opened.

    """
    path = Path(tempfile.gettempdir()) / f"ml-cicd-{os.getuid()}.lock"
    with file_errors(f"open {path}"):
        file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another command that sets up this machine")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
