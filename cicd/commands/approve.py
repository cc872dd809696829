"""`ml-cicd approve`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github, repository, stages
from cicd.commands import options
from cicd.ledger import pending
from cicd.printers import json, terminal
from cicd.road import approval
from cicd.road.request import Request, resolve

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)
    options.add_environment(parser)
    parser.add_argument(
        "commit",
        type=options.text,
        metavar="COMMIT",
        help="the commit whose release to approve, or a branch or tag on it",
    )
    options.add_reason(parser, "what you looked at, in a line; the ledger keeps it")


def run(arguments: argparse.Namespace) -> int:
    """Record the approval."""
    request = Request(stages.named(arguments.environment), arguments.commit, reason=arguments.reason)
    with repository.fetched(arguments.directory, arguments.remote) as clone:
        pending.hand_in(clone)
        request, config = resolve(clone, request)
        entry = approval.approve(clone, config, request)
    github.set_outputs({"entry": str(entry.number), "sha256": entry.sha256})
    if arguments.json:
        json.show(entry)
    else:
        sys.stdout.write(terminal.entry(entry) + "\n")
    return 0
