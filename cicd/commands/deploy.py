"""`ml-cicd deploy`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github, ledger, repository, stages
from cicd.commands import options
from cicd.errors import UnreachableError, UsageError
from cicd.oci.reference import ImageReference
from cicd.printers import gate, gate_markdown, json, markdown, terminal, verdicts
from cicd.road import deployment, observed
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
    parser.add_argument(
        "--evaluation", default="",
        help=f"{first} only: the image of the evaluation set, as repository@sha256:...; empty for a project whose "
        "models nobody judges",
    )  # fmt: skip


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
    with repository.fetched(arguments.directory, arguments.remote, changes=True) as clone:
        if clone.forge:
            options.join_forge(clone.path)
        try:
            if arguments.dry_run:
                return _dry_run(arguments, deployment.plan(clone, request))
            outcome = deployment.deploy(clone, request)
        except SupersededError as newer:
            github.annotate("notice", str(newer), title="Superseded")
    if outcome is None:
        github.set_outputs({"outcome": "", "result": "superseded", "url": ""})
        if arguments.json:
            json.show({"result": "superseded"})
        return 0
    done = outcome.deployment
    text = ledger.encode(done, outcome.unrecorded)
    try:
        github.set_outputs({"outcome": text, "result": done.result, "url": done.url})
    except UnreachableError as error:
        raise observed.lost(done, error) from error
    github.add_summary(markdown.deployment(done))
    _show_verdict(outcome)
    if arguments.json:
        json.show(ledger.as_data(done, outcome.unrecorded))
    else:
        sys.stdout.write(terminal.deployment(done) + "\n")
    if outcome.error:
        raise outcome.error
    if done.result == "failed":
        github.annotate("error", done.reason, title=f"The deployment to {done.environment} failed")
    return 0 if done.result == "passed" else 1


def _show_verdict(outcome: deployment.Outcome) -> None:
    """Print what the model gate decided, and add it to the summary of the job."""
    if judged := outcome.deployment.gate:
        shown = gate.report(outcome.report, judged) if outcome.report else verdicts.report(judged)
        sys.stdout.write(f"{shown}\n{verdicts.line(judged)}\n")
    if outcome.report:
        github.add_summary(gate_markdown.report(outcome.report, final=judged))


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
    images = (arguments.release, arguments.test, arguments.evaluation)
    return Built(*(str(ImageReference.parse(image)) if image else "" for image in images))
