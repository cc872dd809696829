"""What the engine remembers of the last deployments: which order brought which container, in the proxy's volume.

Labels of a container can't change. A rollback starts a retained container again, whose labels name its first
deployment; the note names the last one.
"""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING

from cicd import failpoints, labels
from cicd.oci import archives, containers
from cicd.oci.errors import engine_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.deploy.target import Order
    from cicd.oci.engine import Container

FILE = "deployments.json"


def read(proxy: Container | None, folder: str) -> dict[str, Mapping[str, str]]:
    """Return the facts of each noted deployment, by the short id of its container; empty without a readable note."""
    content = containers.archive(proxy, f"{folder}/{FILE}") if proxy else None
    try:
        return parse(archives.single_file(content)) if content else {}
    except (ValueError, tarfile.TarError):
        return {}


def parse(content: bytes) -> dict[str, Mapping[str, str]]:
    """Return the facts in a note, by the short id of the container; empty if it is no note."""
    try:
        notes = json.loads(content)
    except ValueError:
        return {}
    return {name: facts for name, facts in notes.items() if isinstance(facts, dict)} if isinstance(notes, dict) else {}


def write(
    proxy: Container, folder: str, kept: Mapping[str, Mapping[str, str]], order: Order, container: Container
) -> None:
    """Note that an order brings a container, beside the notes that are `kept`."""
    content = json.dumps({**kept, container.short_id: order.facts}).encode()
    mark = "-".join(filter(None, ("docker.note", container.labels.get(labels.DELIVERABLE, ""))))
    with failpoints.change(mark), engine_errors(f"write into the volume of {proxy.name}"):
        proxy.put_archive(folder, archives.packed({FILE: content}))
