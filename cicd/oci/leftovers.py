"""Containers that a command leaves behind when it is killed: its next run on this machine removes them, and says so."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from cicd import labels, processes
from cicd.errors import UnreachableError
from cicd.oci.errors import ConflictError, MissingError, engine_errors
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.oci.engine import Client, Container


def marks() -> dict[str, str]:
    """Return the labels of a container that lives as long as a command of this process."""
    return {labels.PROCESS: processes.this(), labels.MACHINE: processes.machine()}


def remove(client: Client) -> None:
    """Remove the containers of processes of this machine that have ended, and say which.

    A container of a process that still runs, or of another machine's, stays.

    Raises:
        UnreachableError: the engine does not answer.

    """
    for container in _marked(client):
        process = container.labels.get(labels.PROCESS, "")
        if processes.is_dead(process, container.labels.get(labels.MACHINE, "")) and _remove(container):
            role = container.labels.get(labels.ROLE, "command")
            say(f"Removed the container {container.name} ({role}): the process that started it was killed.")


def remove_own(client: Client) -> None:
    """Remove the containers that this process started, if the engine answers; threads that wait for them then end."""
    with suppress(UnreachableError):
        for container in _marked(client):
            if container.labels.get(labels.PROCESS) == processes.this():
                _remove(container)


def _marked(client: Client) -> Iterator[Container]:
    with engine_errors("list the containers of commands"):
        yield from client.containers.list(all=True, filters={"label": labels.PROCESS}, ignore_removed=True)


def _remove(container: Container) -> bool:
    """Remove a container; return False if another process removes it."""
    with suppress(MissingError, ConflictError), engine_errors(f"remove the container {container.name}"):
        container.remove(force=True, v=True)
        return True
    return False
