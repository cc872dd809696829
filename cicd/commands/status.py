"""`ml-cicd status`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, repository
from cicd.commands import options
from cicd.ledger import pending
from cicd.printers import json, terminal
from cicd.road import status

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what runs where; 1 if something is wrong."""
    project = config.load(arguments.directory.resolve())
    with repository.fetched(arguments.directory, arguments.remote) as clone:
        states = status.status(clone, project)
        waiting = len(pending.waiting(clone))
    if arguments.json:
        json.show({"environments": states})
    else:
        sys.stdout.write(terminal.status(states, waiting) + "\n")
    return 1 if any(state.problem for state in states.values()) else 0
