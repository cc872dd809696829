"""`ml-cicd test`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, encoding, github
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
    options.join_forge(arguments.directory)
    passed = suites.run_unit(config.load(arguments.directory.resolve()), arguments.image)
    counts, coverage = (passed.counts, passed.coverage) if passed else (None, "")
    tests = counts or {}
    github.set_outputs({"tests": json.line(tests), "coverage": coverage, "encoded-tests": encoding.encode(tests)})
    github.add_summary(markdown.unit_tests(counts, coverage))
    if arguments.json:
        json.show(tests)
    else:
        sys.stdout.write(terminal.unit_tests(counts, coverage) + "\n")
    return 0
