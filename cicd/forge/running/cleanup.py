"""Clean up after cancelled and killed runs: end their processes, remove their containers, keep what they deployed."""

from __future__ import annotations

import os
import re
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import labels, variables
from cicd.errors import UnreachableError
from cicd.oci.errors import ConflictError, MissingError, engine_errors

if TYPE_CHECKING:
    from collections.abc import Collection

    from cicd.forge.state import Forge
    from cicd.oci.engine import Client, Container

PATIENCE = 2.0
"""Seconds between SIGTERM and SIGKILL."""


def clean(forge: Forge, numbers: Collection[int]) -> None:
    """End the processes of these runs and remove their containers, except services that they deployed."""
    if numbers:
        _end_processes(forge.instance, numbers)
        _remove_containers(forge.instance, numbers)


def _end_processes(instance: str, numbers: Collection[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    number = signal.SIGTERM
    while processes := _processes(instance, numbers):
        for process in processes:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, number)
        time.sleep(0.02)
        if time.monotonic() > deadline:
            if number == signal.SIGKILL:
                return
            number, deadline = signal.SIGKILL, deadline + PATIENCE


def _processes(instance: str, numbers: Collection[int]) -> list[int]:
    """Return the ids of the processes of these runs, found by their environment; none on a system without /proc."""
    runs = {f"{variables.ML_CICD_FORGE_RUN}={number}".encode() for number in numbers}
    processes = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            environment = set((entry / "environ").read_bytes().split(b"\0"))
            if f"{variables.ML_CICD_INSTANCE}={instance}".encode() in environment and environment & runs:
                processes.append(int(entry.name))
    return processes


def _remove_containers(instance: str, numbers: Collection[int]) -> None:
    from cicd.oci import engine  # noqa: PLC0415 -- the hook must start quickly

    try:
        client = engine.connect()
    except UnreachableError:
        return
    for number in numbers:
        of_run = [f"{labels.INSTANCE}={instance}", f"{labels.RUN}={number}"]
        # act gives the services of a job no labels, but names that start as the name of its job container.
        name = f"act-.*-{instance}-{number}-"
        with engine_errors(f"list the containers of run {number}"):
            containers = client.containers.list(all=True, filters={"label": of_run}, ignore_removed=True)
            services = client.containers.list(all=True, filters={"name": name}, ignore_removed=True)
            networks = [network for network in client.networks.list() if re.match(name, network.name or "")]
        for container in {container.id: container for container in (*containers, *services)}.values():
            if container.labels.get(labels.ROLE) != labels.SERVICE or (container.name or "").endswith("-candidate"):
                # A conflict: the engine is already removing it.
                with suppress(MissingError, ConflictError), engine_errors(f"remove the container {container.name}"):
                    container.remove(force=True, v=True)
                _remove_volumes(client, container)
        for network in networks:
            with suppress(MissingError, ConflictError), engine_errors(f"remove the network {network.name}"):
                network.remove()


def _remove_volumes(client: Client, job: Container) -> None:
    """Remove the volumes that `act` created for a job container: they have no labels, but start with its name."""
    for mount in job.attrs["Mounts"]:
        if mount.get("Name", "").startswith(str(job.name)):
            # A conflict: another container uses it.
            with suppress(MissingError, ConflictError), engine_errors(f"remove the volume {mount['Name']}"):
                client.volumes.get(mount["Name"]).remove()
