"""`ml-cicd advance`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github, repository, stages
from cicd.commands import options
from cicd.road import advance
from cicd.road.request import config_for

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    parser.add_argument("--commit", required=True, help="the commit that passed integration")
    parser.add_argument("--staging-workflow", default="staging.yml", help="the caller to start (default: staging.yml)")


def run(arguments: argparse.Namespace) -> int:
    with repository.here(arguments.directory, arguments.remote) as found:
        main = found.main
        commit = found.commit(arguments.commit)
        project = config_for(found, stages.INTEGRATION, commit)
        advanced = advance.advance(found, project, commit)
    if advanced.staging and github.in_actions():
        inputs = {"commit": commit}
        github.dispatch_workflow(repository.slug(arguments.directory), arguments.staging_workflow, main, inputs)
    github.set_outputs({"state": advanced.state})
    if arguments.json:
        options.print_json(advanced)
    elif advanced.state == "superseded":
        github.annotate("notice", f"{main} has moved on; a newer run carries {commit[:12]}.", title="Superseded")
    else:
        tag = ", Staging moved to it" if advanced.staging else ""
        sys.stdout.write(f"{main} fast-forwarded to {commit[:12]}{tag}\n")
    return 0
