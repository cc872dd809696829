"""`ml-cicd rollback`."""

from __future__ import annotations

import sys
from textwrap import indent
from typing import TYPE_CHECKING

from cicd import github, ledger, stages
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
    if clone.forge:
        options.join_forge(clone.path)
    if problem:
        github.annotate("warning", f"{problem} The ledger as last fetched counts.", title="The git remote is down")
    else:
        rollback.prepare(clone)
    reason = " ".join(arguments.reason.split())
    request = Request(
        stage, backwards=True, reason=reason, wait=arguments.lock_wait, by_person=True, offline=bool(problem)
    )
    plan = rollback.plan(clone, request, arguments.entry)
    sys.stdout.write(terminal.rollback_plan(plan) + "\n")
    if plan.nothing_to_do or not _confirmed(plan, arguments):
        if arguments.json:
            json.show({"plan": [] if plan.nothing_to_do else plan.steps()})
        return 0
    outcome = deployment.bring(clone, plan.config, plan.request)
    done = outcome.deployment
    entry, file = rollback.record(clone, outcome, offline=request.offline)
    sys.stdout.write(terminal.rolled_back(done, entry, file, arguments.remote) + "\n")
    if arguments.json:
        json.show(ledger.as_data(done, outcome.unrecorded))
    if outcome.error:
        raise outcome.error
    return 0 if done.result == "passed" else 1


def _confirmed(plan: rollback.Plan, arguments: argparse.Namespace) -> bool:
    if arguments.dry_run:
        sys.stdout.write(indent(terminal.steps(plan.steps()), "  ") + "\n")
        return False
    return options.confirmed("Go back to it?", arguments)
