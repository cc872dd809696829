"""The lock of an environment on a Docker engine: a container's name, which the engine gives to one only.

The container is created and never started; its labels name the holder.
"""

from __future__ import annotations

import io
import tarfile
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from docker.errors import APIError, ImageNotFound, NotFound

from cicd.deploy import holder as holders
from cicd.deploy.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docker import DockerClient

    from cicd.deploy.holder import Holder

IMAGE = "ml-cicd/lock:1"


@dataclass(frozen=True)
class EngineLock:
    """A lock on one engine, kept in a container of that name; `labels` say what it belongs to. See `LockStore`."""

    client: DockerClient
    name: str
    labels: Mapping[str, str]
    kind: str = "docker"
    poll: float = 0.2

    def take(self, holder: Holder) -> str:
        """See `LockStore.take`."""
        self._import_image()
        labels = {**self.labels, **holders.to_labels(holder)}
        try:
            container = self.client.containers.create(IMAGE, ["never-started"], name=self.name, labels=labels)
        except APIError as error:
            if error.status_code == HTTPStatus.CONFLICT:
                return ""
            raise
        return str(container.id)

    def find(self) -> Lock | None:
        """See `LockStore.find`."""
        try:
            container = self.client.containers.get(self.name)
        except NotFound:
            return None
        return Lock(holders.from_labels(container.labels), str(container.id))

    def remove(self, identity: str) -> None:
        """See `LockStore.remove`."""
        with suppress(NotFound):
            self.client.containers.get(identity).remove(force=True)

    def _import_image(self) -> None:
        """Have an image on the engine, since a container needs one; it is empty, so no registry is needed."""
        try:
            self.client.images.get(IMAGE)
        except ImageNotFound:
            content = io.BytesIO()
            tarfile.open(fileobj=content, mode="w").close()
            repository, tag = IMAGE.split(":")
            self.client.api.import_image_from_data(content.getvalue(), repository=repository, tag=tag)
