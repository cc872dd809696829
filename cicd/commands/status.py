"""`ml-cicd status`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, repository
from cicd.commands import options
from cicd.ledger import pending
from cicd.printers import terminal
from cicd.road import status as state

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    project = config.load(arguments.directory.resolve())
    with repository.here(arguments.directory, arguments.remote) as found:
        states = state.status(found, project)
        waiting = pending.waiting(found)
    if arguments.json:
        options.print_json({"environments": states})
    else:
        sys.stdout.write(terminal.status(states) + "\n")
        if waiting:
            sys.stdout.write(f"{len(waiting)} to be recorded yet: ml-cicd record --pending\n")
    return 1 if any(one.problem for one in states.values()) else 0
