"""`ml-cicd test`."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from cicd import config, github
from cicd.commands import options
from cicd.oci import containers, engine
from cicd.printers import terminal
from cicd.produce import suites

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_json(parser)
    options.add_image(parser)


def run(arguments: argparse.Namespace) -> int:
    project = config.load(arguments.directory.resolve())
    alone = partial(containers.run, engine.connect(), network="none")  # a unit test can't lean on something outside
    counts = suites.run(alone, project, "unit", arguments.image)
    github.set_outputs({"tests": counts})
    github.add_summary(f"**Unit tests**: {terminal.tests(counts)}")
    if arguments.json:
        options.print_json(counts)
    else:
        sys.stdout.write(f"unit tests: {terminal.tests(counts)}\n")
    return 0
