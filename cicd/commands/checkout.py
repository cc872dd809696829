"""`ml-cicd checkout`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import config, repository, stages
from cicd.commands import options
from cicd.printers import json, terminal
from cicd.road import checkout

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)
    options.add_environment(parser)
    parser.add_argument(
        "entry", nargs="?", metavar="ENTRY",
        help="the number of an entry that `ml-cicd history` lists (default: the release that passed last)",
    )  # fmt: skip
    parser.add_argument(
        "--folder", type=Path, metavar="FOLDER", help="a new folder (default: beside the clone, named after the entry)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Bring the release back."""
    stage, project = stages.named(arguments.environment), config.load(arguments.directory.resolve())
    clone = repository.clone(arguments.directory.resolve(), arguments.remote)
    clone.fetch()
    release = checkout.bring_back(clone, project, stage, arguments.entry, arguments.folder)
    if arguments.json:
        json.show(release)
    else:
        sys.stdout.write(terminal.checkout(release) + "\n")
    return 0
