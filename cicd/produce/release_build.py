"""Build the release: the image that runs, and the test image that judges it. A digest names each from here on."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd import labels, scratch
from cicd.errors import RefusedError, UsageError
from cicd.oci import engine, housekeeping, images, repositories
from cicd.produce import build_context, bundles, conventions, dockerfile, layer_cache, locks, recipe, wheels
from cicd.repository import Repository, image_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Config
    from cicd.produce.recipe import Recipe


@dataclass(frozen=True)
class Release:
    """The images of a commit, as `repository@sha256:...`."""

    release: str
    test: str
    commit: str
    packages: str = ""
    """The image with the wheels; empty for a project without packages."""
    wheels: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of each wheel, by file name."""
    others: Mapping[str, str] = field(default_factory=dict)
    """The images of the services beside the first one, by name."""


def build_and_push(config: Config, directory: Path, *, bundle: str, test_image: str) -> Release:
    """Build the release image of the commit that is checked out around `bundle`, and push it and the test image.

    An empty `bundle` is none, for a project without a model. The wheels of the project's packages are built first; the
    release image names the image that holds them.

    Raises:
        UsageError: the project has a model and no bundle is named, or the reverse.
        RefusedError: the bundle was trained with another lock file than the one that this release installs.
        CheckFailedError: the release image does not build, or a file of it is missing; nothing was pushed.
        UnreachableError: the engine or the registry does not answer.

    """
    _check_bundle(config, bundle)
    commit = Repository(directory, "origin").commit("HEAD")
    places = repositories.of(image_path(directory, config.name), config.image, [other.name for other in config.beside])
    client = engine.connect()
    image = conventions.release(config, directory)
    build_context.check(image.read_context(), image.name)
    marks = {labels.PROJECT: config.name, labels.REVISION: commit, labels.TITLE: config.name}
    if bundle:
        images.pull(client, bundle, "Make the bundle first: ml-cicd train")
        metadata = bundles.metadata(client, bundle, required=config.train is not None)
        check_lock(config, directory, metadata)
        marks |= {labels.BUNDLE: bundle, labels.DATA: str(metadata.get("data", ""))}
    local, packages, command = f"ml-cicd/{config.name}:{commit}", "", config.command if image.file else ()
    arguments = {"BUNDLE": bundle} if bundle else {}
    built = wheels.build(config, directory, commit, {labels.REVISION: commit}) if config.package else None
    if built:
        packages = images.push(client, built.image, places.packages, commit)
        marks |= {labels.PACKAGES: packages, labels.WHEELS: json.dumps(built.digests)}
        arguments |= {conventions.WHEELS: built.image} if dockerfile.takes(image.text, conventions.WHEELS) else {}
        command = built.proof if config.is_package_alone else command
    others = dict.fromkeys((other.name for other in config.beside), "")
    for other in config.beside:
        if made := conventions.other(config, directory, other):
            named = f"ml-cicd/{config.name}-{other.name}:{commit}"
            _build_other(made, named, arguments, marks)
            others[other.name] = images.push(client, named, places.others[other.name], commit)
    if others:
        marks = {**marks, labels.DELIVERABLES: json.dumps(others)}
    recipe.build(image, tag=local, arguments=arguments, labels=marks)
    if command:
        _set_command(local, command)
    with ThreadPoolExecutor(2) as pool:
        release = pool.submit(images.push, client, local, places.release, commit)
        test = pool.submit(images.push, client, test_image, places.test, commit)
        pushed = Release(
            release.result(), test.result(), commit, packages, built.digests if built else {},
            {name: image or release.result() for name, image in others.items()},
        )  # fmt: skip
    layer_cache.write(config, pushed.test)
    housekeeping.tidy(client, config.name, places, (local, test_image))
    return pushed


def _build_other(made: Recipe, local: str, arguments: Mapping[str, str], marks: Mapping[str, str]) -> None:
    """Build the image of another service as `local`, with those of the arguments that its Dockerfile takes."""
    build_context.check(made.read_context(), made.name)
    taken = {name: value for name, value in arguments.items() if dockerfile.takes(made.text, name)}
    recipe.build(made, tag=local, arguments=taken, labels=marks)


def _check_bundle(config: Config, bundle: str) -> None:
    if config.has_model and not bundle:
        raise UsageError(
            "The project has a model, and --bundle is empty.",
            "Make the bundle first: ml-cicd train. In a workflow, the output of the job that made it is empty.",
        )
    if bundle and not config.has_model:
        raise UsageError(
            "--bundle names a model bundle, and ml-cicd.toml has neither [train] nor [model].",
            "Leave --bundle out, or add the table to ml-cicd.toml.",
        )


def _set_command(local: str, command: Sequence[str]) -> None:
    """Give an image the command that the configuration names."""
    with scratch.folder("command") as folder:
        file = Path(folder) / "Dockerfile"
        file.write_text(f"FROM {local}\nCMD {json.dumps(list(command))}\n", "utf-8")
        images.build(Path(folder), file, tag=local, name="the command of the release")


def check_lock(config: Config, directory: Path, metadata: Mapping[str, Any]) -> None:
    """Raise unless the bundle was trained with the lock file that the release installs.

    A project that does not train, or has no lock, passes.

    Raises:
        UsageError: there is no such lock file.
        RefusedError: it was trained with another, or does not say with which.

    """
    name = locks.path(config, directory) if config.train else ""
    if not name:
        return
    trained_for = metadata.get("lock")
    if not trained_for:
        raise RefusedError(
            f"The model bundle does not say with which {name} it was trained.",
            "Train it again: the kit writes the lock into the bundle. Change an input, such as a comment in it.",
        )
    content = (directory / name).read_bytes()
    if str(trained_for).removeprefix("sha256:") not in locks.hashes(content):
        raise RefusedError(
            f"The model bundle was trained with another {name}: SHA-256 {trained_for} instead of "
            f"{hashlib.sha256(content).hexdigest()}.",
            "Release the bundle that ml-cicd train printed for this commit.",
        )
