"""A deployment: verify the release, lock the environment, verify again, bring the release up, test it, switch."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd import github, ledger, stages, variables
from cicd.config import DockerSettings
from cicd.deploy import holder, target_for
from cicd.deploy.target import nothing
from cicd.errors import CheckFailedError, CicdError, RefusedError, UnreachableError, UsageError
from cicd.road import model_gate, model_rules, observed, publishing
from cicd.road.entries import previous_release
from cicd.road.request import resolve
from cicd.road.trial import Trial
from cicd.road.verification import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cicd.config import Config, Environment
    from cicd.deploy.target import Running, Target
    from cicd.gate.report import Report
    from cicd.ledger import Deployment, Entry
    from cicd.repository import Repository
    from cicd.road.model_gate import Judged
    from cicd.road.model_rules import Governing
    from cicd.road.publishing import Publication
    from cicd.road.request import Built, Request
    from cicd.road.verification import Candidate
    from cicd.stages import Stage


@dataclass(frozen=True)
class Outcome:
    """What a deployment leaves to be recorded."""

    deployment: Deployment
    unrecorded: Deployment | None = None
    """The deployment before it, if the ledger has no entry of that."""
    error: CicdError | None = None
    """The error of an outside system that ended the deployment."""
    report: Report | None = None
    """The report of the model gate; None if it judged nothing."""


def deploy(repository: Repository, request: Request) -> Outcome:
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


def bring(repository: Repository, config: Config, request: Request) -> Outcome:
    """Lock the environment, verify the resolved request, and replace what runs by the release.

    Returns the outcome, passed or failed; if failed, the old release still serves. If nobody recorded the deployment
    before, its outcome is returned beside it, from what the target knows.

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
        running = target.observe()
        unrecorded = None if request.offline else _unrecorded(repository, config, request, running)
        begun = _begun(config, candidate, running, ephemeral=ephemeral)
        publication = publishing.prepare(config, request.stage, candidate, _wheels(repository, begun), repository)
        trial = Trial(
            target, config, request.stage, candidate, check_lock, _gate(repository, config, request, candidate)
        )
        return replace(_replace(target, trial, begun, publication), unrecorded=unrecorded)


def _gate(
    repository: Repository, config: Config, request: Request, candidate: Candidate
) -> Callable[[], Judged] | None:
    """Return what judges the model of a release that was just built; None if nothing does."""
    if (judged := _judged(repository, config, request)) is None:
        return None
    asked, built = judged
    return lambda: model_gate.judge(repository, config, asked, built, candidate.bundle)


def _judged(repository: Repository, config: Config, request: Request) -> tuple[Governing, Built] | None:
    """Return what is asked of the model of a release that was just built, and that release; None if nothing is asked.

    Raises:
        UsageError: the evaluation set of the release is not known.

    """
    if request.built is None:
        return None
    chains = ledger.read_all(repository, config.name)
    asked = model_rules.governing(repository, config, chains, request.commit)
    if asked and asked.own and not request.built.evaluation:
        raise UsageError(
            "The table [gate] of ml-cicd.toml has evaluate, and --evaluation names no evaluation set.",
            "Pass the output `evaluation` of ml-cicd train.",
        )
    return (asked, request.built) if asked else None


def _wheels(repository: Repository, begun: Deployment) -> Mapping[str, str]:
    """Return the wheels of the release that this deployment replaces, as the ledger records them."""
    entries = ledger.read(repository, begun.project, begun.environment)
    known = [entry.deployment.wheels for entry in entries if entry.deployment.release == begun.replaced]
    return known[-1] if known else {}


def _unrecorded(repository: Repository, config: Config, request: Request, running: Running | None) -> Deployment | None:
    """Return the deployment of what runs, if the ledger has no entry of it and enough is known of it.

    Raises:
        RefusedError: the previous release was chosen from the ledger alone, and another release runs.

    """
    chains, environment = ledger.read_all(repository, config.name), request.stage.name
    entries = chains.get(environment, [])
    if running is None or not observed.is_unrecorded(entries, running):
        return None
    try:
        unrecorded = observed.deployment(config.name, environment, chains, running)
    except CicdError as error:
        github.annotate("warning", f"{error.message} {error.hint}", title="The deployment before is not recorded")
        return None
    if request.backwards and not request.by_person:
        _check_previous(entries, observed.as_entry(entries, unrecorded), request)
    text = f"{running.release} runs in {environment}, and no entry records its deployment. This run records it, too."
    github.annotate("notice", text, title="The deployment before was not recorded")
    return unrecorded


