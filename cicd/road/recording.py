"""The outcome of a deployment, written into the ledger."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import github, ledger, stages, variables
from cicd.errors import CicdError, RefusedError, UsageError
from cicd.ledger import pending
from cicd.oci import registry
from cicd.road.request import config_for

if TYPE_CHECKING:
    from cicd.ledger import Deployment, Entry
    from cicd.repository import Repository


@dataclass(frozen=True)
class Expected:
    """What a job may record: the deployment of its own workflow run, as the jobs before it said."""

    environment: str
    commit: str
    release: str = ""
    """For integration: the release image that was built. Every other stage's rests on an accepted entry."""
    test: str = ""


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


def check(repository: Repository, deployment: Deployment, expected: Expected, directory: str = ".") -> None:
    """Raise RefusedError unless a deployment is the one that this workflow run has made.

    An outcome comes from a job that ran project code. So it may not approve anything, and its project, environment,
    commit, images, person and run must be those that this job knows from elsewhere.

    Raises:
        RefusedError: it is another deployment, or an approval.
        UsageError: there is no such environment, or no configuration.

    """
    project = config_for(repository, stages.named(expected.environment), expected.commit, directory).name
    known: list[tuple[str, str, set[str]]] = [
        ("project", deployment.project, {project}),
        ("environment", deployment.environment, {expected.environment}),
        ("commit", deployment.commit, {expected.commit}),
        ("release image", deployment.release, {expected.release or deployment.release}),
        ("test image", deployment.test, {expected.test or deployment.test}),
        ("action", deployment.action, {"deploy", "rollback"}),
    ]
    if github.in_actions():
        people = {os.environ.get(name, "") for name in (variables.GITHUB_ACTOR, variables.GITHUB_TRIGGERING_ACTOR)}
        known += [("person", deployment.actor, people), ("run", deployment.run, {github.run_url()})]
    for name, value, allowed in known:
        if value not in allowed:
            raise RefusedError(
                f"The outcome is not of this run's deployment: its {name} is '{value}', not {' or '.join(allowed)}.",
                "Nothing was recorded. Look at the log of the job that deployed, and run the workflow again.",
            )


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
