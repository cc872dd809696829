"""What the remote's hook does with a push: find the workflows that it starts, and have them run."""

from __future__ import annotations

import getpass
import os
import sys
from typing import TYPE_CHECKING

from cicd.act import execution
from cicd.forge import push_process
from cicd.forge.events import triggers
from cicd.forge.events.payloads import Update
from cicd.forge.running import runner
from cicd.text import plain, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cicd.forge.state import Data


def receive(data: Data, lines: Iterable[str]) -> None:
    """Run what the push starts that git describes in `lines` (`old new ref`), and print what happens."""
    updates = [Update(*line.rstrip("\n").split(" ", 2)) for line in lines]
    # A hook's variables would lead every other git command to the remote's own directory.
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        del os.environ[name]
    with execution.cancellable():
        try:
            state = data.state()
            repository = runner.repository_of(data, state)
            begun = triggers.pushed(repository, updates, getpass.getuser(), lambda text: say(plain(text)))
            if begun:
                push = push_process.waiting()
                runner.run_all(data, begun, lambda: push_process.still_waits(push))
        except (execution.CancelledError, BrokenPipeError):
            # Nobody reads any more: what is left in the buffer must go somewhere at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
