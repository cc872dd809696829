"""The command `git`: the one module that starts it, and that translates its failures into errors of the kit."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

from cicd.errors import CicdError, UnreachableError, UsageError
from cicd.text import lines as split_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_NO_REMOTE = re.compile(
    r"Could not read from remote|unable to access|does not appear to be a git repository|Connection|"
    r"could not read Username|Authentication failed|hung up unexpectedly|^fatal: repository '.*' not found",
    re.MULTILINE,
)
_DISK_FULL = re.compile("No space left on device|Disk quota exceeded")
_NO_REPOSITORY = "not a git repository"
_FAILED = re.compile(b"^(error|fatal): ", re.MULTILINE)


def completed(
    directory: Path,
    *arguments: str,
    stdin: bytes | None = None,
    environment: Mapping[str, str] | None = None,
    show: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Run a git command in `directory` to its end, whatever its exit code. Git never asks for a password.

    `environment` is added to this process's own. With `show` the person sees what git writes to stderr meanwhile.

    Raises:
        UnreachableError: there is no git on this machine.

    """
    try:
        return subprocess.run(
            ["git", "-C", str(directory), *arguments],
            input=stdin, stdout=subprocess.PIPE, stderr=None if show else subprocess.PIPE, check=False,
            env={**os.environ, **(environment or {}), "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        )  # fmt: skip
    except (FileNotFoundError, PermissionError) as error:
        raise UnreachableError(
            f"The command git can't be started: {error.strerror}.", "Install it. Debian or Ubuntu: apt-get install git"
        ) from error


def output(
    directory: Path, *arguments: str, stdin: bytes | None = None, environment: Mapping[str, str] | None = None
) -> bytes:
    """Return what a git command prints.

    Raises:
        UsageError: git failed; the message has git's words.
        UnreachableError: the remote does not answer, the disk is full, or there is no git on this machine.

    """
    process = completed(directory, *arguments, stdin=stdin, environment=environment)
    if process.returncode:
        raise _error(directory, arguments, process)
    return process.stdout


def text(
    directory: Path, *arguments: str, stdin: bytes | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """Return what a git command prints as text, without the last line's end; see `output`."""
    return _decoded(output(directory, *arguments, stdin=stdin, environment=environment))


def lines(directory: Path, *arguments: str) -> list[str]:
    """Return the lines that a git command prints; see `output`."""
    return split_lines(text(directory, *arguments))


def query(directory: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str | None:
    """Return what a git command prints; None when it answers "no".

    Only for commands that document exit code 1 as "no", such as `rev-parse --verify --quiet` and
    `merge-base --is-ancestor`. Any other failure is an error; see `output`. So is a "no" with an error message: git
    before 2.44 answers that a commit has no such ancestor when it can't read the history between them.
    """
    process = completed(directory, *arguments, environment=environment)
    if process.returncode == 1 and not _FAILED.search(process.stderr):
        return None
    if process.returncode:
        raise _error(directory, arguments, process)
    return _decoded(process.stdout)


def objects(directory: Path, names: Sequence[str], environment: Mapping[str, str] | None = None) -> list[bytes | None]:
    """Return the contents of objects, under any names that git has for them; None for an object that is not there."""
    stdin = "".join(f"{name}\n" for name in names).encode()
    batch = output(directory, "cat-file", "--batch", stdin=stdin, environment=environment)
    contents: list[bytes | None] = []
    position = 0
    for _ in names:
        start = batch.index(b"\n", position) + 1
        *_, size = batch[position:start].split()
        present = size.isdigit()  # else git says "missing"
        contents.append(batch[start : start + int(size)] if present else None)
        position = start + int(size) + 1 if present else start
    return contents


def files(directory: Path) -> list[str]:
    """Return the paths in a work tree's directory that git would commit: tracked ones, and new ones not ignored."""
    listing = text(directory, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", ".")
    return [name for name in listing.split("\0") if name]


def _decoded(printed: bytes) -> str:
    return printed.decode(errors="surrogateescape").rstrip("\n")


def _error(directory: Path, arguments: Sequence[str], process: subprocess.CompletedProcess[bytes]) -> CicdError:
    """Return the error for a git command that failed."""
    words = (process.stderr or b"").decode(errors="replace").strip() or f"exit code {process.returncode}"
    if _DISK_FULL.search(words):
        return UnreachableError(
            f"git {arguments[0]} failed, since the disk is full: {words}",
            "Free space on the disk, then run this again.",
        )
    if _NO_REMOTE.search(words):
        return UnreachableError(
            f"The git remote does not answer: {words}", "Check its address (git remote -v) and your access to it."
        )
    if _NO_REPOSITORY in words:
        return UsageError(f"{directory} is not in a git repository.", "Run this in a clone of the project.")
    return UsageError(
        f"git {arguments[0]} failed in {directory}: {words}", "Correct what git names, then run this again."
    )
