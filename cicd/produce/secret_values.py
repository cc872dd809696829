"""The values of build and training secrets: all that `ml-cicd.toml` names, or a message that says how to give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import github, masking, named_secrets, variables
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config import Config

FORKS = "GitHub gives no secret to a pull request from a fork. To have it tested, push its branch to this repository."


def of_build(names: Sequence[str]) -> dict[str, str]:
    """Return the values of build secrets. Outputs hide them.

    Raises:
        UsageError: this process was not given all of them, or a value is too short to be hidden.

    """
    return _required(variables.BUILD_SECRETS, names, "[build] or [release]")


def of_training(config: Config) -> dict[str, str]:
    """Return the values of the secrets of [train], or of [model]; see `of_build`."""
    names = [*(config.train.secrets if config.train else ()), *(config.model.secrets if config.model else ())]
    return _required(variables.TRAIN_SECRETS, names, "[train]" if config.train else "[model]")


def _required(variable: str, names: Sequence[str], table: str) -> dict[str, str]:
    values = named_secrets.read(variable, names, table)
    if values is None:
        raise UsageError(
            f"{table} in ml-cicd.toml names secrets ({', '.join(names)}), but {variable} is not set.", _hint(variable)
        )
    if short := [name for name, value in values.items() if len(value.strip()) < masking.SHORTEST]:
        raise UsageError(
            f"{variable}: the value of {', '.join(short)} has fewer than {masking.SHORTEST} characters, so that no log "
            "could hide it.",
            "Take a longer value. What is not secret can be a build argument: [build] arguments.",
        )
    return values


def _hint(variable: str) -> str:
    if lacking := github.lacking_rights():
        return lacking
    if github.in_actions() and github.event() == "pull_request":
        return FORKS
    if github.in_actions():
        return (
            f"Set the secret {variable} of the repository to a JSON object, {named_secrets.EXAMPLE}, and map it in the "
            f"caller workflow: {variable}: ${{{{ secrets.{variable} }}}}. On a local forge: ml-cicd local up --secret "
            f"{variable}=FILE"
        )
    return f"Set the environment variable {variable} to a JSON object: {named_secrets.EXAMPLE}"
