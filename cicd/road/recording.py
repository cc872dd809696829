"""The outcome of a deployment, written into the ledger."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cicd import github, ledger
from cicd.errors import CicdError, UsageError
from cicd.ledger import pending
from cicd.oci import registry

if TYPE_CHECKING:
    from cicd.ledger import Deployment, Entry
    from cicd.repository import Repository


def parse(outcome: str) -> Deployment:
    """Return the outcome that `ml-cicd deploy` put out, as JSON.

    Raises:
        UsageError: it is not JSON.
        RefusedError: it is not an outcome.

    """
    try:
        data = json.loads(outcome)
    except ValueError as error:
        raise UsageError(f"--outcome is not JSON: {error}", "Pass the output `outcome` of `ml-cicd deploy`.") from error
    return ledger.deployment_from(data)


def record(repository: Repository, deployment: Deployment) -> Entry:
    """Write what waits in this clone and then a deployment into the ledger, and return the deployment's entry.

    The images get a tag, so that clean-up policies keep them.

    Raises:
        RefusedError: the ledger is broken, or the remote declines.
        UsageError: it must be signed, and there is no key for it.
        UnreachableError: the remote does not answer; nothing was added.

    """
    pending.hand_in(repository)
    entry = ledger.append(repository, deployment)
    for image in (deployment.release, deployment.test):
        try:
            registry.tag(image, f"ledger-{deployment.environment}-{entry.number}")
        except CicdError as error:  # nobody reads the tag
            github.annotate("warning", error.message, title="The image has no ledger tag; a clean-up may remove it")
    return entry
