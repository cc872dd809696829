"""`ml-cicd record`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from cicd import github, ledger, repository
from cicd.commands import options
from cicd.errors import CicdError, UsageError
from cicd.ledger import pending
from cicd.oci import registry

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--outcome", help="the outcome that `ml-cicd deploy` put out, as JSON")
    what.add_argument("--pending", action="store_true", help="the outcomes that wait in this clone")


def run(arguments: argparse.Namespace) -> int:
    if arguments.pending:
        return _pending(arguments)
    try:
        data = json.loads(arguments.outcome)
    except ValueError as error:
        raise UsageError(f"--outcome is not JSON: {error}", "Pass the output `outcome` of `ml-cicd deploy`.") from error
    deployment = ledger.deployment_from(data)
    with repository.here(arguments.directory, arguments.remote) as found:
        pending.hand_in(found)
        entry = ledger.append(found, deployment)
    _keep(deployment, entry.number)
    github.set_outputs({"entry": str(entry.number), "sha256": entry.sha256})
    if arguments.json:
        options.print_json(entry)
    else:
        _say(entry)
    return 0


def _pending(arguments: argparse.Namespace) -> int:
    with repository.here(arguments.directory, arguments.remote) as found:
        entries = pending.hand_in(found)
    for entry in entries:
        _say(entry)
    if arguments.json:
        options.print_json(entries)
    elif not entries:
        sys.stdout.write("Nothing waits.\n")
    return 0


def _say(entry: ledger.Entry) -> None:
    sys.stdout.write(f"ledger: {entry.deployment.environment} #{entry.number} {entry.deployment.result}\n")


def _keep(deployment: ledger.Deployment, number: int) -> None:
    """Tag the images so that clean-up policies keep them; the tag is never read, so its failure only warns."""
    for image in (deployment.release, deployment.test):
        try:
            registry.tag(image, f"ledger-{deployment.environment}-{number}")
        except CicdError as error:
            github.annotate("warning", error.message, title="The image has no ledger tag; a clean-up may remove it")
