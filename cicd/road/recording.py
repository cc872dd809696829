"""The outcome of a deployment, written into the ledger."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import github, ledger, stages, variables
from cicd.deploy import holder, target_for
from cicd.errors import RefusedError, UsageError
from cicd.ledger import anchors, pending
from cicd.oci import registry
from cicd.road import agreement, looking, observed, release_labels
from cicd.road.request import config_for

if TYPE_CHECKING:
    from cicd.config import Config
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


def parse(outcome: str) -> tuple[Deployment, Deployment | None]:
    """Return the deployment in the output `outcome` of `ml-cicd deploy`, and the unrecorded one before it, if any.

    Raises:
        UsageError: it can't be read.
        RefusedError: it is not an outcome.

    """
    try:
        data = ledger.decode(outcome)
    except ValueError as error:
        message = f"--outcome can't be read: {error}."
        raise UsageError(message, "Pass the output `outcome` of `ml-cicd deploy`.") from error
    before = data.pop(ledger.UNRECORDED, None) if isinstance(data, dict) else None
    return ledger.deployment_from(data), ledger.deployment_from(before) if before else None


def check_observed(unrecorded: Deployment, deployment: Deployment) -> None:
    """Raise RefusedError unless `unrecorded` may be recorded before a deployment that passed `check`.

    It stands for another run, whose person and images this job does not know. So it must say that it was observed:
    an observed entry accepts nothing and stands for no approval.

    Raises:
        RefusedError: it claims more than that.

    """
    known = (unrecorded.project, unrecorded.environment, unrecorded.observed, unrecorded.action != "approve")
    if known != (deployment.project, deployment.environment, True, True):
        raise RefusedError(
            "The outcome holds a deployment before it that was not observed in this environment.",
            "Nothing was recorded. Look at the log of the job that deployed, and run the workflow again.",
        )


def check(repository: Repository, deployment: Deployment, expected: Expected) -> None:
    """Raise RefusedError unless a deployment is the one that this workflow run has made.

    An outcome comes from a job that ran project code. So it may not approve anything, and its project, environment,
    commit, images, person and run must be those that this job knows from elsewhere.

    Raises:
        RefusedError: it is another deployment, or an approval.
        UsageError: there is no such environment, or no configuration.

    """
    config = config_for(repository, stages.named(expected.environment), expected.commit)
    known: list[tuple[str, str, set[str]]] = [
        ("project", deployment.project, {config.name}),
        ("environment", deployment.environment, {expected.environment}),
        ("commit", deployment.commit, {expected.commit}),
        ("release image", deployment.release, {expected.release or deployment.release}),
        ("test image", deployment.test, {expected.test or deployment.test}),
        ("action", deployment.action, {"deploy", "rollback"}),
        ("origin", "observed" if deployment.observed else "deployed", {"deployed"}),
        ("judge", stages.INTEGRATION.name if deployment.gate else expected.environment, {expected.environment}),
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
    _check_parts(repository, config, deployment)


def _check_parts(repository: Repository, config: Config, deployment: Deployment) -> None:
    """Raise RefusedError unless an outcome has the services and wheels of its release.

    They are those of the entry that accepted the release; in integration, those in the labels of the release image.
    """
    if basis := deployment.basis:
        entries = ledger.read(repository, deployment.project, basis.environment)
        named = [entry.deployment for entry in entries if entry.sha256 == basis.sha256]
        known = [(accepted.packages, accepted.wheels, accepted.others) for accepted in named]
    elif not config.beside and not config.package:
        known = [("", {}, {})]
    else:
        image_labels = registry.labels(deployment.release)
        others = release_labels.others_of(deployment.release, image_labels)
        known = [(*release_labels.packages_of(image_labels), others)]
    if (deployment.packages, deployment.wheels, deployment.others) not in known:
        raise RefusedError(
            "The outcome is not of this run's deployment: its services or wheels are not those of its release.",
            "Nothing was recorded. Look at the log of the job that deployed, and run the workflow again.",
        )


def record(repository: Repository, deployment: Deployment, unrecorded: Deployment | None = None) -> Entry:
    """Write what waits in this clone and then a deployment into the ledger, and return the deployment's entry.

    `unrecorded` is the deployment before it, if that was lost. The images get a tag, so that clean-up policies keep
    them.

    Raises:
        RefusedError: the ledger is broken, or the remote declines.
        UsageError: it must be signed, and there is no key for it.
        UnreachableError: the remote does not answer; nothing was added.

    """
    pending.hand_in(repository)
    if unrecorded:
        _append(repository, unrecorded)
    return _append(repository, deployment)


def observe(repository: Repository, environment: str) -> Entry | None:
    """Record the deployment of what runs in an environment, from what the target knows; None if it is recorded.

    Raises:
        RefusedError: a deployment is under way, nothing runs, or too little is known of what runs.
        UsageError: the entry must be signed, and there is no key for it.
        UnreachableError: the target or the remote does not answer.

    """
    stage = stages.named(environment)
    config = config_for(repository, stage, repository.commit(repository.main_branch))
    ledger.signer(ledger.keyring(repository))
    pending.hand_in(repository)
    target = target_for(config, config.environments[environment], repository)
    with target.locked(holder.this_process(github.actor(), github.run_url()), 0):
        repository.fetch()
        chains, running = ledger.read_all(repository, config.name), target.observe()
        agreement.check_recorded(chains, environment, running)
        if running is None:
            raise RefusedError(
                f"Nothing runs in {environment}: there is nothing to record.",
                f"Does this machine reach the target that carries {environment}?",
            )
        if not observed.is_unrecorded(chains.get(environment, []), running):
            return None
        return _append(repository, observed.deployment(config.name, environment, chains, running))


def _append(repository: Repository, deployment: Deployment) -> Entry:
    entry = ledger.append(repository, deployment, looking.counted)
    anchors.write(repository, entry)
    return entry
