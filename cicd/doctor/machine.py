"""What a machine needs for local runs, and what of that is missing."""

from __future__ import annotations

import errno
import os
import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from contextlib import suppress
from http.client import HTTPException
from typing import TYPE_CHECKING

from cicd import git, labels, place
from cicd.act import execution
from cicd.config import DockerSettings
from cicd.doctor.check import Check, ok, unknown, wrong
from cicd.errors import CicdError, UsageError
from cicd.forge.state import Forge
from cicd.oci import engine, repositories
from cicd.oci.errors import engine_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicd.config import Config
    from cicd.oci.engine import Client

ENGINE, BUILDS, ACT, GIT, DISK, REGISTRY = (
    f"machine/{name}" for name in ("engine", "builds", "act", "git", "disk", "registry")
)
ROOM = 3.0
"""Gigabytes that should be free: the images of a project with a model's packages."""
_GIGABYTE = 1e9
_SECONDS = 3


def checks(directory: Path, config: Config | None) -> Iterator[Check]:
    """Yield the checks of this machine, for the project in `directory`; `config` is None where it is not valid."""
    client, answered = _engine()
    yield answered
    yield _builds()
    yield _act()
    yield _git()
    yield _disk(directory, client)
    yield _registry(directory, config)
    yield from _ports(config, client)


def quick(directory: Path) -> list[Check]:
    """Return the checks of what `local up` does not check by its own work: less than a second in all."""
    client, answered = _engine()
    return [answered, _builds(), _git(), _disk(directory, client)]


def _failed(name: str, error: CicdError, why: str) -> Check:
    return wrong(name, error.message, why, error.hint)


def _engine() -> tuple[Client | None, Check]:
    try:
        client = engine.connect()
        with engine_errors("ask the Docker engine for its version"):
            version = client.version()
    except CicdError as error:
        return None, _failed(ENGINE, error, "Local runs build and deploy on a Docker engine.")
    return client, ok(ENGINE, f"Docker {version.get('Version')}, API {version.get('ApiVersion')}, {engine.address()}")


def _builds() -> Check:
    try:
        command = engine.build_client(os.environ.get("PATH", "") + os.pathsep + "/usr/bin")
    except CicdError as error:
        return _failed(BUILDS, error, "The kit's Dockerfiles need BuildKit.")
    return ok(BUILDS, f"{' '.join(command)}{'' if 'buildx' in command else ': BuildKit without the plug-in buildx'}")


def _act() -> Check:
    try:
        path = execution.binary()
    except CicdError as error:
        return _failed(ACT, error, "It runs the jobs of a workflow on this machine.")
    version = _printed([path, "--version"])
    return ok(ACT, f"{version}, {path}") if version else unknown(ACT, path, f"'{path} --version' fails.")


def _git() -> Check:
    version = _printed(["git", "--version"])
    number = re.search(r"(\d+)\.(\d+)", version)
    if not number:
        return wrong(GIT, "git can't be started", "Every command of the road needs it.", "apt-get install git")
    if tuple(map(int, number.groups())) < tuple(map(int, git.MINIMUM.split("."))):
        return wrong(GIT, version, f"The kit needs git {git.MINIMUM} or newer.", f"Install git {git.MINIMUM} or newer.")
    return ok(GIT, version)


def _printed(command: list[str]) -> str:
    """Return the first line that a command prints; empty if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.partition("\n")[0].strip() if done.returncode == 0 else ""


def _disk(directory: Path, client: Client | None) -> Check:
    """Check the disk of the engine where it is on this machine, and that of the project."""
    folders = [str(directory.resolve())]
    if client is not None:
        with suppress(CicdError), engine_errors("ask the Docker engine for its folder"):
            folders.append(client.info().get("DockerRootDir") or "")
    free: dict[str, float] = {}
    for folder in folders:
        with suppress(OSError):  # it is on another machine, or in a folder that this account may not enter
            free[folder] = shutil.disk_usage(folder).free / _GIGABYTE
    if not free:
        return unknown(DISK, f"the free space in {directory}", "There is no such folder, or it can't be read.")
    folder = min(free, key=free.__getitem__)
    what = f"{free[folder]:.1f} GB free in {folder}"
    if free[folder] < ROOM:
        mend = "docker system df shows what takes the space; docker builder prune removes the build cache."
        return wrong(DISK, what, f"Builds need about {ROOM:.0f} GB.", mend)
    return ok(DISK, what)


def _registry(directory: Path, config: Config | None) -> Check:
    try:
        state = Forge.of_project(place.root(directory)).state()
    except UsageError:
        return _configured_registry(config)
    problem = _unreachable(f"http://{state.registry}/v2/")
    if problem:
        why = "The runs of the local forge push images there."
        return wrong(REGISTRY, f"{state.registry} does not answer: {problem}", why, "ml-cicd local up")
    return ok(REGISTRY, f"{state.registry} answers")


def _configured_registry(config: Config | None) -> Check:
    try:
        host = repositories.split(config.image)[0] if config and config.image else repositories.default_host()
    except UsageError as error:
        return _failed(REGISTRY, error, "No stage can push an image there.")
    problem = _unreachable(f"https://{host}/v2/")
    if problem:
        return unknown(REGISTRY, f"{host} does not answer: {problem}", "Only stages on GitHub push there.")
    return ok(REGISTRY, f"{host} answers; the local one is not up (ml-cicd local up)")


def _unreachable(url: str) -> str:
    """Return why nothing answers at an address; empty for any answer."""
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS):  # noqa: S310 -- http or https, as written above
            return ""
    except urllib.error.HTTPError:
        return ""
    except (OSError, ValueError, HTTPException) as error:
        return str(getattr(error, "reason", error))


def _ports(config: Config | None, client: Client | None) -> Iterator[Check]:
    """Check the ports of the environments that this machine carries: free, or held by the project itself."""
    for environment in config.environments.values() if config else ():
        if not isinstance(environment.settings, DockerSettings) or environment.settings.host:
            continue
        for port in filter(None, (environment.port, *environment.ports.values())):
            name = f"machine/port {port}"
            holder = "" if _free(port) else _holder(client, port)
            if not holder:
                yield ok(name, f"{environment.name}: free")
            elif config and holder == config.name:
                yield ok(name, f"{environment.name}: the release of {config.name} has it")
            else:
                why = f"The release of {environment.name} can't listen there."
                mend = f"Stop what has it (ss -ltnp), or change `port` of [environments.{environment.name}]."
                yield wrong(name, f"{environment.name}: {holder} has it", why, mend)


def _free(port: int) -> bool:
    """Return whether no program has a port. Where this account may not bind it, the engine may: connect instead."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM):
                return False
            probe.settimeout(_SECONDS)
            return probe.connect_ex(("127.0.0.1", port)) != 0
    return True


def _holder(client: Client | None, port: int) -> str:
    """Return the project whose container has a port, else the container or program."""
    names: list[str] = []
    if client is not None:
        with suppress(CicdError), engine_errors(f"look for the container with port {port}"):
            containers = client.containers.list(filters={"publish": str(port)}, ignore_removed=True)
            names = [holder.labels.get(labels.PROJECT) or f"the container {holder.name}" for holder in containers]
    return next(iter(names), "another program")
