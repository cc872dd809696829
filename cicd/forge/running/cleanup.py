"""What runs leave behind that were cancelled or killed: processes, and containers that no service needs."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import labels
from cicd.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Collection

    import docker
    from docker.models.containers import Container

    from cicd.forge.state import Data

PATIENCE = 2.0


def end(data: Data, numbers: Collection[int]) -> None:
    """End the processes and remove the containers of these runs; what they deployed stays."""
    if numbers:
        _end_processes(data.instance, numbers)
        _remove_containers(data.instance, numbers)


def _end_processes(forge: str, numbers: Collection[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    number = signal.SIGTERM
    while found := _processes(forge, numbers):
        for process in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, number)
        time.sleep(0.02)
        if time.monotonic() > deadline:
            if number == signal.SIGKILL:
                return
            number, deadline = signal.SIGKILL, deadline + PATIENCE


def _processes(forge: str, numbers: Collection[int]) -> list[int]:
    """The processes that these runs started; they are known by their environment. None where there is no /proc."""
    runs = {f"ML_CICD_FORGE_RUN={number}".encode() for number in numbers}
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            variables = set((entry / "environ").read_bytes().split(b"\0"))
            if f"ML_CICD_INSTANCE={forge}".encode() in variables and variables & runs:
                found.append(int(entry.name))
    return found


def _remove_containers(forge: str, numbers: Collection[int]) -> None:
    from docker.errors import NotFound  # noqa: PLC0415 -- the hook must start quickly

    from cicd.oci import engine  # noqa: PLC0415

    try:
        client = engine.connect()
    except UnreachableError:
        return
    for number in numbers:
        wanted = [f"{labels.INSTANCE}={forge}", f"{labels.RUN}={number}"]
        for container in client.containers.list(all=True, filters={"label": wanted}, ignore_removed=True):
            if container.labels.get(labels.ROLE) != labels.SERVICE or (container.name or "").endswith("-candidate"):
                with suppress(NotFound):  # it has just gone by itself
                    container.remove(force=True, v=True)
                _remove_volumes(client, container)


def _remove_volumes(client: docker.DockerClient, job: Container) -> None:
    """Remove the volumes that `act` made for the container of a job; they have no labels, but its name."""
    from docker.errors import NotFound  # noqa: PLC0415

    for mount in job.attrs["Mounts"]:
        if mount.get("Name", "").startswith(str(job.name)):
            with suppress(NotFound):
                client.volumes.get(mount["Name"]).remove()
