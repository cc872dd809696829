"""`ml-cicd test`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, github
from cicd.commands import options
from cicd.printers import json, markdown, terminal
from cicd.produce import suites

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser, remote=False)
    options.add_image(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the unit tests."""
    counts = suites.run_unit(config.load(arguments.directory.resolve()), arguments.image)
    github.set_outputs({"tests": counts})
    github.add_summary(markdown.unit_tests(counts))
    if arguments.json:
        json.show(counts)
    else:
        sys.stdout.write(terminal.unit_tests(counts) + "\n")
    return 0
