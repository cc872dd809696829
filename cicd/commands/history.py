"""`ml-cicd history`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, ledger, repository, stages
from cicd.commands import options
from cicd.printers import json, terminal

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)
    options.add_environment(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the ledger of an environment."""
    stage, project = stages.named(arguments.environment), config.load(arguments.directory.resolve())
    with repository.fetched(arguments.directory, arguments.remote) as clone:
        entries = ledger.read(clone, project.name, stage.name)
    if arguments.json:
        json.show(list(reversed(entries)))
    else:
        sys.stdout.write(terminal.history(entries) + "\n")
    return 0
