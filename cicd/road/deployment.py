"""One deployment, from what was asked to the outcome that the ledger will hold."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from cicd import config as configuration
from cicd import github, labels, ledger, stages, variables
from cicd.deploy import holder, target_for
from cicd.deploy.target import Order, held
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import registry
from cicd.produce import suites
from cicd.road import rollback, verification

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.config import Config, Environment
    from cicd.deploy.target import Target
    from cicd.ledger import Deployment
    from cicd.repository import Repository
    from cicd.road.verification import Candidate


def config_for(repository: Repository, environment: str, commit: str, directory: str = ".") -> Config:
    """The configuration that counts for an environment: that of main, never that of the commit being promoted.

    Integration is where a changed configuration arrives first, so there it is the commit's own.

    Raises:
        UsageError: there is none, or it is not valid.

    """
    at = commit if stages.named(environment).configuration_from == "commit" else repository.tip or commit
    path = f"{directory.strip('/')}/{configuration.FILE}".removeprefix("./")
    text = repository.show(at, path)
    if text is None:
        raise UsageError(f"The commit {at[:12]} has no {path}.", "Every project has one at its root.")
    return configuration.parse(text, f"{path} at {at[:12]}")


def meant(repository: Repository, environment: str, name: str, *, backwards: bool) -> tuple[str, Config]:
    """The commit that is meant, and the configuration that counts; without a name, backwards, the release before.

    Raises:
        UsageError: there is no such commit, environment or configuration.
        RefusedError: there is no release before.

    """
    before = backwards and not name
    commit = repository.commit(repository.main if before else name)
    config = config_for(repository, environment, commit)
    config.environment(environment)
    if before:
        entries = ledger.read(repository, config.name, environment)
        commit = rollback.release_before(entries, environment).deployment.commit
    return commit, config


def is_ephemeral(environment: Environment, runner: str) -> bool:
    """Whether what is deployed vanishes with the job that runs on `runner` (`github-hosted`, `self-hosted` or "").

    Raises:
        UsageError: it would, and it must not.

    """
    vanishes = runner == "github-hosted" and environment.target == "docker" and not environment.host
    allowed = environment.ephemeral
    if allowed is None:
        allowed = stages.named(environment.name).may_vanish
    if vanishes and not allowed:
        raise UsageError(
            f"The environment {environment.name} would vanish with this hosted runner's job.",
            "Name the machine that carries it (host), or use a self-hosted runner: input runs-on of the workflow.",
        )
    return vanishes


def built(repository: Repository, config: Config, commit: str, release: str, test: str) -> Candidate:
    """The candidate that integration has just built, after a look at the registry.

    Raises:
        RefusedError: the registry does not have it.

    """
    registry.verify(release)
    registry.verify(test)
    entries = ledger.read(repository, config.name, stages.INTEGRATION.name)
    after = entries[-1].name if entries else ""
    made_of = registry.labels(release)
    return verification.Candidate(
        stages.INTEGRATION.name, commit, release, test, None, "deploy", after,
        bundle=made_of.get(labels.BUNDLE, ""), data=made_of.get(labels.DATA, ""),
    )  # fmt: skip


def verified(
    repository: Repository,
    config: Config,
    environment: str,
    commit: str,
    *,
    tag: str | None,
    backwards: bool,
    target: Target | None = None,
) -> Candidate:
    """What `verification.verify` says of a commit; with the `target` at hand, also by what it runs and has retained.

    Backwards, a release that the target has retained needs no registry.
    """
    running = target.observe() if target else None
    retained = (held(target, running) if target else None) if backwards else ()
    return verification.verify(
        repository, config, environment, commit, tag=tag, backwards=backwards, running=running, retained=retained
    )


def deploy(
    config: Config,
    environment: Environment,
    verify: Callable[[Target], Candidate],
    *,
    repository: Repository,
    wait: float,
) -> Deployment:
    """Bring a candidate to its environment and run the environment's tests against it, under the environment's lock.

    Under the lock `verify` says anew what may be brought to the target. Returns the deployment, passed or failed; in
    the latter case the old release still serves. `wait`: seconds to wait for the lock.

    Raises:
        UsageError: the environment can't carry it; nothing was changed.
        RefusedError: `verify` refused, or another deployment is under way; nothing was changed.
        UnreachableError: the target or the registry does not answer.

    """
    ephemeral = is_ephemeral(environment, os.environ.get(variables.RUNNER_ENVIRONMENT, ""))
    target = target_for(config, environment, repository)
    with target.locked(holder.mine(github.actor(), github.run_url()), wait):
        return _brought(target, config, environment, verify(target), ephemeral=ephemeral)


def order(candidate: Candidate) -> Order:
    """What a target is asked to do with a candidate."""
    return Order(
        release=candidate.release,
        commit=candidate.commit,
        entry=candidate.basis.name if candidate.basis else "",
        after=candidate.after,
        actor=github.actor(),
    )


def plan(
    config: Config, environment: Environment, verify: Callable[[Target], Candidate], *, repository: Repository
) -> list[str]:
    """What `deploy` would change, a line per step; empty for nothing."""
    is_ephemeral(environment, os.environ.get(variables.RUNNER_ENVIRONMENT, ""))
    target = target_for(config, environment, repository)
    return target.plan(order(verify(target)))


def _brought(
    target: Target, config: Config, environment: Environment, candidate: Candidate, *, ephemeral: bool
) -> Deployment:
    """The outcome of applying a candidate, with the lock held."""
    running = target.observe()
    deployment = ledger.Deployment(
        project=config.name,
        environment=environment.name,
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
    counts: dict[str, int] = {}

    def accept(url: str, network: str) -> None:
        stage = stages.named(environment.name)
        if not stage.suite_required and stage.suite not in config.tests:
            return  # the health check has just passed
        digest = ledger.digest_of(candidate.release)
        asked = {variables.SERVICE_URL: url, variables.EXPECTED_DIGEST: digest}
        counts.update(suites.run(target.runner(network), config, stage.suite, candidate.test, asked))

    try:
        now_running = target.apply(order(candidate), accept)
    except CheckFailedError as error:
        return ledger.finished(replace(deployment, tests=counts), "failed", ledger.now(), error.message)
    return ledger.finished(replace(deployment, tests=counts, url=now_running.url), "passed", ledger.now())
