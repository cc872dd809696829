"""What signals do to a command: it cleans up and ends, on SIGTERM as on SIGINT (Ctrl-C).

A runner that cancels a job sends SIGINT, some seconds later SIGTERM, and at last SIGKILL.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

INTERRUPTED, TERMINATED = 130, 143
"""The exit codes after SIGINT and SIGTERM, as shells have them."""


class TerminatedError(KeyboardInterrupt):
    """SIGTERM asked this process to end."""


def exit_code(stop: KeyboardInterrupt) -> int:
    """Return the exit code of a command that a signal stopped."""
    return TERMINATED if isinstance(stop, TerminatedError) else INTERRUPTED


@contextmanager
def handled() -> Iterator[None]:
    """Raise KeyboardInterrupt on SIGINT and `TerminatedError` on SIGTERM inside the block.

    Once one of them came, SIGTERM is ignored: it would stop the cleanup. A person's second Ctrl-C does stop it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    stopping: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        if stopping and number == signal.SIGTERM:
            return
        stopping.append(number)
        raise TerminatedError if number == signal.SIGTERM else KeyboardInterrupt

    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    changed = [number for number, handler in usual.items() if signal.getsignal(number) is handler]
    before = {number: signal.signal(number, stop) for number in changed}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
