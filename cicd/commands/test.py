"""`ml-cicd test`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, engine, github, report, suites
from cicd.commands import options

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_json(parser)
    options.add_image(parser)


def run(arguments: argparse.Namespace) -> int:
    project = config.load(arguments.directory.resolve())
    counts = suites.run(engine.connect(), project, "unit", arguments.image)
    github.set_outputs({"tests": counts})
    github.add_summary(f"**Unit tests**: {report.tests(counts)}")
    if arguments.json:
        options.print_json(counts)
    else:
        sys.stdout.write(f"unit tests: {report.tests(counts)}\n")
    return 0
