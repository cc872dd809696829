"""Folders for the time of one command, some of them with a key or a kubeconfig.

A killed command can't remove its folders: the next command of the same account on this machine does.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from cicd import processes

_NAME = re.compile(r"ml-cicd-[a-z]+-(?P<pid>[0-9]+)-(?P<space>[0-9a-f]{6})-(?P<start>[0-9a-f]{6})-\w+")
_RANDOM = 8  # the characters that tempfile adds to a prefix
_SOCKET_PATH = 103  # bytes: macOS allows one fewer than its field of 104, Linux 107
_SHORT_PLACE = Path("/tmp")  # noqa: S108


def folder(purpose: str, socket: str = "") -> tempfile.TemporaryDirectory[str]:
    """Return a new folder for this account alone, after removing those of killed commands.

    `purpose` is one lower-case word; with the process it is the folder's name. `socket` is the name of a socket that
    will lie in the folder: where its path below the temporary directory is too long for one, the folder is in `/tmp`.
    """
    pid = os.getpid()
    prefix = f"ml-cicd-{purpose}-{pid}-{_short(processes.pid_namespace())}-{_short(processes.start_time(pid))}-"
    place = Path(tempfile.gettempdir())
    if socket and len(os.fsencode(place / f"{prefix}{'x' * _RANDOM}" / socket)) > _SOCKET_PATH:
        place = _SHORT_PLACE
    _remove_left_ones(place)
    return tempfile.TemporaryDirectory(prefix=prefix, dir=place)


def _remove_left_ones(place: Path) -> None:
    """Remove this account's folders whose process has ended; those of another PID namespace may be in use."""
    with os.scandir(place) as entries:
        for entry in entries:
            match = _NAME.fullmatch(entry.name)
            if not match or match["space"] != _short(processes.pid_namespace()):
                continue
            ended = _short(processes.start_time(int(match["pid"]))) != match["start"]
            with suppress(FileNotFoundError):  # another command has just removed it
                if ended and entry.is_dir(follow_symlinks=False) and entry.stat().st_uid == os.getuid():
                    shutil.rmtree(entry.path, ignore_errors=True)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]
