"""Install Debian packages, or name the commands that a person must run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

from cicd.errors import UnreachableError
from cicd.text import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# apt-get may not remove packages, and waits for another package manager that is busy.
SECONDS_TO_WAIT = 120
WAIT = ("-o", f"DPkg::Lock::Timeout={SECONDS_TO_WAIT}")
INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", "--no-remove", *WAIT)
LISTS_ARE_LOCKED = re.compile(r"Could not get lock \S+/lists/lock")


def usable() -> bool:
    """Return whether this process may install Debian packages."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def commands(packages: Sequence[str]) -> list[str]:
    """Return the commands with which a person installs `packages`."""
    return ["sudo apt-get update", f"sudo apt-get install --no-install-recommends {' '.join(packages)}"]


def has_package(name: str) -> bool:
    """Return whether the package lists of this machine have the package."""
    return subprocess.run(["apt-cache", "show", name], capture_output=True, check=False).returncode == 0


def update() -> None:
    """Fetch the package lists; if another command is doing so, wait for it.

    Raises:
        UnreachableError: apt-get failed.

    """
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            return _run(["apt-get", "update", *WAIT])
        except UnreachableError as error:
            # The timeout of apt-get is for the lock of installations, not for that of the lists.
            if not LISTS_ARE_LOCKED.search(error.message) or time.monotonic() > deadline:
                raise
        time.sleep(1)


def install(packages: Sequence[str], say: Callable[[str], None]) -> None:
    """Install `packages` from the present package lists.

    Raises:
        UnreachableError: apt-get failed. It has removed no package.

    """
    say(f"installing {' '.join(packages)} with apt-get")
    _run([*INSTALL, *packages])


def _run(command: Sequence[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        tail = "\n".join(lines(done.stdout)[-15:])
        raise UnreachableError(
            f"'{' '.join(command)}' failed with exit code {done.returncode}:\n{tail}",
            "Repair apt-get on this machine, then run this again.",
        )