def _check_previous(entries: Sequence[Entry], unrecorded: Entry, request: Request) -> None:
    """Raise if a workflow chose the previous release from the ledger, which lacks the release that runs.

    The job that chooses can't ask the target.
    """
    environment = request.stage.name
    try:
        chosen = previous_release(entries, environment)
    except RefusedError:  # then a person named the commit
        return
    before = previous_release([*entries, unrecorded], environment)
    if request.commit == chosen.deployment.commit != before.deployment.commit:
        raise RefusedError(
            f"The ledger of {environment} does not have the release that runs, {unrecorded.deployment.commit[:12]}. "
            f"The release before it is {before.deployment.commit[:12]}, not {request.commit[:12]}.",
            f"Name that commit: {before.deployment.commit[:12]}. For an older release, first record what runs: "
            f"ml-cicd record --observed --environment {environment}",
        )


def plan(repository: Repository, request: Request) -> list[str]:
    """Return what `deploy` would change, a line per step; empty for nothing.

    Raises:
        UsageError, RefusedError, SupersededError, UnreachableError: see `deploy`.

    """
    request, config = resolve(repository, request)
    environment = config.environments[request.stage.name]
    is_ephemeral(environment, request.stage, os.environ.get(variables.RUNNER_ENVIRONMENT, ""))
    target = target_for(config, environment, repository)
    candidate = verify(repository, config, request, target)
    publication = publishing.prepare(config, request.stage, candidate, {}, repository)
    judged = _judged(repository, config, request)
    evaluated = model_gate.plan(repository, config, *judged) if judged else []
    return [*target.plan(candidate.order), *evaluated, *(publication.plan() if publication else [])]


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


def _replace(target: Target, trial: Trial, begun: Deployment, publication: Publication | None) -> Outcome:
    """Bring the candidate of a trial up, have it judged, switch to it, publish its packages, and return the outcome.

    The lock is held.
    """
    candidate = trial.candidate

    def outcome(deployment: Deployment, error: CicdError | None = None) -> Outcome:
        judged = trial.judged
        recorded = replace(deployment, gate=judged.judgement if judged else None)
        return Outcome(recorded, error=error, report=judged.report if judged else None)

    github.set_outputs({"result": "failed"})  # until it is known better: a crash from here on is a lost outcome
    try:
        order = replace(candidate.order, started=begun.started)
        running = target.apply(order, trial.accept, publication.publish if publication else nothing)
        trial.judge()
    except UsageError:
        github.set_outputs({"result": ""})  # nothing was changed, so that no outcome is lost
        raise
    except CheckFailedError as error:
        if error.hint:
            github.annotate("notice", error.hint, title="What to do next")
        return outcome(_finished(begun, trial.counts, error.message))
    except UnreachableError as error:
        return outcome(_finished(begun, trial.counts, error.message), error)
    target.tidy(candidate.release, candidate.test)
    return outcome(ledger.finished(replace(begun, tests=trial.counts, url=running.url), "passed", ledger.now()))


def _finished(begun: Deployment, counts: Mapping[str, int], reason: str) -> Deployment:
    """Return the failed deployment."""
    return ledger.finished(replace(begun, tests=counts), "failed", ledger.now(), reason)


def _begun(config: Config, candidate: Candidate, running: Running | None, *, ephemeral: bool) -> Deployment:
    """Return the deployment as it begins: what replaces what, by whom, and when."""
    suite = stages.STAGES[candidate.environment].suite
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
        others=candidate.others,
        packages=candidate.packages,
        wheels=candidate.wheels,
        replaced=running.release if running else "",
        ephemeral=ephemeral,
        basis=candidate.basis,
        actor=github.actor(),
        run=github.run_url(),
        started=ledger.now(),
        undeclared="" if suite in config.tests else suite,
    )
