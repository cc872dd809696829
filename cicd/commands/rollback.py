"""`ml-cicd rollback`."""

from __future__ import annotations

import sys
from textwrap import indent
from typing import TYPE_CHECKING

from cicd import github, stages
from cicd.commands import options
from cicd.printers import json, terminal
from cicd.road import deployment, rollback
from cicd.road.request import Request

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)
    options.add_lock_wait(parser)
    options.add_asking(parser)
    options.add_environment(parser)
    parser.add_argument(
        "entry", nargs="?", metavar="ENTRY",
        help="the number of an entry that `ml-cicd history` lists, or a commit (default: the previous release)",
    )  # fmt: skip
    options.add_reason(parser, "why, in a line; the ledger keeps it")


def run(arguments: argparse.Namespace) -> int:
    """Go back to an accepted release; 1 if that failed and the present release still serves."""
    stage = stages.named(arguments.environment)
    clone, problem = rollback.reach(arguments.directory, arguments.remote)
    if problem:
        github.annotate("warning", f"{problem} The ledger as last fetched counts.", title="The git remote is down")
    else:
        rollback.prepare(clone)
    reason = " ".join(arguments.reason.split())
    request = Request(stage, backwards=True, reason=reason, wait=arguments.lock_wait, offline=bool(problem))
    plan = rollback.plan(clone, request, arguments.entry)
    sys.stdout.write(terminal.rollback_plan(plan) + "\n")
    if plan.nothing_to_do:
        return 0
    if arguments.dry_run:
        sys.stdout.write(indent(terminal.steps(plan.steps()), "  ") + "\n")
        return 0
    if not options.confirmed("Go back to it?", arguments):
        return 0
    outcome = deployment.bring(clone, plan.config, plan.request)
    entry, file = rollback.record(clone, outcome, offline=request.offline)
    sys.stdout.write(terminal.rolled_back(outcome, entry, file) + "\n")
    if arguments.json:
        json.show(outcome)
    return 0 if outcome.result == "passed" else 1
