"""`ml-cicd verify`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from cicd import github, promotion, repository
from cicd.commands import options
from cicd.deployment import meant

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    options.add_environment(parser)
    options.add_promotion(parser)


def run(arguments: argparse.Namespace) -> int:
    with repository.here(arguments.directory, arguments.remote) as found:
        commit, project = meant(found, arguments.environment, arguments.commit, backwards=arguments.backwards)
        candidate, result = None, "accepted"
        try:
            candidate = promotion.verify(
                found,
                project,
                arguments.environment,
                commit,
                tag=arguments.tag,
                backwards=arguments.backwards,
            )
        except promotion.SupersededError as newer:
            result = "superseded"
            github.annotate("notice", str(newer), title="Superseded")
    release, test = (candidate.release, candidate.test) if candidate else ("", "")
    github.set_outputs({"commit": commit, "release": release, "test": test, "result": result})
    if arguments.json:
        options.print_json({"result": result, **(asdict(candidate) if candidate else {"commit": commit})})
    elif candidate:
        sys.stdout.write(f"{commit[:12]} may go to {arguments.environment}: {candidate.release}\n")
    return 0
