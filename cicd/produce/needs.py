"""What stages and deployments need beside the images: test files, and the secrets that the callers pass on."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cicd import freeze, github, place, stages
from cicd.config import DockerSettings, KubernetesSettings
from cicd.errors import UsageError
from cicd.produce import branch_training

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from cicd.config import Config, Environment
    from cicd.produce.recipe import Recipe

WORKFLOWS = ".github/workflows"
APP_SECRETS, SSH_KEY, KUBECONFIG = "APP_SECRETS", "DEPLOY_SSH_KEY", "KUBECONFIG"
"""Secrets of the kit's workflows that a deployment may need, as callers name them. No value is read here."""
BUILDS, TRAINING = "BUILD_SECRETS", "TRAIN_SECRETS"
CI = "ci"
_CALL = re.compile(r"uses:\s*['\"]?(?P<kit>[\w.-]+/[\w.-]+)/\.github/workflows/(?P<stage>[\w-]+)\.yml@")
_DIRECTORY = re.compile(r"^\s+directory:\s*['\"]?(?P<folder>[^'\"#\n]+?)['\"]?\s*(?:#.*)?$", re.MULTILINE)
_INTERPRETERS = re.compile(r"python[\d.]*|bash|sh")
_WITH_VALUE = re.compile(r"-[cokmpnWr]|--[\w-]+")
"""Options of pytest that may have the next word as their value: a path there is not taken for a test."""
_SCRIPT = re.compile(r"\.(py|sh)$")


def check(config: Config, directory: Path, test_image: Recipe) -> None:
    """Raise if the tests of a stage are not there, or a caller does not pass on a secret that its environment needs.

    Raises:
        UsageError: the message names the key, and the file or the secret.

    """
    for suite, command in config.tests.items():
        for path in _paths(command):
            if not (directory / path).exists() and not _in_image(path, test_image):
                raise UsageError(
                    f"{directory} has no '{path}', which the command of [tests] {suite} names.",
                    f"Commit it, or correct the command. For a project without {suite} tests, remove the key.",
                )
    for environment in config.environments.values():
        _check_callers(config, environment, directory)
    _check_builds(config, directory)


def _in_image(path: str, test_image: Recipe) -> bool:
    """Return whether an image may have a path: a folder of the context has it, or its Dockerfile names it."""
    inner = re.compile(rf"(?:^|/){re.escape(path)}(?:/|$)")
    texts = [test_image.text, *([test_image.release.text] if test_image.release else [])]
    return any(path in text for text in texts) or any(map(inner.search, test_image.read_context().files))


def _paths(command: Sequence[str]) -> Iterator[str]:
    """Yield the relative paths of tests and scripts that a command names, as far as they are certain."""
    words = [*command]
    program = PurePosixPath(words[0]).name if words else ""
    if _INTERPRETERS.fullmatch(program) and words[1:2] == ["-m"]:
        program, words = (words[2], words[2:]) if len(words) > 2 else ("", [])  # noqa: PLR2004 -- after -m
    if program == "unittest":
        for before, word in pairwise(words):
            if before in ("-s", "--start-directory"):
                yield from _relative(word)
    elif program in ("pytest", "py.test"):
        for before, word in pairwise(words):
            value = _WITH_VALUE.fullmatch(before)
            path = word.partition("::")[0]
            if not word.startswith("-") and not value and ("/" in path or _SCRIPT.search(path)):
                yield from _relative(path)
    elif _INTERPRETERS.fullmatch(program):
        script = words[1] if len(words) > 1 else ""
        if _SCRIPT.search(script):
            yield from _relative(script)


def _relative(path: str) -> Iterator[str]:
    if not path.startswith(("/", "~")) and not set("$*?[{") & set(path) and ".." not in path.split("/"):
        yield path.removeprefix("./").rstrip("/")


def _app_secrets(config: Config, environment: Environment) -> str:
    """Return the key of `ml-cicd.toml` whose secrets a deployment reads from APP_SECRETS; empty for none."""
    if environment.secrets:
        return f"`secrets` of [environments.{environment.name}]"
    package = config.package
    if package and package.index and package.index.secret and stages.STAGES[environment.name].publishes:
        return f"`secret` of [deliverables.{package.name}]"
    return ""


def _check_callers(config: Config, environment: Environment, directory: Path) -> None:
    """Raise if a caller that deploys to the environment does not pass on a secret that the deployment can't do without.

    A mirror of the kit with another name is not recognised; a file that calls no workflow of the kit is skipped.
    """
    settings = environment.settings
    needed = {
        APP_SECRETS: _app_secrets(config, environment),
        SSH_KEY: isinstance(settings, DockerSettings) and settings.host
        and f"`host` of [environments.{environment.name}]",
    }  # fmt: skip
    on_cluster = isinstance(settings, KubernetesSettings)
    for name, text in _callers(environment.name, directory):
        if on_cluster and not re.search(rf"^\s+({KUBECONFIG}|(deploy-)?runs-on):", text, re.MULTILINE):
            github.annotate(
                "warning",
                f"{name} passes on no {KUBECONFIG}, and a hosted runner has none. Add below "
                f"`secrets:`: {KUBECONFIG}: ${{{{ secrets.{KUBECONFIG} }}}}",
                title=f"The deployment to {environment.name} can't reach the cluster",
            )
        _check_passed_on(name, text, environment.name, needed)


def _check_builds(config: Config, directory: Path) -> None:
    """Raise if a caller that builds or trains does not pass on the secrets that these need."""
    of_builds = (config.build.secrets or config.release.secrets) and "`secrets` of [build] or [release]"
    of_training = (config.train and config.train.secrets and "`secrets` of [train]") or (
        config.model and config.model.secrets and "`secrets` of [model]"
    )
    needed = {BUILDS: of_builds, TRAINING: of_training}
    of_ci = needed if branch_training.is_asked(config) else {BUILDS: of_builds}
    for stage, secrets in ((CI, of_ci), (stages.INTEGRATION.name, needed)):
        for name, text in _callers(stage, directory):
            _check_passed_on(name, text, stage, secrets)


def _callers(stage: str, directory: Path) -> Iterator[tuple[str, str]]:
    """Yield path and text of each workflow that calls a stage of the kit for the project, and names the secrets."""
    root = place.root(directory)
    folder = directory.resolve().relative_to(root.resolve()).as_posix() if directory != root else "."
    for file in sorted((root / WORKFLOWS).glob("*.y*ml")):
        text = file.read_text("utf-8", "replace")
        called = {match["stage"] for match in _CALL.finditer(text) if freeze.is_kit(match["kit"])}
        folders = {match["folder"].strip().removeprefix("./").rstrip("/") for match in _DIRECTORY.finditer(text)}
        if stage in called and (folders or {"."}) == {folder} and "secrets: inherit" not in text:
            yield f"{WORKFLOWS}/{file.name}", text


def _check_passed_on(name: str, text: str, stage: str, needed: Mapping[str, object]) -> None:
    """Raise if a caller does not pass on a secret; `needed` says for each what needs it, if anything does."""
    for secret, key in needed.items():
        if key and not re.search(rf"^\s+{secret}:", text, re.MULTILINE):
            raise UsageError(
                f"{name} does not pass on the secret {secret}, which {key} needs.",
                f"Add below `secrets:` of the job that calls {stage}.yml: {secret}: ${{{{ secrets.{secret} }}}}",
            )
