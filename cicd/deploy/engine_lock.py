"""The lock of an environment on a Docker engine: a container's name, which the engine gives to one only.

The container is created and never started; its labels name the holder.
"""

from __future__ import annotations

import io
import tarfile
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.deploy import holder as holders
from cicd.deploy.lock import Lock
from cicd.oci import containers, images
from cicd.oci.errors import ConflictError, DiskFullError, engine_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cicd.deploy.holder import Holder
    from cicd.oci.engine import Client

IMAGE = "ml-cicd/lock:1"


@dataclass(frozen=True)
class EngineLock:
    """A lock on one engine, kept in a container of that name; `labels` say what it belongs to. See `LockStore`."""

    client: Client
    name: str
    labels: Mapping[str, str]
    make_room: Callable[[], bool] = lambda: False
    """Free room on the engine's disk; return whether that was possible."""
    kind: str = "docker"
    poll: float = 0.2
    care: str = "Clean up with: docker container prune --filter label!=ml-cicd.project"

    def take(self, holder: Holder) -> str:
        """See `LockStore.take`. On a full disk, try once more with the room that can be made."""
        try:
            return self._create(holder)
        except DiskFullError:
            if not self.make_room():
                raise
            return self._create(holder)

    def _create(self, holder: Holder) -> str:
        self._import_image()
        labels = {**self.labels, **holders.to_labels(holder)}
        with suppress(ConflictError), engine_errors(f"create the lock {self.name}"):
            container = self.client.containers.create(
                IMAGE, ["never-started"], name=self.name, labels=labels, **containers.NO_PROXIES
            )
            return str(container.id)
        return ""

    def find(self) -> Lock | None:
        """See `LockStore.find`."""
        container = containers.find(self.client, self.name)
        return Lock(holders.from_labels(container.labels), str(container.id)) if container else None

    def remove(self, identity: str) -> None:
        """See `LockStore.remove`."""
        if container := containers.find(self.client, identity):
            containers.remove(container)

    def _import_image(self) -> None:
        """Have an image on the engine, since a container needs one; it is empty, so no registry is needed."""
        if images.present(self.client, IMAGE):
            return
        content = io.BytesIO()
        tarfile.open(fileobj=content, mode="w").close()
        repository, tag = IMAGE.split(":")
        with engine_errors(f"import the image {IMAGE}"):
            self.client.api.import_image_from_data(content.getvalue(), repository=repository, tag=tag)
