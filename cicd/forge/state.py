"""Where the forge keeps what it knows: everything lies in `<project>/.ml-cicd/local/`."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from cicd import forge_identity
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(".ml-cicd") / "local"


@dataclass(frozen=True)
class State:
    """What `up` decided. `registry`, `base`, `proxy`, `engine` and `runner` are those of the services."""

    project: str
    repository: str
    source: str
    """The kit that runs are given."""
    registry: str
    base: str
    proxy: str
    engine: str
    runner: str = ""
    """The image in whose containers steps run; empty: on this machine itself."""
    variables: dict[str, str] = field(default_factory=dict)
    """What workflows read as `vars`."""


@dataclass(frozen=True)
class Data:
    """The forge's directory and what is in it."""

    path: Path

    @property
    def server(self) -> str:
        """The address before `owner/name`, as the jobs see it."""
        return (self.path / "git").as_uri()

    @property
    def kit(self) -> Path:
        """The frozen kit."""
        return self.path / "kit"

    @property
    def runs(self) -> Path:
        """The records of the runs."""
        return self.path / "runs"

    def remote(self, repository: str) -> Path:
        """The bare repository to which people push."""
        return self.path / "git" / repository

    @property
    def instance(self) -> str:
        """A short name that no other forge on this machine has; a part of the names of its containers."""
        return forge_identity.of_data(self.path)

    @property
    def work(self) -> Path:
        """Where runs work; empty when none is under way. It lies in the user's cache: `act` bears no blank in it."""
        return cache() / "work" / hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]

    def write_state(self, state: State) -> None:
        """Keep what `up` decided."""
        replace(self.path / "state.json", json.dumps(asdict(state), indent=2) + "\n")

    def state(self) -> State:
        """What `up` decided.

        Raises:
            UsageError: it was not run, or not to its end.

        """
        try:
            return State(**json.loads((self.path / "state.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise _not_up() from error

    @contextmanager
    def lock(self, *, wait: bool = True) -> Iterator[bool]:
        """Hold the lock under which runs happen, one push at a time. Yields whether it is held.

        Raises:
            UsageError: the forge's directory is gone, or was never made.

        """
        with _opened(self.path / "lock") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True

    @contextmanager
    def turn(self, on_wait: Callable[[], None]) -> Iterator[None]:
        """Hold the lock, in the order in which it was asked for; `on_wait` is called when others come first.

        Raises:
            UsageError: the forge's directory is gone, or was never made.

        """
        with self._queue() as queue:
            ahead = sorted(int(ticket.name) for ticket in _held_tickets(queue))
            mine = queue / str(max(ahead, default=0) + 1)
            stream = mine.open("w")
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.write(str(os.getpid()))
            stream.flush()
        try:
            if ahead:
                on_wait()
            for number in ahead:
                with suppress(FileNotFoundError), (queue / str(number)).open() as earlier:
                    fcntl.flock(earlier, fcntl.LOCK_SH)
            with self.lock():
                yield
        finally:
            mine.unlink(missing_ok=True)
            stream.close()

    def queued(self) -> list[int]:
        """The processes that wait for their turn, or have it."""
        with self._queue() as queue:
            return [int(ticket.read_text()) for ticket in _held_tickets(queue)]

    @contextmanager
    def _queue(self) -> Iterator[Path]:
        """The folder with the tickets; nobody else looks at them or takes one meanwhile."""
        with _opened(self.path / "queue.lock") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            queue = self.path / "queue"
            try:
                queue.mkdir(exist_ok=True)
            except FileNotFoundError as error:  # `down` was quicker
                raise _not_up() from error
            yield queue


def cache() -> Path:
    """What the forges of all projects of this user share.

    Raises:
        UsageError: its path has a blank.

    """
    path = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ml-cicd"
    if len(str(path).split()) > 1:
        raise UsageError(f"Local runs can't work in '{path}': it has a blank.", "Set XDG_CACHE_HOME to another folder.")
    return path


def of_project(directory: Path) -> Data:
    """The forge of the project in `directory`."""
    return Data(directory.resolve() / FOLDER)


def _not_up() -> UsageError:
    return UsageError("The local forge is not up here.", "Run: ml-cicd local up")


def _opened(path: Path) -> IO[str]:
    """A file that is locked; it never makes the forge's directory, which `down` may just have removed."""
    try:
        return path.open("a")
    except FileNotFoundError as error:
        raise _not_up() from error


def _held_tickets(queue: Path) -> list[Path]:
    """The tickets of processes that live; those of others are removed.

    A ticket that is taken at this moment would look like that of a dead process: call it with the queue guarded.
    """
    held = []
    for ticket in queue.iterdir():
        if ticket.name.isdigit():
            with suppress(FileNotFoundError), ticket.open() as stream:
                try:
                    fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
                    ticket.unlink()
                except BlockingIOError:
                    held.append(ticket)
    return held


def replace(path: Path, text: str) -> None:
    """Write a file so that readers find the old or the new text, and never a part."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)


def read_json(path: Path) -> Any:
    """The content of a JSON file."""
    return json.loads(path.read_text("utf-8"))
