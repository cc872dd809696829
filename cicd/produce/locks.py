"""The lock of a project: the file that names the packages which the release installs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cicd.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config import Config

USUAL = "requirements/default.txt"


def path(config: Config, directory: Path) -> str:
    """Return the path of the lock: the one that [train] lock names, or the packaging tool's; empty for none.

    Raises:
        UsageError: there is no such file.

    """
    named = config.train.lock if config.train else ""
    if named and not (directory / named).is_file():
        raise UsageError(f"There is no lock file {named}.", "Name the lock file in ml-cicd.toml: [train] lock.")
    if named or (directory / USUAL).is_file():
        return named or USUAL
    from cicd import python_project  # noqa: PLC0415 -- needs the package `packaging`

    try:
        packaging = python_project.detect(directory)
    except UsageError:  # a Dockerfile of the project installs it
        packaging = None
    return packaging.lock if packaging else ""


def hashes(content: bytes) -> set[str]:
    """Return the SHA-256 of a text, also with the other line ends: git may check it out with either."""
    unix = content.replace(b"\r\n", b"\n")
    return {hashlib.sha256(form).hexdigest() for form in (content, unix, unix.replace(b"\n", b"\r\n"))}
