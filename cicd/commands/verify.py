"""`ml-cicd verify`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from cicd import config, github, repository, stages
from cicd.commands import options
from cicd.printers import json, terminal
from cicd.road import status, verification
from cicd.road.request import Request, resolve

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)
    subject = parser.add_mutually_exclusive_group(required=True)
    options.add_environment(subject, option=True, required=False)
    subject.add_argument(
        "--ledger", action="store_true", help="verify every entry of the ledger, and compare it with what runs"
    )
    options.add_promotion(parser)


def run(arguments: argparse.Namespace) -> int:
    """Verify a commit, or the ledger."""
    if arguments.ledger:
        return _ledger(arguments)
    stage, name = stages.named(arguments.environment), arguments.commit
    request = Request(stage, name, tag=arguments.tag, backwards=arguments.backwards)
    candidate, result = None, "accepted"
    with repository.fetched(arguments.directory, arguments.remote) as clone:
        request, project = resolve(clone, request)
        github.set_outputs({"commit": request.commit})  # a refusal is about this commit, too
        try:
            candidate = verification.verify(clone, project, request)
        except verification.SupersededError as newer:
            result = "superseded"
            github.annotate("notice", str(newer), title="Superseded")
    release, test = (candidate.release, candidate.test) if candidate else ("", "")
    github.set_outputs({"commit": request.commit, "release": release, "test": test, "result": result})
    if arguments.json:
        json.show({"result": result, **(asdict(candidate) if candidate else {"commit": request.commit})})
    elif candidate:
        sys.stdout.write(terminal.verified(candidate) + "\n")
    return 0


def _ledger(arguments: argparse.Namespace) -> int:
    with repository.fetched(arguments.directory, arguments.remote) as clone:
        examined = status.examine(clone, config.load(arguments.directory.resolve()))
    if arguments.json:
        json.show({"environments": examined})
    else:
        sys.stdout.write(terminal.examined(examined) + "\n")
    return 0
