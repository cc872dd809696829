"""`ml-cicd record`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from cicd import github, ledger, registry, repository
from cicd.commands import options
from cicd.errors import CicdError, UsageError

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    parser.add_argument("--outcome", required=True, help="the outcome that `ml-cicd deploy` put out, as JSON")


def run(arguments: argparse.Namespace) -> int:
    try:
        data = json.loads(arguments.outcome)
    except ValueError as error:
        raise UsageError(f"--outcome is not JSON: {error}", "Pass the output `outcome` of `ml-cicd deploy`.") from error
    deployment = ledger.deployment_from(data)
    with repository.here(arguments.directory, arguments.remote) as found:
        entry = ledger.append(found, deployment)
    _keep(deployment, entry.number)
    github.set_outputs({"entry": str(entry.number), "sha256": entry.sha256})
    if arguments.json:
        options.print_json(entry)
    else:
        sys.stdout.write(f"ledger: {deployment.environment} #{entry.number} {deployment.result}\n")
    return 0


def _keep(deployment: ledger.Deployment, number: int) -> None:
    """Tag the images so that clean-up policies keep them; the tag is never read, so its failure only warns."""
    for image in (deployment.release, deployment.test):
        try:
            registry.tag(image, f"ledger-{deployment.environment}-{number}")
        except CicdError as error:
            github.annotate("warning", error.message, title="The image has no ledger tag; a clean-up may remove it")
