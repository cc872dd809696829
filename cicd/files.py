"""Write files atomically, read them as UTF-8, unpack archives, and translate the operating system's errors."""

from __future__ import annotations

import errno
import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cicd.errors import CheckFailedError, UnreachableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HINTS = {
    errno.ENOSPC: "Free space on that disk ('df -h' shows the disks).",
    errno.EDQUOT: "Free space: this account's disk quota is used up.",
    errno.EROFS: "Choose another folder: that file system is read-only.",
    errno.EACCES: "Give this account write access to it, or choose another folder.",
    errno.EPERM: "Give this account write access to it, or choose another folder.",
}


@contextmanager
def file_errors(action: str) -> Iterator[None]:
    """Translate errors of the operating system inside the block. `action` completes the sentence "Could not ...".

    A path that does not exist is no error of the operating system: FileNotFoundError passes unchanged.

    Raises:
        UnreachableError: the disk is full, read-only or not ours to write.

    """
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UnreachableError(
            f"Could not {action}: {error.strerror or error}",
            _HINTS.get(error.errno or 0, "Check that path, then run this again."),
        ) from error


def replace(path: Path, text: str) -> None:
    """Write a file so that readers find the old text or the new text, and never a part.

    Raises:
        UnreachableError: the file can't be written; the message names it.

    """
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with file_errors(f"write {path}"):
        try:
            draft.write_text(text, "utf-8")
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise


def utf8(content: bytes, source: str) -> str:
    """Return the text of a file that `source` names, without a byte order mark.

    Raises:
        UsageError: it is not UTF-8; the message names the line.

    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, byte = content.count(b"\n", 0, error.start) + 1, content[error.start]
        raise UsageError(
            f"{source} is not UTF-8 text: line {line} holds the byte {byte:#04x}.", "Save the file as UTF-8."
        ) from error


def unpack(archive: bytes | Path, folder: Path) -> None:
    """Unpack a tar archive, or the file of one, into a folder; nothing is written outside, whatever the archive names.

    The command `tar` does it: Python can since 3.11.4 only, and Debian 12 has 3.11.2.

    Raises:
        CheckFailedError: it is not an archive, or names a path outside of the folder.
        UnreachableError: the disk is full, or there is no command `tar`.

    """
    source = "-" if isinstance(archive, bytes) else str(archive)
    words = [
        "tar",
        "--extract",
        "--no-same-owner",
        "--no-same-permissions",
        "--directory",
        str(folder),
        "--file",
        source,
    ]
    try:
        process = subprocess.run(
            words, input=archive if isinstance(archive, bytes) else None, capture_output=True, check=False,
            env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except FileNotFoundError as error:
        raise UnreachableError("The command tar is not installed.", "Debian or Ubuntu: apt-get install tar") from error
    if process.returncode:
        problem = process.stderr.decode(errors="replace").partition("\n")[0]  # tar adds one line for each file
        message = f"Could not unpack an archive into {folder}: {problem}"
        if os.strerror(errno.ENOSPC) in problem:
            raise UnreachableError(message, _HINTS[errno.ENOSPC])
        raise CheckFailedError(message, "Build or fetch the archive again.")
