"""`ml-cicd check`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, github
from cicd.commands import options
from cicd.oci import engine
from cicd.printers import terminal
from cicd.produce import checks

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_json(parser)
    options.add_image(parser)


def run(arguments: argparse.Namespace) -> int:
    project = config.load(arguments.directory.resolve())
    outcomes = checks.run(engine.connect(), project, arguments.image)
    github.set_outputs({"checks": {outcome.name: outcome.passed for outcome in outcomes}})
    github.add_summary(terminal.checks(outcomes))
    if arguments.json:
        options.print_json(outcomes)
    for outcome in outcomes:
        sys.stdout.write(f"{outcome.name}: {'passed' if outcome.passed else 'FAILED'} ({outcome.seconds:.1f} s)\n")
        if not outcome.passed:
            github.annotate("error", outcome.log[-2000:], title=f"The check '{outcome.name}' failed")
    return 0 if all(outcome.passed for outcome in outcomes) else 1
