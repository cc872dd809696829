"""`ml-cicd unlock`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, repository, stages
from cicd.commands import options
from cicd.deploy import target_for

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    parser.add_argument("environment", help=stages.NAMES)


def run(arguments: argparse.Namespace) -> int:
    project = config.load(arguments.directory.resolve())
    found = repository.clone(arguments.directory, arguments.remote)
    holder = target_for(project, project.environment(arguments.environment), found).unlock()
    if arguments.json:
        options.print_json({"holder": holder})
    else:
        name = arguments.environment
        sys.stdout.write(f"{name}: the lock of {holder} is removed\n" if holder else f"{name}: nobody holds the lock\n")
    return 0
