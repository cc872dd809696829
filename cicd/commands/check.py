"""`ml-cicd check`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, encoding, github
from cicd.commands import options
from cicd.printers import json, markdown, terminal
from cicd.produce import checks

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser, remote=False)
    options.add_image(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the checks; 1 if one failed."""
    options.join_forge(arguments.directory)
    outcomes = checks.run(config.load(arguments.directory.resolve()), arguments.image)
    passed = {outcome.name: outcome.passed for outcome in outcomes}
    github.set_outputs({"checks": json.line(passed), "encoded-checks": encoding.encode(passed)})
    github.add_summary(markdown.checks(outcomes))
    if arguments.json:
        json.show(outcomes)
    elif not outcomes:
        sys.stdout.write("checks: no checks declared\n")
    for outcome in outcomes:
        sys.stdout.write(terminal.check(outcome) + "\n")
        if not outcome.passed:
            text = "\n".join(filter(None, (outcome.log[-2000:], f"It ended with {outcome.ending}.", outcome.hint)))
            github.annotate("error", text, title=f"The check '{outcome.name}' failed")
    return 0 if all(outcome.passed for outcome in outcomes) else 1
