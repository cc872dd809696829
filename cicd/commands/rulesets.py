"""`ml-cicd rulesets`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github
from cicd.commands import options
from cicd.doctor import project, settings
from cicd.doctor.rulesets import Mode
from cicd.printers import json
from cicd.printers import rulesets as printer

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser, remote=False)
    parser.add_argument("--script", action="store_true", help="print a shell script that sets them with GitHub's gh")
    options.add_branches(parser)
    options.add_rules(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the settings that the project needs on GitHub."""
    read = project.read(arguments.directory, main=arguments.main, integration=arguments.integration)
    planned = settings.plan(read, options.rules(arguments))
    if arguments.json:
        json.show(printer.data(planned))
    elif arguments.script:
        sys.stdout.write(printer.script(planned).rstrip() + "\n")
    else:
        sys.stdout.write(printer.text(planned, options.rules_options(arguments)) + "\n")
    if planned.mode is Mode.PROTECTED and (arguments.json or arguments.script):
        github.annotate("warning", printer.PROTECTED)
    return 0
