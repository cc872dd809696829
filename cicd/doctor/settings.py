"""The settings that a project needs on GitHub: rulesets, environments with the refs that may use them, secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import stages
from cicd.config import CommandSettings, DockerSettings, KubernetesSettings
from cicd.doctor import rulesets
from cicd.oci import repositories
from cicd.start import callers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.config import Config
    from cicd.doctor.project import Project
    from cicd.doctor.rulesets import Choices, Mode, Ruleset

LEDGER = "ledger"
"""The environment of the jobs that write the ledger."""
OF_JOBS = "ghcr.io"
"""The registry for which the token of a job is enough."""
LONG_LIVED = {
    "REGISTRY_TOKEN": "a token of the registry",
    "KUBECONFIG": "a kubeconfig with a token or a client certificate",
    "DEPLOY_SSH_KEY": "an SSH key",
}
"""Secrets that stay valid until somebody replaces them, by name."""


@dataclass(frozen=True)
class Ref:
    """A branch or tag that may use an environment."""

    kind: str
    """`branch` or `tag`."""
    name: str


ANY_BRANCH = tuple(Ref("branch", pattern) for pattern in ("*", "**/*", "refs/pull/*/merge"))
"""Every branch, and every pull request: its runs count as those of the branch `refs/pull/NUMBER/merge`."""


@dataclass(frozen=True)
class EnvironmentRules:
    """An environment, and the refs whose runs may use it."""

    name: str
    refs: tuple[Ref, ...]
    waits: bool = True
    """Whether its runs may wait, for reviewers or for a timer."""


@dataclass(frozen=True)
class Secret:
    """A secret to set. `environment` is empty for one of the repository."""

    name: str
    environment: str
    needed: bool
    """Whether something fails without it."""
    why: str
    keys: tuple[str, ...] = ()
    """The keys of the JSON object that it holds; empty for a plain text."""
    lasting: bool = True
    """Whether it opens a door until somebody replaces it, if its kind does."""
    apart: bool = False
    """Whether a secret of that name in the repository does not do."""


@dataclass(frozen=True)
class Settings:
    """Everything to set on GitHub for a project."""

    mode: Mode
    rulesets: tuple[Ruleset, ...]
    environments: tuple[EnvironmentRules, ...]
    secrets: tuple[Secret, ...]


def plan(project: Project, choices: Choices) -> Settings:
    """Return the settings of a project.

    Raises:
        UsageError: the choices do not fit each other.

    """
    return Settings(choices.mode, rulesets.plan(project, choices), _environments(project), tuple(_secrets(project)))


def _environments(project: Project) -> tuple[EnvironmentRules, ...]:
    """Return the environments: a stage's refs are main, and the tag or branch that starts it."""
    branches = project.branches
    main, integration = Ref("branch", branches.main), Ref("branch", branches.integration)
    tags = {name: Ref("tag", stage.tag) for name, stage in stages.TAGGED.items()}
    of_stages = {name: (main, tags.get(name, integration)) for name in _stages(project)}
    wanted = {**of_stages, LEDGER: (main, integration, *tags.values())}
    rules = [EnvironmentRules(name, tuple(dict.fromkeys(refs))) for name, refs in wanted.items()]
    training = _training(project)
    if training:
        rules.append(EnvironmentRules(training, ANY_BRANCH, waits=False))
    return tuple(rules)


def _training(project: Project) -> str:
    """Return the name of the environment in which branches train; empty for none, or for one of another purpose."""
    call = project.call(callers.FIRST)
    name = call.training_environment if call else ""
    return "" if name in (*stages.STAGES, LEDGER) else name


def _stages(project: Project) -> list[str]:
    """Return the stages that a caller can start; all of them where nothing calls the kit yet."""
    called = {call.name for call in project.calls}
    return [name for name in stages.STAGES if not called or called & {name, callers.DEPLOY}]


def _secrets(project: Project) -> Iterator[Secret]:
    config = project.config
    host = repositories.split(config.image)[0] if config.image else OF_JOBS
    if host != OF_JOBS and config.registry_login is None:
        yield Secret("REGISTRY_TOKEN", "", True, f"images go to {host}: user:token, or the token alone")
    builds = tuple(dict.fromkeys((*config.build.secrets, *config.release.secrets)))
    if builds:
        yield Secret("BUILD_SECRETS", "", True, "`secrets` of [build] and [release]", builds)
    training = (*(config.train.secrets if config.train else ()), *(config.model.secrets if config.model else ()))
    if training:
        yield Secret("TRAIN_SECRETS", "", True, "`secrets` of [train] and [model]", tuple(dict.fromkeys(training)))
    environment = _training(project)
    if environment and config.train and config.train.branch and config.train.secrets:
        yield Secret(
            "TRAIN_SECRETS", environment, True, "branches train with it; without it, with that of the repository",
            config.train.secrets, apart=True,
        )  # fmt: skip
    signed = "its public key is in [ledger] keys" if config.ledger_keys else "signs the ledger: ml-cicd keys"
    yield Secret("LEDGER_KEY", LEDGER, bool(config.ledger_keys), signed)
    for name in _stages(project):
        if name in config.environments:
            yield from _of_environment(project, config, name, host)


def _of_environment(project: Project, config: Config, name: str, host: str) -> Iterator[Secret]:
    environment = config.environments[name]
    settings = environment.settings
    call = project.call(name)
    if isinstance(settings, DockerSettings) and settings.host:
        yield Secret("DEPLOY_SSH_KEY", name, True, f"the private key for {settings.host}")
    if isinstance(settings, KubernetesSettings):
        own = bool(call and call.on_own_runner)
        user = ", without a user: the job logs in by its own identity" if settings.login else ""
        why = f"the kubeconfig of the cluster{user}{'; without it, that of the runner counts' if own else ''}"
        yield Secret("KUBECONFIG", name, not own, why, lasting=settings.login is None)
        if host == OF_JOBS:
            yield Secret("REGISTRY_TOKEN", name, False, "for a private image: a token that reads packages")
    keys = environment.secrets
    index = config.package.index if config.package else None
    if index and index.secret and stages.STAGES[name].publishes:
        keys = (*keys, index.secret)
    if keys:
        kind = "the deployment tool" if isinstance(settings, CommandSettings) else "the release"
        yield Secret("APP_SECRETS", name, True, f"`secrets` of [environments.{name}], for {kind}", keys)
