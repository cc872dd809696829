"""`ml-cicd approve`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github, repository, stages
from cicd.commands import options
from cicd.ledger import pending
from cicd.road import approval
from cicd.road.request import Request, resolve

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    parser.add_argument("environment", type=options.given, help="where it may go: staging or production")
    parser.add_argument("commit", type=options.given, help="the commit whose release is meant; a tag or branch too")
    parser.add_argument("--reason", required=True, type=options.given, help="what was looked at, in a line")


def run(arguments: argparse.Namespace) -> int:
    request = Request(stages.named(arguments.environment), arguments.commit, reason=arguments.reason)
    with repository.here(arguments.directory, arguments.remote) as found:
        pending.hand_in(found)
        request, project = resolve(found, request)
        entry = approval.approve(found, project, request)
    github.set_outputs({"entry": str(entry.number), "sha256": entry.sha256})
    if arguments.json:
        options.print_json(entry)
    else:
        by = f"{entry.deployment.actor}: {entry.deployment.reason}"
        sys.stdout.write(f"ledger: {arguments.environment} #{entry.number}, {request.commit[:12]} approved by {by}\n")
    return 0
