"""`ml-cicd promote`."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from cicd import repository, stages
from cicd.commands import options
from cicd.ledger import pending
from cicd.printers import json, terminal
from cicd.road import promotion, verification
from cicd.road.request import Request, resolve

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)
    options.add_asking(parser)
    parser.add_argument("environment", choices=[*stages.TAGGED], metavar="ENVIRONMENT", help=" or ".join(stages.TAGGED))
    parser.add_argument(
        "commit", nargs="?", metavar="COMMIT",
        help="the commit whose release to promote (default: the newest that the stage before accepted)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Show what the promotion would do, ask, and move the tag."""
    with repository.fetched(arguments.directory, arguments.remote) as clone:
        pending.hand_in(clone)
        request, project = resolve(clone, Request(stages.named(arguments.environment), clone.main_branch))
        plan = promotion.plan(clone, project, request.stage, arguments.commit)
        sys.stdout.write(terminal.plan(plan) + "\n")
        verification.verify(clone, project, replace(request, commit=plan.commit))
        pushed = not plan.there and not arguments.dry_run and _confirmed(plan, arguments)
        if pushed:
            promotion.push(clone, plan)
        if pushed or plan.there:
            arrival = promotion.arrival(clone, project, plan, pushed=pushed)
            sys.stdout.write(terminal.arrival(plan, arrival, pushed=pushed) + "\n")
    if arguments.json:
        json.show({**asdict(plan), "pushed": pushed})
    return 0


def _confirmed(plan: promotion.Plan, arguments: argparse.Namespace) -> bool:
    return options.confirmed(f"Move {plan.tag} to {plan.commit[:12]}?", arguments)
