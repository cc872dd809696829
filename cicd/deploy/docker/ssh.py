"""A Docker engine on another machine, over the system's `ssh`: one connection that forwards the engine's socket."""

from __future__ import annotations

import os
import subprocess
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cicd import scratch, variables
from cicd.errors import RefusedError, UnreachableError, UsageError
from cicd.oci import engine

if TYPE_CHECKING:
    import tempfile

    from cicd.oci.engine import Client

KEY = variables.DEPLOY_SSH_KEY
SECONDS_TO_CONNECT = 30
DEFAULT_PORT = 22
OPTIONS = {
    "BatchMode": "yes",
    "ConnectTimeout": "15",
    "ExitOnForwardFailure": "yes",
    "ForwardAgent": "no",
    "GlobalKnownHostsFile": "/dev/null",
    "IdentitiesOnly": "yes",
    "IdentityAgent": "none",
    "LogLevel": "ERROR",
    "ServerAliveInterval": "15",
    "StrictHostKeyChecking": "yes",
    "UpdateHostKeys": "no",
}


def connect(host: str, host_key: str) -> Client:
    """Return a client of the engine on `ssh://user@host[:port]`, which must identify itself by `host_key`.

    The private key comes from DEPLOY_SSH_KEY; the user's agent and configuration are not used. The connection ends
    with the client, or with this process, however it ends.

    Raises:
        UsageError: there is no private key.
        RefusedError: the host's key is another one.
        UnreachableError: the host, or the engine on it, does not answer.

    """
    text = os.environ.get(KEY)
    if not text:
        raise UsageError(
            f"The environment is on {host}, but {KEY} is not set.",
            f"Set {KEY} to the text of the private key; in a job, map the environment's secret {KEY}.",
        )
    address = urlsplit(host)
    folder = scratch.folder("ssh", socket="engine")
    path = Path(folder.name)
    _write(path / "key", text.replace("\r\n", "\n").rstrip("\n") + "\n")
    port = address.port or DEFAULT_PORT
    known_host = address.hostname if port == DEFAULT_PORT else f"[{address.hostname}]:{port}"
    _write(path / "known_hosts", f"{known_host} {host_key}\n")
    options = {**OPTIONS, "UserKnownHostsFile": str(path / "known_hosts")}
    words = ["ssh", "-F", "none", "-i", str(path / "key"), "-p", str(port), "-L", f"{path}/engine:{engine.SOCKET}"]
    words += [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    # `cat` ends when this process does: then the pipe is closed, and with it goes the connection.
    process = subprocess.Popen(
        [*words, f"{address.username}@{address.hostname}", "cat"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=(path / "errors").open("wb"), start_new_session=True,
    )  # fmt: skip
    try:
        _wait(process, path, host)
        (path / "key").unlink()
        client = engine.client(f"unix://{path}/engine")
    except BaseException:
        _end(process, folder)
        raise
    weakref.finalize(client, _end, process, folder)
    return client


def _write(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)


def _wait(process: subprocess.Popen[bytes], path: Path, host: str) -> None:
    """Wait until ssh has created the forwarded socket."""
    end = time.monotonic() + SECONDS_TO_CONNECT
    while not (path / "engine").exists():
        if process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
            continue
        errors = (path / "errors").read_text(errors="replace").strip()
        if "Host key verification failed" in errors or "host key is known for" in errors:
            raise RefusedError(
                f"{host} does not identify itself by the `host-key` in ml-cicd.toml.",
                "Find out why before you change `host-key`: somebody may intercept the connection.",
            )
        raise UnreachableError(
            f"Could not reach {host} over SSH: {errors or 'no answer'}",
            f"Check `host` in ml-cicd.toml, the network, and that the host accepts the key in {KEY}.",
        )


def _end(process: subprocess.Popen[bytes], folder: tempfile.TemporaryDirectory[str]) -> None:
    with suppress(OSError):
        process.terminate()
        process.wait(timeout=5)
    if process.stdin:
        process.stdin.close()
    folder.cleanup()
