"""`ml-cicd history`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, ledger, repository, stages
from cicd.commands import options
from cicd.printers import terminal

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    parser.add_argument("environment", help=stages.NAMES)


def run(arguments: argparse.Namespace) -> int:
    project = config.load(arguments.directory.resolve())
    project.environment(arguments.environment)
    with repository.here(arguments.directory, arguments.remote) as found:
        entries = ledger.read(found, project.name, arguments.environment)
    if arguments.json:
        options.print_json(list(reversed(entries)))
    else:
        sys.stdout.write(terminal.history(entries) + "\n")
    return 0
