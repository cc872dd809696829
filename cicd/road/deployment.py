"""A deployment: verify the release, lock the environment, verify again, bring the release up, test it, switch."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from cicd import github, ledger, variables
from cicd.config import DockerSettings
from cicd.deploy import holder, target_for
from cicd.errors import CheckFailedError, UsageError
from cicd.oci.reference import digest_of
from cicd.produce import suites
from cicd.road.request import resolve
from cicd.road.verification import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.config import Config, Environment
    from cicd.deploy.target import Target
    from cicd.ledger import Deployment
    from cicd.repository import Repository
    from cicd.road.request import Request
    from cicd.road.verification import Candidate
    from cicd.stages import Stage


def deploy(repository: Repository, request: Request) -> Deployment:
    """Bring the release that is asked for to its environment, and return the outcome; see `bring`.

    Raises:
        UsageError: there is no such commit or configuration, or the environment can't carry the release.
        RefusedError: it may not go there, or another deployment is under way; nothing was changed.
        SupersededError: a newer run brings this commit along.
        UnreachableError: the target or the registry does not answer.

    """
    request, config = resolve(repository, request)
    verify(repository, config, request)
    return bring(repository, config, request)


def bring(repository: Repository, config: Config, request: Request) -> Deployment:
    """Lock the environment, verify the resolved request, and replace what runs by the release.

    Returns the outcome, passed or failed; if failed, the old release still serves.

    Raises:
        UsageError, RefusedError, SupersededError, UnreachableError: see `deploy`.

    """
    environment = config.environments[request.stage.name]
    ephemeral = is_ephemeral(environment, request.stage, os.environ.get(variables.RUNNER_ENVIRONMENT, ""))
    target = target_for(config, environment, repository)
    with target.locked(holder.this_process(github.actor(), github.run_url()), request.wait) as check_lock:
        if not request.offline:
            repository.fetch()
        candidate = verify(repository, config, request, target)
        return _replace(target, config, request.stage, candidate, check_lock, ephemeral=ephemeral)


def plan(repository: Repository, request: Request) -> list[str]:
    """Return what `deploy` would change, a line per step; empty for nothing.

    Raises:
        UsageError, RefusedError, SupersededError, UnreachableError: see `deploy`.

    """
    request, config = resolve(repository, request)
    environment = config.environments[request.stage.name]
    is_ephemeral(environment, request.stage, os.environ.get(variables.RUNNER_ENVIRONMENT, ""))
    target = target_for(config, environment, repository)
    return target.plan(verify(repository, config, request, target).order)


def is_ephemeral(environment: Environment, stage: Stage, runner: str) -> bool:
    """Return whether a release vanishes with the job on `runner` (`github-hosted`, `self-hosted` or "").

    Raises:
        UsageError: it would vanish, and must not.

    """
    settings = environment.settings
    on_runner = isinstance(settings, DockerSettings) and not settings.host
    vanishes = runner == "github-hosted" and on_runner
    allowed = stage.may_vanish if environment.ephemeral is None else environment.ephemeral
    if vanishes and not allowed:
        raise UsageError(
            f"The environment {environment.name} would vanish with this job: GitHub deletes a hosted runner after it.",
            f"Name another machine in ml-cicd.toml, under [environments.{environment.name}]: "
            'host = "ssh://user@machine". Or give the workflow a self-hosted runner: its input runs-on.',
        )
    return vanishes


def _replace(
    target: Target,
    config: Config,
    stage: Stage,
    candidate: Candidate,
    check_lock: Callable[[], None],
    *,
    ephemeral: bool,
) -> Deployment:
    """Bring the candidate up, have the tests judge it, switch to it, and return the outcome. The lock is held."""
    begun = _begun(config, candidate, target, ephemeral=ephemeral)
    counts: dict[str, int] = {}

    def accept(url: str, network: str) -> None:
        if stage.suite_required or stage.suite in config.tests:  # if not, the passed health check is enough
            environment = {variables.SERVICE_URL: url, variables.EXPECTED_DIGEST: digest_of(candidate.release)}
            counts.update(suites.run(target.runner(network), config, stage.suite, candidate.test, environment))
        check_lock()

    try:
        running = target.apply(candidate.order, accept)
    except CheckFailedError as error:
        if error.hint:
            github.annotate("notice", error.hint, title="What to do next")
        return ledger.finished(replace(begun, tests=counts), "failed", ledger.now(), error.message)
    return ledger.finished(replace(begun, tests=counts, url=running.url), "passed", ledger.now())


def _begun(config: Config, candidate: Candidate, target: Target, *, ephemeral: bool) -> Deployment:
    """Return the deployment as it begins: what replaces what, by whom, and when."""
    running = target.observe()
    return ledger.Deployment(
        project=config.name,
        environment=candidate.environment,
        action=candidate.action,
        reason=candidate.reason,
        result="failed",
        commit=candidate.commit,
        release=candidate.release,
        test=candidate.test,
        bundle=candidate.bundle,
        data=candidate.data,
        replaced=running.release if running else "",
        ephemeral=ephemeral,
        basis=candidate.basis,
        actor=github.actor(),
        run=github.run_url(),
        started=ledger.now(),
    )
