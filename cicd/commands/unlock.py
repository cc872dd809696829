"""`ml-cicd unlock`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, repository, stages
from cicd.commands import options
from cicd.deploy import target_for
from cicd.printers import json, terminal

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)
    options.add_environment(parser)


def run(arguments: argparse.Namespace) -> int:
    """Remove the lock, whoever holds it."""
    stage, project = stages.named(arguments.environment), config.load(arguments.directory.resolve())
    clone = repository.clone(arguments.directory, arguments.remote, changes=True)
    holder = target_for(project, project.environments[stage.name], clone).unlock()
    if arguments.json:
        json.show({"holder": holder})
    else:
        sys.stdout.write(terminal.unlocked(stage.name, holder) + "\n")
    return 0
