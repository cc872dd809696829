"""The Docker engine that this process uses, a `docker` command that can build with BuildKit, and the machine's CAs.

The engine is reached through docker-py; images are built by the `docker` command, since docker-py can't use BuildKit.
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

from cicd.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import docker

SOCKET = Path("/var/run/docker.sock")
FIRST_CLIENT_WITHOUT_BUILDKIT = 23  # from here on the command leaves BuildKit to its plug-in buildx
CA_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/cert.pem",  # macOS
)


def _context_address(config: Path, environment: Mapping[str, str]) -> str:
    """The address of the docker command's current context; empty when that is the default one."""
    name = environment.get("DOCKER_CONTEXT", "")
    if not name and (file := config / "config.json").is_file():
        name = json.loads(file.read_text()).get("currentContext", "")
    for path in (config / "contexts" / "meta").glob("*/meta.json") if name else ():
        meta = json.loads(path.read_text())
        if meta["Name"] == name:
            return str(meta["Endpoints"]["docker"]["Host"])
    return ""


def addresses(environment: Mapping[str, str]) -> list[str]:
    """Where an engine may be, best first: the one asked for, or else the sockets that usually are one."""
    if asked := environment.get("DOCKER_HOST"):
        return [asked]
    home = Path(environment.get("HOME", "/"))
    config = Path(environment.get("DOCKER_CONFIG") or home / ".docker")
    context = _context_address(config, environment)
    desktop = [home / ".docker/run/docker.sock", home / ".docker/desktop/docker.sock"]
    rootless = Path(environment.get("XDG_RUNTIME_DIR") or "/nonexistent") / "docker.sock"
    sockets = [SOCKET, *(path for path in (*desktop, rootless) if path.exists())]
    return ([context] if context else []) + [f"unix://{path}" for path in sockets]


def problem(address: str) -> str:
    """Why no engine answers at `address`; empty when one does (only local sockets are asked)."""
    if not address.startswith("unix://"):
        return ""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(address.removeprefix("unix://"))
            connection.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
            answer = connection.recv(64)
    except OSError as error:
        return error.strerror or str(error)
    return "" if b" 200 " in answer else f"answered {answer[:40]!r}"


def address() -> str:
    """The address of the engine that answers, in the form of DOCKER_HOST.

    Raises:
        UnreachableError: none answers; the message names what was tried.

    """
    problems = {candidate: problem(candidate) for candidate in addresses(os.environ)}
    for candidate, why in problems.items():
        if not why:
            return candidate
    raise UnreachableError(
        "No Docker engine answers: " + "; ".join(f"{where}: {why}" for where, why in problems.items()) + ".",
        "Start Docker, or name an engine in DOCKER_HOST. Debian or Ubuntu, as root: apt-get install docker.io",
    )


def connect() -> docker.DockerClient:
    """A client of the engine that answers.

    Raises:
        UnreachableError: none does.

    """
    return client(address())


def client(where: str) -> docker.DockerClient:
    """A client of the engine at an address, which has answered.

    Raises:
        UnreachableError: it does not.

    """
    import docker  # noqa: PLC0415 -- 0.2 s that a command without an engine need not pay

    try:
        found = docker.from_env(environment={**os.environ, "DOCKER_HOST": where}, use_ssh_client=True)
        found.ping()
    except (docker.errors.DockerException, OSError) as error:
        raise UnreachableError(
            f"The Docker engine at {where} can't be used: {error}", "Check DOCKER_HOST and that the engine runs."
        ) from error
    return found


def _output(command: list[str]) -> str | None:
    """What `command` printed, or None when it failed or isn't there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _clients(path: str) -> list[str]:
    """Every `docker` command in the directories of `path`, in this order, each once."""
    found: dict[str, str] = {}
    for folder in filter(None, path.split(os.pathsep)):
        file = Path(folder) / "docker"
        if os.access(file, os.X_OK):
            found.setdefault(str(file.resolve()), str(file))
    return list(found.values())


@functools.cache
def build_client(path: str) -> tuple[str, ...]:
    """The first command in the directories of `path` that builds with BuildKit; one with buildx comes first.

    Raises:
        UnreachableError: there is none.

    """
    clients = _clients(path)
    for client in clients:
        if _output([client, "buildx", "version"]) is not None:
            return (client, "buildx", "build", "--load")
    for client in clients:
        version = re.search(r"version (\d+)", _output([client, "--version"]) or "")
        if version and int(version[1]) < FIRST_CLIENT_WITHOUT_BUILDKIT:
            return (client, "build")
    found = f"found {', '.join(clients)}, but no plug-in buildx" if clients else "there is no docker command"
    raise UnreachableError(
        f"No docker command here can build with BuildKit: {found}.",
        "Install the package docker-buildx (Ubuntu, Debian 13 on), docker-buildx-plugin (Docker's own packages) "
        "or docker.io (Debian 12).",
    )


def build_command() -> tuple[list[str], dict[str, str]]:
    """The command that builds an image with BuildKit into the engine, and the environment to run it in.

    Raises:
        UnreachableError: no such command on this machine, or no engine.

    """
    command = build_client(os.environ.get("PATH", "") + os.pathsep + "/usr/bin")
    return list(command), {**os.environ, "DOCKER_HOST": address(), "DOCKER_BUILDKIT": "1"}


def ca_bundle() -> Path | None:
    """The file with the certificate authorities that this machine trusts, or None when it has none."""
    named = [os.environ.get("SSL_CERT_FILE"), os.environ.get("REQUESTS_CA_BUNDLE"), *CA_BUNDLES]
    return next((Path(file) for file in named if file and Path(file).is_file()), None)


def ca_secret() -> list[str]:
    """The arguments of a build that hand it the machine's CA bundle as the secret `ca`."""
    bundle = ca_bundle()
    return ["--secret", f"id=ca,src={bundle}"] if bundle else []
