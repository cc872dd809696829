"""Give a person's command the settings of the clone's local forge: base image, registry, proxy, engine, secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import place, variables
from cicd.errors import UsageError
from cicd.forge import run_secrets
from cicd.forge.state import Forge

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from pathlib import Path


OF_BUILDS = (variables.BUILD_SECRETS, variables.TRAIN_SECRETS)
"""The secrets of the repository that a terminal's builds and training need."""


def join(directory: Path, environment: MutableMapping[str, str]) -> str:
    """Set the variables that jobs of the forge get, unless the person has set them; return a line that says so.

    `directory` is any folder of the clone. In a job, or if no forge is up, nothing is set and the line is empty.
    """
    if environment.get(variables.GITHUB_ACTIONS) == "true" or environment.get(variables.ML_CICD_FORGE_RUN):
        return ""
    forge = Forge.of_project(place.root(directory))
    try:
        state = forge.state()
    except UsageError:
        return ""
    values = {
        variables.ML_CICD_BASE: state.base,
        variables.ML_CICD_REGISTRY: state.registry,
        variables.ML_CICD_PROXY: state.proxy,
        variables.ML_CICD_INSTANCE: forge.instance,
        "DOCKER_HOST": state.engine,
        **{name: value for name, value in run_secrets.of_repository(forge).items() if name in OF_BUILDS},
    }
    taken = {name: value for name, value in values.items() if value and name not in environment}
    environment.update(taken)
    names = {"base image": variables.ML_CICD_BASE, "registry": variables.ML_CICD_REGISTRY}
    shown = [f"{text} {taken[name]}" for text, name in names.items() if name in taken]
    return f"The local forge of this clone is up: {', '.join(shown)}" if shown else ""
