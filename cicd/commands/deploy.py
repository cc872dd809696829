"""`ml-cicd deploy`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github, repository, stages
from cicd.commands import options
from cicd.errors import UsageError
from cicd.oci.reference import ImageReference
from cicd.printers import json, markdown, terminal
from cicd.road import deployment
from cicd.road.request import Built, Request
from cicd.road.verification import SupersededError

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)
    options.add_environment(parser, option=True)
    options.add_promotion(parser)
    options.add_lock_wait(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would be done, a line per step, and change nothing"
    )
    first = stages.INTEGRATION.name
    parser.add_argument("--release", help=f"{first} only: the release image just built, as repository@sha256:...")
    parser.add_argument("--test", help=f"{first} only: the test image just built, as repository@sha256:...")


def run(arguments: argparse.Namespace) -> int:
    """Deploy; 1 if the deployment failed and the old release still serves."""
    request = Request(
        stages.named(arguments.environment),
        arguments.commit,
        tag=arguments.tag,
        backwards=arguments.backwards,
        built=_built(arguments),
        wait=arguments.lock_wait,
    )
    outcome = None
    with repository.fetched(arguments.directory, arguments.remote) as clone:
        try:
            if arguments.dry_run:
                return _dry_run(arguments, deployment.plan(clone, request))
            outcome = deployment.deploy(clone, request)
        except SupersededError as newer:
            github.annotate("notice", str(newer), title="Superseded")
    text, result, url = (outcome.to_json(), outcome.result, outcome.url) if outcome else ("", "superseded", "")
    github.set_outputs({"outcome": text, "result": result, "url": url})
    if outcome is None:
        return 0
    github.add_summary(markdown.deployment(outcome))
    if arguments.json:
        json.show(outcome)
    else:
        sys.stdout.write(terminal.deployment(outcome) + "\n")
    if outcome.result == "failed":
        github.annotate("error", outcome.reason, title=f"The deployment to {outcome.environment} failed")
    return 0 if outcome.result == "passed" else 1


def _dry_run(arguments: argparse.Namespace, steps: list[str]) -> int:
    if arguments.json:
        json.show({"plan": steps})
    else:
        sys.stdout.write(terminal.steps(steps) + "\n")
    return 0


def _built(arguments: argparse.Namespace) -> Built | None:
    """Return the images that the options name; None for none.

    Raises:
        UsageError: only one is named, or another environment than integration, or not by digest; or integration is to
            move on, and none is named.

    """
    if not arguments.release and not arguments.test:
        if arguments.environment == stages.INTEGRATION.name and not arguments.backwards:
            raise UsageError(
                f"A new deployment to {stages.INTEGRATION.name} needs the images that were just built, and --release "
                "and --test are empty.",
                "In a workflow, the output of the job that built them is empty. For an older release: --backwards",
            )
        return None
    if arguments.environment != stages.INTEGRATION.name or not (arguments.release and arguments.test):
        raise UsageError(
            f"--release and --test belong together, and to {stages.INTEGRATION.name} alone.",
            "Leave both out for any other environment: the ledger names the images of the commit.",
        )
    return Built(str(ImageReference.parse(arguments.release)), str(ImageReference.parse(arguments.test)))
