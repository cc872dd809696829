"""`ml-cicd approve`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github, repository, stages
from cicd.commands import options
from cicd.ledger import pending
from cicd.printers import json, terminal, verdicts
from cicd.road import approval
from cicd.road.request import Request, resolve

if TYPE_CHECKING:
    import argparse

    from cicd.ledger import Deployment


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)
    options.add_asking(parser)
    options.add_environment(parser)
    parser.add_argument(
        "commit",
        type=options.text,
        metavar="COMMIT",
        help="the commit whose release to approve, or a branch or tag on it",
    )
    options.add_reason(parser, "what you looked at, in a line; the ledger keeps it")


def run(arguments: argparse.Namespace) -> int:
    """Show the verdict on the model, ask, and record the approval."""
    request = Request(stages.named(arguments.environment), arguments.commit, reason=arguments.reason)
    with repository.fetched(arguments.directory, arguments.remote, changes=True) as clone:
        pending.hand_in(clone)
        request, config = resolve(clone, request)
        if judged := approval.verdict(clone, config, request):
            sys.stdout.write(verdicts.report(judged) + "\n")
        plan = approval.plan(clone, config, request)
        if plan.recorded is None and not _confirmed(plan.approval, arguments):
            if arguments.json:
                json.show({"plan": [terminal.approval(plan.approval)]})
            return 0
        entry = approval.record(clone, plan)
    github.set_outputs({"entry": str(entry.number), "sha256": entry.sha256})
    if arguments.json:
        json.show(entry)
    else:
        sys.stdout.write(terminal.entry(entry) + "\n")
    return 0


def _confirmed(done: Deployment, arguments: argparse.Namespace) -> bool:
    if arguments.dry_run:
        sys.stdout.write(f"would record: {terminal.approval(done)}\n")
        return False
    return options.confirmed(f"Approve {done.commit[:12]} for {done.environment}?", arguments)
