"""The lock of an environment on a Docker engine: a container's name, which the engine gives to one only.

The container is created and never started; its labels name the holder.
"""

from __future__ import annotations

import io
import tarfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from docker.errors import APIError, ImageNotFound, NotFound

from cicd import failpoints
from cicd.deploy import holder as holders
from cicd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docker import DockerClient

    from cicd.deploy.target import Holder

IMAGE = "ml-cicd/lock:1"
POLL = 0.2


@dataclass(frozen=True)
class Lock:
    """The lock with that name on one engine; `labels` say to what it belongs."""

    client: DockerClient
    name: str
    labels: Mapping[str, str]
    say: Callable[[str], None]

    @contextmanager
    def held(self, holder: Holder, wait: float, unlock: str) -> Iterator[None]:
        """Hold the lock; see `Target.locked`. `unlock` is the command with which a person removes it."""
        self._image()
        end, said = time.monotonic() + wait, False
        while not self._take(holder):
            other = self.holder()
            if other is None:
                continue
            if holders.is_dead(other):
                self.say(f"{other} held the lock and is dead: it is taken over")
                self.remove()
            elif time.monotonic() >= end:
                raise RefusedError(
                    f"Another deployment is under way: by {other}.",
                    f"Wait for it (--lock-wait SECONDS). If it is dead for sure: {unlock}",
                )
            else:
                if not said:
                    self.say(f"another deployment is under way, by {other}: waiting up to {wait:g} s")
                said = True
                time.sleep(POLL)
        try:
            failpoints.boundary("docker.lock.after")
            yield
        finally:
            try:
                failpoints.boundary("docker.unlock.before")
            finally:
                self.remove()
            failpoints.boundary("docker.unlock.after")

    def holder(self) -> Holder | None:
        """Who holds the lock; None for nobody."""
        try:
            return holders.of_labels(self.client.containers.get(self.name).labels)
        except NotFound:
            return None

    def remove(self) -> None:
        """Remove the lock, whoever holds it."""
        with suppress(NotFound):
            self.client.containers.get(self.name).remove(force=True)

    def _take(self, holder: Holder) -> bool:
        failpoints.boundary("docker.lock.before")
        labels = {**self.labels, **holders.labels(holder)}
        try:
            self.client.containers.create(IMAGE, ["never-started"], name=self.name, labels=labels)
        except APIError as error:
            if error.status_code == HTTPStatus.CONFLICT:
                return False
            raise
        return True

    def _image(self) -> None:
        """Have an image on the engine, since a container needs one; it is empty, so no registry is needed."""
        try:
            self.client.images.get(IMAGE)
        except ImageNotFound:
            written = io.BytesIO()
            tarfile.open(fileobj=written, mode="w").close()
            repository, tag = IMAGE.split(":")
            self.client.api.import_image_from_data(written.getvalue(), repository=repository, tag=tag)
