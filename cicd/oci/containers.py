"""Commands inside containers: project code runs there, without the job's token, socket or environment."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from cicd import labels
from cicd.errors import UnreachableError, UsageError
from cicd.files import file_errors
from cicd.oci import endings, images, leftovers, metadata_shield, resources
from cicd.oci.errors import MissingError, MissingImageError, engine_errors
from cicd.oci.output import Output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from cicd.oci.endings import Ending
    from cicd.oci.engine import Client, Container


NO_PROXIES: dict[str, Any] = {"use_config_proxy": False}
"""For every container: the variables of the account's Docker configuration (`proxies`) are not the project's."""


@dataclass(frozen=True)
class Finished:
    """How a command in a container ended, and the collected files (path -> tar)."""

    ending: Ending
    files: Mapping[str, bytes]

    @property
    def exit_code(self) -> int:
        """The exit code of the command."""
        return self.ending.exit_code


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


def run(
    client: Client,
    image: str,
    command: Sequence[str],
    *,
    labels: Mapping[str, str],
    environment: Mapping[str, str] | None = None,
    network: str = "bridge",
    names: Mapping[str, str] | None = None,
    collect: Sequence[str] = (),
    output: Output | None = None,
    shm_size: str | None = None,
    prepare: Callable[[Container], None] | None = None,
) -> Finished:
    """Run `command` in a new container of `image`, stream its output, and remove the container, whatever happens.

    The container can't reach the metadata service of a cloud; see `metadata_shield`.
    `names` are host names that the container knows, with their addresses.
    `collect` names paths in the container whose files are copied out at the end; a path that does not exist is left
    out. Files are never mounted, since the engine may be on another machine. Output is printed, or goes to `output`.
    `prepare` gets the container before it starts, to put files into it.

    Raises:
        UsageError: the image does not have the command.
        UnreachableError: the engine does not have the image, or does not answer.

    """
    with created(
        client, image, command=list(command), labels=dict(labels), environment=dict(environment or {}),
        network=network, entrypoint=[], extra_hosts=dict(names or {}), **resources.options(shm_size=shm_size),
    ) as container:  # fmt: skip
        if network != "none":
            metadata_shield.join(client, container)
        if prepare:
            prepare(container)
        ending = run_to_end(container, image, command, output)
        return Finished(ending, {path: data for path in collect if (data := archive(container, path)) is not None})


def run_to_end(container: Container, image: str, command: Sequence[str], output: Output | None = None) -> Ending:
    """Start a created container, pass its output on, and return how it ended.

    `image` and `command` are for messages. The output comes from the container itself: the engine's logs cut it into
    pieces of 16 kB, in the middle of characters.

    Raises:
        UsageError: the image does not have the command, or is for another platform than the engine's.

    """
    words, printed = " ".join(command), output or Output()
    with engine_errors(f"attach to '{words}'"):
        stream: Any = container.attach(stream=True, demux=True)
    with engine_errors(f"start '{words}' in {image}", UsageError, "Check the command in ml-cicd.toml."):
        container.start()
    with engine_errors(f"read the output of '{words}'"):
        for out, err in stream:
            printed.feed(out or err or b"", "stdout" if out else "stderr")
        printed.end()
        container.wait()
    ending = endings.of(container, printed.last)
    if ending.is_foreign:
        raise UsageError(f"'{words}' can't run: the platforms differ: {ending.in_platforms}.", ending.hint(""))
    return ending


@contextmanager
def time_limit(container: Container, seconds: float | None) -> Iterator[threading.Event]:
    """Kill a container that still runs after some seconds, None for no limit; yield the event that says so."""
    passed = threading.Event()

    def kill() -> None:
        passed.set()
        with suppress(UnreachableError), engine_errors(f"stop the container {container.name}"):
            container.kill()

    timer = threading.Timer(seconds or 0, kill)
    timer.daemon = True
    if seconds is not None:
        timer.start()
    try:
        yield passed
    finally:
        timer.cancel()


def runner(
    client: Client,
    network: str,
    names: Mapping[str, str] | None = None,
    instance: str = "",
    *,
    shm_size: str | None = None,
    prepare: Callable[[Container], None] | None = None,
) -> Runner:
    """Return a runner on this engine, which pulls the images that it runs and joins their containers to a network.

    `names` are host names that the containers know, with their addresses. `instance` is the local forge to which the
    network belongs; it removes its containers with the network. `prepare` gets each container before it starts.
    """
    owner = {labels.INSTANCE: instance} if instance else {}

    def run_pulled(
        image: str,
        command: Sequence[str],
        *,
        labels: Mapping[str, str],
        environment: Mapping[str, str],
        collect: Sequence[str],
    ) -> Finished:
        leftovers.remove(client)
        images.pull(client, image)
        return run(
            client, image, command, labels={**labels, **owner}, environment=environment, network=network, names=names,
            collect=collect, shm_size=shm_size, prepare=prepare,
        )  # fmt: skip

    return run_pulled


@contextmanager
def created(client: Client, image: str, **options: Any) -> Iterator[Container]:
    """Yield a container that has been created, not started; remove it at the end.

    Raises:
        UnreachableError: the engine has no such image, or can't create the container.

    """
    try:
        with engine_errors(f"create a container of {image}"):
            container = client.containers.create(image, **_plain(options))
    except MissingImageError as error:
        raise UnreachableError(f"The engine has no image {image}.", "Build it first: ml-cicd build") from error
    try:
        yield container
    finally:
        remove(container)


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a container that lives as long as its command.

    Its output is read from the container, so that none stays on the engine.
    """
    from docker.types import LogConfig  # noqa: PLC0415 -- slow to import, and needed only here

    marks = options.get("labels", {}) | labels.of_this_run() | leftovers.marks()
    return {**NO_PROXIES, "log_config": LogConfig(type="none"), **options, "labels": marks}


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


def save(container: Container, path: str, target: Path, limit: int | None = None) -> bool:
    """Write the tar of a file or folder of a container to `target`, however large; False without such a path.

    Raises:
        ValueError: it is a file larger than `limit` bytes.
        UnreachableError: the disk is full, or the engine does not answer.

    """
    with suppress(MissingError), file_errors(f"write {target}"), engine_errors(f"copy {path} from a container"):
        stream, state = container.get_archive(path)
        size = int((state or {}).get("size", 0))
        if limit is not None and size > limit:
            raise ValueError(f"{path} has {size} bytes; at most {limit} are read")
        with target.open("wb") as file:
            for chunk in stream:
                file.write(chunk)
        return True
    return False
