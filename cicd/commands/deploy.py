"""`ml-cicd deploy`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github, repository, stages
from cicd.commands import options
from cicd.errors import UsageError
from cicd.oci.reference import ImageReference
from cicd.printers import terminal
from cicd.road import deployment
from cicd.road.request import Built, Request
from cicd.road.verification import SupersededError

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    options.add_environment(parser)
    options.add_promotion(parser)
    options.add_lock_wait(parser)
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, step by step, and do nothing")
    parser.add_argument("--release", help="integration only: the release image just built, as repository@sha256:...")
    parser.add_argument("--test", help="integration only: the test image just built, as repository@sha256:...")


def run(arguments: argparse.Namespace) -> int:
    request = Request(
        stages.named(arguments.environment),
        arguments.commit,
        tag=arguments.tag,
        backwards=arguments.backwards,
        built=_built(arguments),
        wait=arguments.lock_wait,
    )
    outcome = None
    with repository.here(arguments.directory, arguments.remote) as found:
        try:
            if arguments.dry_run:
                lines = deployment.plan(found, request)
                if arguments.json:
                    options.print_json({"plan": lines})
                else:
                    sys.stdout.write("".join(f"{line}\n" for line in lines or ["nothing is to be done"]))
                return 0
            outcome = deployment.deploy(found, request)
        except SupersededError as newer:
            github.annotate("notice", str(newer), title="Superseded")
    text, result, url = (outcome.to_json(), outcome.result, outcome.url) if outcome else ("", "superseded", "")
    github.set_outputs({"outcome": text, "result": result, "url": url})
    if outcome is None:
        return 0
    github.add_summary(terminal.deployment(outcome))
    if arguments.json:
        options.print_json(outcome)
    else:
        sys.stdout.write(f"{outcome.environment}: {outcome.action} {outcome.result} {outcome.url}\n")
    if outcome.result == "failed":
        github.annotate("error", outcome.reason, title=f"The deployment to {outcome.environment} failed")
    return 0 if outcome.result == "passed" else 1


def _built(arguments: argparse.Namespace) -> Built | None:
    """Return the images that the options name; None for none.

    Raises:
        UsageError: only one is named, or another environment than integration, or not by digest.

    """
    if not arguments.release and not arguments.test:
        return None
    if arguments.environment != stages.INTEGRATION.name or not (arguments.release and arguments.test):
        raise UsageError(
            f"--release and --test belong together, and to {stages.INTEGRATION.name} alone.",
            "Every other environment takes its digests from the ledger.",
        )
    return Built(str(ImageReference.parse(arguments.release)), str(ImageReference.parse(arguments.test)))
