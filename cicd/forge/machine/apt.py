"""Debian packages: installs what a bare machine lacks, or says which commands a person must run."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from cicd.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Without leave to remove anything: a machine keeps what it has. A busy package manager is waited for.
INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", "--no-remove", "-o", "DPkg::Lock::Timeout=120")


def usable() -> bool:
    """Whether this process may install Debian packages."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def commands(packages: Sequence[str]) -> list[str]:
    """The commands that a person runs to install `packages`."""
    return ["sudo apt-get update", f"sudo apt-get install --no-install-recommends {' '.join(packages)}"]


def known(package: str) -> bool:
    """Whether the package lists of this machine have `package`."""
    return subprocess.run(["apt-cache", "show", package], capture_output=True, check=False).returncode == 0


def update() -> None:
    """Fetch the package lists.

    Raises:
        UnreachableError: apt-get failed.

    """
    _run(["apt-get", "update", "-o", "DPkg::Lock::Timeout=120"])


def install(packages: Sequence[str], say: Callable[[str], None]) -> None:
    """Install `packages` from the package lists that are there.

    Raises:
        UnreachableError: apt-get failed; nothing that was installed before is removed.

    """
    say(f"installing {' '.join(packages)} with apt-get")
    _run([*INSTALL, *packages])


def _run(command: Sequence[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-15:])
        raise UnreachableError(
            f"{' '.join(command)} failed ({done.returncode}):\n{tail}",
            "Mend apt-get on this machine, and run it again.",
        )
