"""`ml-cicd promote`."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from cicd import repository, stages
from cicd.commands import options
from cicd.ledger import pending
from cicd.printers import terminal
from cicd.road import promotion, verification
from cicd.road.request import Request, resolve

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    options.add_asking(parser)
    parser.add_argument("environment", choices=[*stages.TAGGED], help="where it is to go")
    parser.add_argument(
        "commit",
        nargs="?",
        help="the commit whose release is meant (default: the newest that the stage before accepted)",
    )


def run(arguments: argparse.Namespace) -> int:
    with repository.here(arguments.directory, arguments.remote) as found:
        pending.hand_in(found)
        request, project = resolve(found, Request(stages.named(arguments.environment), found.main))
        planned = promotion.plan(found, project, arguments.environment, arguments.commit)
        sys.stdout.write(terminal.plan(planned) + "\n")
        verification.verify(found, project, replace(request, commit=planned.commit))
        pushed = False
        if planned.there:
            sys.stdout.write(f"{planned.tag} is there already: its run has begun, or can be run again.\n")
        elif not arguments.dry_run and options.confirmed(f"Move {planned.tag} to {planned.commit[:12]}?", arguments):
            promotion.push(found, planned)
            pushed = True
    if arguments.json:
        options.print_json({**asdict(planned), "pushed": pushed})
    elif pushed:
        sys.stdout.write(f"{planned.tag} moved to {planned.commit[:12]}: the push starts {arguments.environment}.\n")
    return 0
