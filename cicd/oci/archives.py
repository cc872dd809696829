"""Unpacking what an engine or git hands over as a tar archive."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from cicd.errors import CheckFailedError

if TYPE_CHECKING:
    from pathlib import Path


def unpack(packed: bytes, folder: Path) -> None:
    """Unpack a tar archive into a folder; nothing is written outside of it, whatever the archive names.

    The command `tar` does it: Python can since 3.11.4 only, and Debian 12 has 3.11.2.

    Raises:
        CheckFailedError: it is no archive, or names something outside.

    """
    words = ["tar", "--extract", "--no-same-owner", "--no-same-permissions", "--directory", str(folder), "--file=-"]
    done = subprocess.run(words, input=packed, capture_output=True, check=False)
    if done.returncode:
        raise CheckFailedError(f"An archive can't be unpacked: {done.stderr.decode(errors='replace').strip()}")
