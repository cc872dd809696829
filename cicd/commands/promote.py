"""`ml-cicd promote`."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from cicd import repository, stages
from cicd.commands import options
from cicd.errors import CheckFailedError
from cicd.forge.running import records
from cicd.forge.state import Forge
from cicd.ledger import pending
from cicd.printers import json, terminal
from cicd.printers import runs as printer
from cicd.road import promotion, verification
from cicd.road.request import Request, resolve

if TYPE_CHECKING:
    import argparse

    from cicd.config import Config
    from cicd.repository import Repository


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
    with repository.fetched(arguments.directory, arguments.remote, changes=True) as clone:
        pending.hand_in(clone)
        request, project = resolve(clone, Request(stages.named(arguments.environment), clone.main_branch))
        plan = promotion.plan(clone, project, request.stage, arguments.commit)
        sys.stdout.write(terminal.plan(plan) + "\n")
        verification.verify(clone, project, replace(request, commit=plan.commit))
        before = promotion.arrival(clone, project, plan, pushed=False) if plan.there else None
        if before:
            sys.stdout.write(terminal.arrival(plan, before, arguments.remote, pushed=False) + "\n")
        needed = before is None or before.unfinished
        if needed:
            promotion.check_push_starts(clone, plan)
        pushed = needed and not arguments.dry_run and _confirmed(plan, clone.remote, arguments)
        failure = _push(clone, project, plan, arguments.remote) if pushed else None
    if arguments.json:
        json.show({**asdict(plan), "pushed": pushed})
    if failure:
        raise failure
    return 0


def _confirmed(plan: promotion.Plan, remote: str, arguments: argparse.Namespace) -> bool:
    moves = f"Move {plan.tag} at the remote {remote} to {plan.commit[:12]}?"
    question = f"Start its deployment again at the remote {remote}?" if plan.there else moves
    return options.confirmed(question, arguments)


def _push(clone: Repository, project: Config, plan: promotion.Plan, remote: str | None) -> CheckFailedError | None:
    """Push the tag and print what came of it; return the failure of a run on this machine, for which the push waits."""
    forge = Forge.of_project(clone.path)
    newest = records.newest(forge)
    promotion.push(clone, plan)
    arrival = promotion.arrival(clone, project, plan, pushed=True)
    words = terminal.arrival(plan, arrival, remote, pushed=True)
    if not arrival.local or not arrival.unfinished:
        sys.stdout.write(words + "\n")
        return None
    runs = [run for run in records.load(forge) if run.number > newest and run.ref == f"refs/tags/{plan.tag}"]
    if arrival.entry is None and runs and all(run.passed for run in runs):
        sys.stdout.write(words + "\n")
        return None
    said = [line for run in runs if not run.passed for line in printer.failure(run, records.log(forge, run.number))]
    hint = "Correct that, then run this again: it starts the deployment again."
    return CheckFailedError("\n".join([words, *said]), hint)
