"""`ml-cicd verify`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github, promotion, repository
from cicd.commands import options
from cicd.deployment import config_for

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
        commit = found.commit(arguments.commit)
        project = config_for(found, arguments.environment, commit)
        project.environment(arguments.environment)
        candidate = promotion.verify(
            found,
            project,
            arguments.environment,
            commit,
            tag=arguments.tag,
            backwards=arguments.backwards,
        )
    github.set_outputs({"commit": commit, "release": candidate.release, "test": candidate.test})
    if arguments.json:
        options.print_json(candidate)
    else:
        sys.stdout.write(f"{commit[:12]} may go to {arguments.environment}: {candidate.release}\n")
    return 0
