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
DISK_FULL = re.compile("No space left on device|Disk quota exceeded")
HOSTED = re.compile(r"(?:\w+://)?(?:[^@/]+@)?(?P<host>[\w-]+(?:\.[\w-]+)+)(?::\d+)?[:/](?P<path>.+?)(?:\.git)?/?")
"""The address of a repository on a host: a URL, or `user@host:path`."""
_NO_REPOSITORY = "not a git repository"
_FAILED = re.compile(b"^(error|fatal): ", re.MULTILINE)
_LOCKED = re.compile(r"cannot lock ref|Unable to create '.*\.lock': File exists")
_UNKNOWN_OPTION = 129
MINIMUM = "2.31"
OF_A_REPOSITORY = frozenset((
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
))  # fmt: skip
"""Variables that git sets for hooks: they would lead every git command to the hook's repository."""


class LockedError(UnreachableError):
    """Another git process is changing the same refs of this clone."""


def completed(
    directory: Path,
    *arguments: str,
    stdin: bytes | None = None,
    environment: Mapping[str, str] | None = None,
    show: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Run a git command in `directory` to its end, whatever its exit code. Git never asks for a password.

    It works in that directory's repository, also inside a hook of another one, and with the objects as they are at the
    remote: replaced objects (`git replace`) are a clone's own affair. `environment` is added to this process's own.
    With `show` the person sees what git writes to stderr meanwhile.

    Raises:
        UnreachableError: there is no git on this machine.

    """
    surroundings = {name: value for name, value in os.environ.items() if name not in OF_A_REPOSITORY}
    fixed = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1", "LC_ALL": "C"}
    try:
        return subprocess.run(
            ["git", "-C", str(directory), *arguments],
            input=stdin if stdin is not None else b"", stdout=subprocess.PIPE,
            stderr=None if show else subprocess.PIPE, check=False,
            env={**surroundings, **(environment or {}), **fixed},
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


def is_repository(directory: Path) -> bool:
    """Return whether git has a repository for this directory: a folder `.git` alone, as some copies leave it, is none.

    Raises:
        UsageError: git can't tell; the message has git's words.
        UnreachableError: there is no git on this machine.

    """
    arguments = ("rev-parse", "--git-dir")
    process = completed(directory, *arguments)
    if process.returncode and _NO_REPOSITORY not in process.stderr.decode(errors="replace"):
        raise _error(directory, arguments, process)
    return process.returncode == 0


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


def settings(*values: tuple[str, str]) -> dict[str, str]:
    """Return the variables that add settings to those of the configuration files, so that no argument shows them."""
    count = os.environ.get("GIT_CONFIG_COUNT", "")
    first = int(count) if count.isdigit() else 0
    variables = {"GIT_CONFIG_COUNT": str(first + len(values))}
    for number, (name, value) in enumerate(values, first):
        variables |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return variables


def _decoded(printed: bytes) -> str:
    return printed.decode(errors="surrogateescape").rstrip("\n")


def _error(directory: Path, arguments: Sequence[str], process: subprocess.CompletedProcess[bytes]) -> CicdError:
    """Return the error for a git command that failed."""
    words = (process.stderr or b"").decode(errors="replace").strip() or f"exit code {process.returncode}"
    if DISK_FULL.search(words):
        return UnreachableError(
            f"git {arguments[0]} failed, since the disk is full: {words}",
            "Free space on the disk, then run this again.",
        )
    if _NO_REMOTE.search(words):
        return UnreachableError(
            f"The git remote does not answer: {words}", "Check its address (git remote -v) and your access to it."
        )
    if _LOCKED.search(words):
        return LockedError(
            f"Another git process changes {directory}: {words}",
            "Run this again when it has ended. If none runs, remove the .lock file that git names.",
        )
    if process.returncode == _UNKNOWN_OPTION:
        return UnreachableError(
            f"The git of this machine is too old for 'git {arguments[0]}': {words.partition(chr(10))[0]}",
            f"Install git {MINIMUM} or newer.",
        )
    if _NO_REPOSITORY in words:
        return UsageError(f"{directory} is not in a git repository.", "Run this in a clone of the project.")
    return UsageError(
        f"git {arguments[0]} failed in {directory}: {words}", "Correct what git names, then run this again."
    )
