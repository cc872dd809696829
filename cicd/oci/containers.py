"""Commands inside containers: project code runs there, without the job's token, socket or environment."""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from cicd import labels
from cicd.errors import UnreachableError, UsageError
from cicd.oci import images
from cicd.oci.errors import MissingError, MissingImageError, engine_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cicd.oci.engine import Client, Container


@dataclass(frozen=True)
class Finished:
    """How a command in a container ended: its exit code, and the collected files (path -> tar)."""

    exit_code: int
    files: Mapping[str, bytes]


class Runner(Protocol):
    """Runs a command in a new container of an image, and collects files from the container; see `run`."""

    def __call__(
        self,
        image: str,
        command: Sequence[str],
        *,
        labels: Mapping[str, str],
        environment: Mapping[str, str],
        collect: Sequence[str],
    ) -> Finished:
        """Run the command to its end."""


def _print(chunk: bytes) -> None:
    sys.stdout.write(chunk.decode(errors="replace"))
    sys.stdout.flush()


def run(
    client: Client,
    image: str,
    command: Sequence[str],
    *,
    labels: Mapping[str, str],
    environment: Mapping[str, str] | None = None,
    network: str = "bridge",
    collect: Sequence[str] = (),
    say: Callable[[bytes], None] = _print,
) -> Finished:
    """Run `command` in a new container of `image`, stream its output, and remove the container, whatever happens.

    `collect` names paths in the container whose files are copied out at the end; a path that does not exist is left
    out. Files are never mounted, since the engine may be on another machine. `say` gets the output in chunks.

    Raises:
        UsageError: the image does not have the command.
        UnreachableError: the engine does not have the image, or does not answer.

    """
    with created(
        client, image, command=list(command), labels=dict(labels), environment=dict(environment or {}),
        network=network, entrypoint=[],
    ) as container:  # fmt: skip
        exit_code = run_to_end(container, image, command, say)
        return Finished(exit_code, {path: data for path in collect if (data := archive(container, path)) is not None})


def run_to_end(container: Container, image: str, command: Sequence[str], say: Callable[[bytes], None] = _print) -> int:
    """Start a created container, stream its output, and return its exit code; `image` and `command` are for messages.

    Raises:
        UsageError: the image does not have the command.

    """
    words = " ".join(command)
    with engine_errors(f"start '{words}' in {image}", UsageError, "Check the command in ml-cicd.toml."):
        container.start()
    with engine_errors(f"read the output of '{words}'"):
        for chunk in container.logs(stream=True, follow=True):
            say(chunk)
        return int(container.wait()["StatusCode"])


def runner(client: Client, network: str) -> Runner:
    """Return a runner on this engine, which pulls the images that it runs and joins their containers to a network."""

    def run_pulled(
        image: str,
        command: Sequence[str],
        *,
        labels: Mapping[str, str],
        environment: Mapping[str, str],
        collect: Sequence[str],
    ) -> Finished:
        images.pull(client, image)
        return run(client, image, command, labels=labels, environment=environment, network=network, collect=collect)

    return run_pulled


@contextmanager
def created(client: Client, image: str, **options: Any) -> Iterator[Container]:
    """Yield a container that has been created, not started; remove it at the end.

    Raises:
        UnreachableError: the engine has no such image, or can't create the container.

    """
    try:
        with engine_errors(f"create a container of {image}"):
            container = client.containers.create(
                image, **{**options, "labels": options.get("labels", {}) | labels.of_this_run()}
            )
    except MissingImageError as error:
        raise UnreachableError(f"The engine has no image {image}.", "Build it first: ml-cicd build") from error
    try:
        yield container
    finally:
        remove(container)


def find(client: Client, name: str) -> Container | None:
    """Return the container of that name, running or not; None when the engine has none."""
    with suppress(MissingError), engine_errors(f"look for the container {name}"):
        return client.containers.get(name)
    return None


def remove(container: Container) -> None:
    """Remove a container and its anonymous volumes, also while it runs; one that is gone already is no error."""
    with suppress(MissingError), engine_errors(f"remove the container {container.name}"):
        container.remove(force=True, v=True)


def archive(container: Container, path: str) -> bytes | None:
    """Return the tar of a file or folder of a container; None when the container has no such path."""
    with suppress(MissingError), engine_errors(f"copy {path} from the container {container.name}"):
        stream, _ = container.get_archive(path)
        return b"".join(stream)
    return None
