"""`ml-cicd verify`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from cicd import config, github, repository, stages
from cicd.commands import options
from cicd.printers import terminal
from cicd.road import status, verification
from cicd.road.request import Request, resolve

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    options.add_environment(what, required=False)
    what.add_argument("--ledger", action="store_true", help="verify the whole ledger instead, and what runs against it")
    options.add_promotion(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.ledger:
        return _ledger(arguments)
    stage, commit = stages.named(arguments.environment), arguments.commit
    request = Request(stage, commit, tag=arguments.tag, backwards=arguments.backwards)
    with repository.here(arguments.directory, arguments.remote) as found:
        request, project = resolve(found, request)
        candidate, result = None, "accepted"
        try:
            candidate = verification.verify(found, project, request)
        except verification.SupersededError as newer:
            result = "superseded"
            github.annotate("notice", str(newer), title="Superseded")
    release, test = (candidate.release, candidate.test) if candidate else ("", "")
    github.set_outputs({"commit": request.commit, "release": release, "test": test, "result": result})
    if arguments.json:
        options.print_json({"result": result, **(asdict(candidate) if candidate else {"commit": request.commit})})
    elif candidate:
        sys.stdout.write(f"{request.commit[:12]} may go to {arguments.environment}: {candidate.release}\n")
    return 0


def _ledger(arguments: argparse.Namespace) -> int:
    with repository.here(arguments.directory, arguments.remote) as found:
        examined = status.examine(found, config.load(arguments.directory.resolve()))
    if arguments.json:
        options.print_json({"environments": examined})
    else:
        sys.stdout.write(terminal.examined(examined) + "\n")
    return 0
