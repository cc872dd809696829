"""`ml-cicd advance`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github, repository, stages
from cicd.commands import options
from cicd.printers import json, terminal
from cicd.road import advance
from cicd.road.request import Request, resolve

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)
    parser.add_argument("--commit", required=True, metavar="COMMIT", help="the commit that passed integration")
    parser.add_argument(
        "--staging-workflow", default=f"{stages.STAGING.name}.yml", metavar="FILE",
        help="the workflow file to start (default: %(default)s)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Advance main, and start the staging workflow if the tag moved in a job, whose pushes start nothing."""
    with repository.fetched(arguments.directory, arguments.remote, changes=True) as clone:
        main = clone.main_branch
        request, config = resolve(clone, Request(stages.INTEGRATION, arguments.commit))
        if github.in_actions() and config.staging_auto:
            advance.check_startable(clone, request.commit, arguments.staging_workflow)
        advanced = advance.advance(clone, config, request.commit)
    if advanced.staging and github.in_actions():
        name, inputs = repository.owner_and_name(arguments.directory), {"commit": request.commit}
        github.dispatch_workflow(name, arguments.staging_workflow, main, inputs)
    github.set_outputs({"state": advanced.state})
    if arguments.json:
        json.show(advanced)
    elif advanced.state == "superseded":
        text = f"{main} contains {request.commit[:12]} and newer commits; the run of a newer commit carries it on."
        github.annotate("notice", text, title="Superseded")
    else:
        sys.stdout.write(terminal.advanced(advanced, main, request.commit) + "\n")
    if advanced.held:
        who = f"Somebody who may: ml-cicd promote {stages.STAGING.name} {request.commit[:12]}"
        github.annotate("notice", f"{advanced.held} {who}", title=f"{stages.STAGING.tag} was not moved")
    return 0
