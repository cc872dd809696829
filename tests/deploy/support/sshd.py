"""A real sshd on this machine, which accepts one user's key."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.forge.machine import apt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SSHD = "/usr/sbin/sshd"


@dataclass(frozen=True)
class Host:
    """A machine reached over SSH: its address and its key, the private key of the user whom it accepts, its log."""

    address: str
    key: str
    private_key: str
    log: Path


def key(path: Path) -> str:
    """Write a private key to `path`, and return its public key."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return " ".join(path.with_suffix(".pub").read_text().split()[:2])


@contextmanager
def serving(folder: Path) -> Iterator[Host]:
    """Yield a host whose sshd runs during the block, with its files in `folder`."""
    if not shutil.which(SSHD):
        apt.update()
        apt.install(["openssh-server", "openssh-client"], print)
    host_key, user_key = key(folder / "host"), key(folder / "user")
    (folder / "authorized").write_text(user_key + "\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    os.makedirs("/run/sshd", exist_ok=True)  # noqa: PTH103
    settings = {
        "HostKey": folder / "host", "AuthorizedKeysFile": folder / "authorized", "PidFile": "none",
        "ListenAddress": f"127.0.0.1:{port}", "StrictModes": "no", "UsePAM": "no",
        "PermitRootLogin": "prohibit-password",
    }  # fmt: skip
    options = [word for pair in settings.items() for word in ("-o", "=".join(map(str, pair)))]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([SSHD, "-D", "-e", "-f", "/dev/null", *options], stderr=log)
    end = time.monotonic() + 60
    while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < end:
        time.sleep(0.05)
    try:
        address = f"ssh://{getpass.getuser()}@127.0.0.1:{port}"
        yield Host(address, host_key, (folder / "user").read_text(), folder / "log")
    finally:
        server.terminate()
        server.wait()
