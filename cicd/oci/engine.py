"""The Docker engine that this process uses, a `docker` command that builds with BuildKit, and the machine's CAs.

Docker's SDK speaks to the engine; the `docker` command builds images, since the SDK can't use BuildKit.
"""

from __future__ import annotations

import functools
import json
import os
import re
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import authorities
from cicd.errors import UnreachableError, UsageError
from cicd.oci import podman
from cicd.oci.errors import engine_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    import docker
    import docker.models.containers
    import docker.models.networks
    import docker.models.volumes

    Client = docker.DockerClient
    Container = docker.models.containers.Container
    Network = docker.models.networks.Network
    Volume = docker.models.volumes.Volume

SOCKET = Path("/var/run/docker.sock")
CONNECT_HINT = "Check that DOCKER_HOST names a Docker engine, and that the engine runs."
ONE_IMAGE = {"BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
"""For builds: the image alone, without a provenance beside it, which would make it an index. As --provenance=false, but
clients that are too old for that option pass over it."""
FIRST_CLIENT_WITHOUT_BUILDKIT = 23  # from this version on, BuildKit needs the plug-in buildx


def _context_address(config: Path, environment: Mapping[str, str]) -> str:
    """Return the address of the docker command's current context; empty for the default context."""
    name, file = environment.get("DOCKER_CONTEXT", ""), config / "config.json"
    try:
        if not name and file.is_file():
            name = json.loads(file.read_text()).get("currentContext", "")
        for file in (config / "contexts" / "meta").glob("*/meta.json") if name else ():
            meta = json.loads(file.read_text())
            if meta["Name"] == name:
                return str(meta["Endpoints"]["docker"]["Host"])
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise UsageError(f"The Docker configuration {file} can't be read: {error}", "Correct or remove it.") from error
    return ""


def addresses(environment: Mapping[str, str]) -> list[str]:
    """Return where an engine may answer, best first: `DOCKER_HOST` alone, or the current context and usual sockets.

    Raises:
        UsageError: the Docker configuration can't be read.

    """
    if host := environment.get("DOCKER_HOST"):
        return [host]
    home = Path(environment.get("HOME", "/"))
    config = Path(environment.get("DOCKER_CONFIG") or home / ".docker")
    context = _context_address(config, environment)
    desktop = [home / ".docker/run/docker.sock", home / ".docker/desktop/docker.sock"]
    rootless = Path(environment.get("XDG_RUNTIME_DIR") or "/nonexistent") / "docker.sock"
    sockets = [SOCKET, *(path for path in (*desktop, rootless) if path.exists())]
    return ([context] if context else []) + [f"unix://{path}" for path in sockets]


def problem(address: str) -> str:
    """Return why no engine answers at `address`; empty when one does. Addresses that are no local socket pass."""
    if not address.startswith("unix://"):
        return ""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(address.removeprefix("unix://"))
            connection.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
            answer = connection.recv(4096)
    except OSError as error:
        return error.strerror or str(error)
    if b" 200 " not in answer[:64]:
        return f"answered {answer[:40]!r}"
    return podman.PROBLEM if f"\n{podman.HEADER}:".lower().encode() in answer.lower() else ""


def address() -> str:
    """Return the address of the first engine that answers, in the form of DOCKER_HOST.

    Raises:
        UnreachableError: no engine answers; the message names every address and its problem.
        UsageError: the Docker configuration can't be read.

    """
    problems = {candidate: problem(candidate) for candidate in addresses(os.environ)}
    for candidate, reason in problems.items():
        if not reason:
            return candidate
    raise UnreachableError(
        f"No Docker engine answers: {'; '.join(f'{candidate}: {reason}' for candidate, reason in problems.items())}.",
        "Start Docker, or name a Docker engine in DOCKER_HOST. Debian or Ubuntu, as root: apt-get install docker.io",
    )


def connect() -> Client:
    """Return a client of the first engine that answers.

    Raises:
        UnreachableError: no engine answers.

    """
    return client(address())


def client(engine_address: str) -> Client:
    """Return a client of the engine at an address, after the engine has answered.

    Raises:
        UnreachableError: the engine does not answer, or not to this client, or it is no Docker engine.

    """
    from cicd.oci import sdk  # noqa: PLC0415 -- 0.2 s that a command without an engine need not pay

    action = f"connect to the Docker engine at {engine_address}"
    try:
        with engine_errors(action, hint=CONNECT_HINT):
            environment = {**os.environ, "DOCKER_HOST": engine_address}
            return sdk.Client.from_env(environment=environment, use_ssh_client=True)
    except OSError as error:  # the SDK starts the command ssh, which may not exist
        raise UnreachableError(f"Could not {action}: {error}", CONNECT_HINT) from error


def _output(command: list[str]) -> str | None:
    """Return what `command` prints; None when it fails or does not exist."""
    try:
        process = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return process.stdout if process.returncode == 0 else None


def _clients(path: str) -> list[str]:
    """Return every `docker` command in the directories of `path`, in their order; a link to one counts once."""
    clients: dict[str, str] = {}
    for folder in filter(None, path.split(os.pathsep)):
        file = Path(folder) / "docker"
        if os.access(file, os.X_OK):
            clients.setdefault(str(file.resolve()), str(file))
    return list(clients.values())


@functools.cache
def build_client(path: str) -> tuple[str, ...]:
    """Return the first command in the directories of `path` that builds with BuildKit; one with buildx comes first.

    Raises:
        UnreachableError: no command there builds with BuildKit.

    """
    clients = _clients(path)
    for client in clients:
        if _output([client, "buildx", "version"]) is not None:
            return (client, "buildx", "build", "--load")
    for client in clients:
        version = re.search(r"version (\d+)", _output([client, "--version"]) or "")
        if version and int(version[1]) < FIRST_CLIENT_WITHOUT_BUILDKIT:
            return (client, "build")
    reason = f"{', '.join(clients)} has no plug-in buildx" if clients else "there is no docker command"
    raise UnreachableError(
        f"No docker command on this machine builds with BuildKit: {reason}.",
        "Install the package docker-buildx (Ubuntu, Debian 13 on), docker-buildx-plugin (Docker's own packages) "
        "or docker.io (Debian 12).",
    )


def build_command() -> tuple[list[str], dict[str, str]]:
    """Return the command that builds an image with BuildKit into the engine, and the environment to run it in.

    Raises:
        UnreachableError: this machine has no such command, or no engine answers.

    """
    command = build_client(os.environ.get("PATH", "") + os.pathsep + "/usr/bin")
    return list(command), {**os.environ, "DOCKER_HOST": address(), "DOCKER_BUILDKIT": "1", **ONE_IMAGE}


def ca_secret() -> list[str]:
    """Return the arguments that give a build the machine's CA bundle as the secret `ca`; none without a bundle."""
    bundle = authorities.ca_bundle()
    return ["--secret", f"id=ca,src={bundle}"] if bundle else []
