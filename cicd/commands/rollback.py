"""`ml-cicd rollback`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github, stages
from cicd.commands import options
from cicd.printers import terminal
from cicd.road import deployment, rollback
from cicd.road.request import Request

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    options.add_lock_wait(parser)
    options.add_asking(parser)
    parser.add_argument("environment", type=options.given, help=stages.NAMES)
    parser.add_argument("entry", nargs="?", help="the entry of its ledger, or a commit (default: the release before)")
    parser.add_argument("--reason", required=True, type=options.given, help="why, in a line")


def run(arguments: argparse.Namespace) -> int:
    found, down = rollback.reach(arguments.directory, arguments.remote)
    request = Request(
        stages.named(arguments.environment),
        backwards=True,
        reason=" ".join(arguments.reason.split()),
        wait=arguments.lock_wait,
        offline=bool(down),
    )
    if down:
        github.annotate("warning", f"{down} The ledger as last fetched counts.", title="The git remote is down")
    else:
        rollback.prepare(found)
    plan = rollback.plan(found, request, arguments.entry)
    name, candidate = request.stage.name, plan.candidate
    sys.stdout.write(f"{name}: back to {candidate.commit[:12]}, {candidate.release}\n")
    if plan.nothing_to_do:
        sys.stdout.write(f"It runs already. To go further back, name an entry: ml-cicd history {name}\n")
        return 0
    if arguments.dry_run:
        sys.stdout.write("".join(f"  {step}\n" for step in plan.steps()) or "  nothing to do\n")
        return 0
    if not options.confirmed("Go back to it?", arguments):
        return 0
    outcome = deployment.bring(found, plan.config, plan.request)
    entry, file = rollback.record(found, outcome, offline=request.offline)
    sys.stdout.write(terminal.rolled_back(outcome, entry, file) + "\n")
    if arguments.json:
        options.print_json(outcome)
    return 0 if outcome.result == "passed" else 1
