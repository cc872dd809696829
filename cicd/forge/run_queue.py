"""One push at a time: the lock that a running push holds, and the queue of those that wait for it."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True)
class RunQueue:
    """The lock and the queue in the forge's folder. The kernel frees both when a process dies."""

    folder: Path

    @contextmanager
    def lock(self, *, wait: bool = True) -> Iterator[bool]:
        """Hold the lock under which workflows run. Yields whether it is held: without `wait`, another may hold it.

        Raises:
            UsageError: the forge is not up.

        """
        with _open(self.folder / "lock") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True

    @contextmanager
    def turn(self, on_wait: Callable[[], None]) -> Iterator[None]:
        """Hold the lock, first come, first served. `on_wait` is called once if this process has to wait.

        Raises:
            UsageError: the forge is not up.

        """
        with self._guarded() as tickets:
            earlier = sorted(int(ticket.name) for ticket in _live_tickets(tickets))
            ticket = tickets / str(max(earlier, default=0) + 1)
            stream = ticket.open("w")
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.write(str(os.getpid()))
            stream.flush()
        try:
            if earlier:
                on_wait()
            for number in earlier:
                with suppress(FileNotFoundError), (tickets / str(number)).open() as ahead:
                    fcntl.flock(ahead, fcntl.LOCK_SH)
            with self.lock():
                yield
        finally:
            ticket.unlink(missing_ok=True)
            stream.close()

    def processes(self) -> list[int]:
        """Return the ids of the processes that wait for their turn or have it."""
        with self._guarded() as tickets:
            return [int(ticket.read_text()) for ticket in _live_tickets(tickets)]

    @contextmanager
    def _guarded(self) -> Iterator[Path]:
        """Yield the folder with the tickets; no other process reads it or adds a ticket meanwhile."""
        with _open(self.folder / "queue.lock") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            tickets = self.folder / "queue"
            try:
                tickets.mkdir(exist_ok=True)
            except FileNotFoundError as error:  # `down` has just removed the forge's folder
                raise not_up() from error
            yield tickets


def not_up() -> UsageError:
    """Return the error for a forge that is not up."""
    return UsageError("The local forge is not up in this folder.", "Run: ml-cicd local up")


def _open(path: Path) -> IO[str]:
    """Open a lock file, without creating the forge's folder: `down` may just have removed it."""
    try:
        return path.open("a")
    except FileNotFoundError as error:
        raise not_up() from error


def _live_tickets(tickets: Path) -> list[Path]:
    """Return the tickets of live processes, and remove those of dead ones.

    Call it with the queue guarded: a ticket that another process is just taking looks like that of a dead one.
    """
    live = []
    for ticket in tickets.iterdir():
        if ticket.name.isdigit():
            with suppress(FileNotFoundError), ticket.open() as stream:
                try:
                    fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
                    ticket.unlink()
                except BlockingIOError:
                    live.append(ticket)
    return live
