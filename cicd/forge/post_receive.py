"""The post-receive hook of the remote: run the workflows that a push triggers, while the push waits."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cicd import account
from cicd.act import execution
from cicd.forge import push_process, remote
from cicd.forge.events import selection, triggers
from cicd.forge.events.payloads import RefUpdate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cicd.forge.running.progress import Printer
    from cicd.forge.state import Forge


def receive(forge: Forge, lines: Iterable[str], printer: Printer, on_cancel: Callable[[], None] = lambda: None) -> None:
    """Run the workflows that a push triggers. git describes the push in `lines`: `old-id new-id ref`.

    `on_cancel` is called when the push is cancelled, before the runs have ended.

    Raises:
        UsageError: the forge is not up.

    """
    updates = [RefUpdate(*line.rstrip("\n").split(" ", 2)) for line in lines]
    # With git's variables for hooks, every other git command would work in the remote's folder.
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        del os.environ[name]
    with execution.cancellable(on_cancel):
        try:
            state = forge.state()
            repository = remote.hosted(forge, state)
            triggered = triggers.by_push(repository, updates, account.name(), printer.note)
            planned = selection.kept(forge, state, repository, triggered, printer.note)
            if planned:
                from cicd.forge.running import runner  # noqa: PLC0415 -- many pushes trigger nothing

                push = push_process.ancestors()
                runner.run_all(forge, planned, printer, lambda: push_process.is_waiting(push))
        except execution.PushGoneError:
            on_cancel()
        except execution.CancelledError:
            return
