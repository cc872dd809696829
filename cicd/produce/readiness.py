"""What later stages need of a project, checked before the first build: what is missing there ends the first job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import github
from cicd.config import KubernetesSettings
from cicd.errors import UsageError
from cicd.produce import build_context, conventions, dockerfile, dvc_files, locks, needs

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config import Config
    from cicd.produce.recipe import Recipe


def check(config: Config, directory: Path, test_image: Recipe) -> None:
    """Raise if the release can't be built, or a file or a secret that the configuration names is not there.

    Raises:
        UsageError: the message names the key and the file; nothing was changed.
        CheckFailedError: the release would hold a pointer of Git LFS, or an empty folder.

    """
    release = test_image.release or _release(config, directory)
    if release:
        _check_release(config, release)
    for deliverable in config.beside:
        if recipe := conventions.other(config, directory, deliverable):
            build_context.check(recipe.read_context(), recipe.name)
    if config.package:
        conventions.wheels(config, directory)
    locks.path(config, directory)
    _check_paths(config, directory)
    needs.check(config, directory, test_image)


def _release(config: Config, directory: Path) -> Recipe | None:
    """Return how the release is built; None, and a warning, for a project that has only a build image so far."""
    try:
        return conventions.release(config, directory)
    except UsageError as error:
        if config.release.dockerfile or not (directory / conventions.BUILD).is_file():
            raise
        github.annotate("warning", f"{error.message} {error.hint}", title="Integration can't build a release")
        return None


def _check_release(config: Config, release: Recipe) -> None:
    """Raise if the release would lack content of files, and warn if it does not take the model."""
    build_context.check(release.read_context(), release.name)
    if config.has_model and not dockerfile.takes(release.text, "BUNDLE"):
        text = (
            f"{release.name} does not take the bundle. Add to it: ARG BUNDLE, then FROM ${{BUNDLE}} AS bundle, and in "
            "the last stage: COPY --from=bundle /bundle /opt/bundle"
        )
        github.annotate("warning", text, title="The release does not get the project's model")
    if config.is_package_alone and not dockerfile.takes(release.text, conventions.WHEELS):
        raise UsageError(
            f"{release.name} does not install the wheels that are published, so no environment would prove them.",
            "Add to it: ARG WHEELS, then FROM ${WHEELS} AS wheels, and in the last stage a RUN that installs them: "
            "--mount=type=bind,from=wheels,source=/wheels,target=/wheels pip install /wheels/*.whl",
        )


def _check_paths(config: Config, directory: Path) -> None:
    """Raise for a path in the configuration that is not there."""
    named = {
        "train.inputs": config.train.inputs if config.train else (),
        "model.paths": config.model.paths if config.model else (),
        "gate.set": (config.gate.evaluation_set,) if config.gate and config.gate.evaluate else (),
        "gate.development": (config.gate.development,) if config.gate and config.gate.development else (),
        "job.sample": (config.job.sample,) if config.job and config.job.sample else (),
        **{f"deliverables.{other.name}.sample": (other.job.sample,) for other in config.jobs if other.job.sample},
        **{
            f"environments.{name}.manifests": (environment.settings.manifests,)
            for name, environment in config.environments.items()
            if isinstance(environment.settings, KubernetesSettings) and environment.settings.manifests
        },
    }
    in_dvc = ("model.paths", "gate.set", "gate.development")
    held = {path for key in in_dvc for path in dvc_files.held(directory, key, named[key])}
    for key, paths in named.items():
        for path in paths:
            if not (directory / path).exists() and path not in held:
                raise UsageError(f"{directory} has no '{path}', which {key} names.", "Commit it, or correct the key.")
