"""Build the release: the image that runs, and the test image that judges it. A digest names each from here on."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd import labels
from cicd.errors import RefusedError, UsageError
from cicd.oci import engine, images, registry
from cicd.produce import bundles, layer_cache
from cicd.repository import Repository, owner_and_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cicd.config import Config


@dataclass(frozen=True)
class Release:
    """The two images of a commit, as `repository@sha256:...`."""

    release: str
    test: str
    commit: str


def build_and_push(config: Config, directory: Path, *, bundle: str, test_image: str) -> Release:
    """Build the release image of the commit that is checked out around `bundle`, and push it and the test image.

    Raises:
        RefusedError: the bundle was trained with another lock file than the one that this release installs.
        CheckFailedError: the release image does not build; nothing was pushed.
        UnreachableError: the engine or the registry does not answer.

    """
    commit = Repository(directory, "origin").commit("HEAD")
    image_repository = registry.image_repository_for(owner_and_name(directory), config.image)
    client = engine.connect()
    metadata = bundles.metadata(client, bundle)
    check_lock(config, directory, metadata)
    local = f"ml-cicd/{config.name}:{commit}"
    images.build(
        directory,
        directory / "cicd" / "release" / "Dockerfile",
        tag=local,
        arguments={"BUNDLE": bundle},
        labels={
            labels.REVISION: commit,
            labels.TITLE: config.name,
            labels.BUNDLE: bundle,
            labels.DATA: str(metadata.get("data", "")),
        },
    )
    with ThreadPoolExecutor(2) as pool:
        release = pool.submit(images.push, client, local, image_repository, commit)
        test = pool.submit(images.push, client, test_image, f"{image_repository}/test", commit)
        built = Release(release.result(), test.result(), commit)
    layer_cache.write(config, built.test)
    return built


def check_lock(config: Config, directory: Path, metadata: Mapping[str, Any]) -> None:
    """Raise unless the bundle was trained with the lock file that the release installs.

    Raises:
        UsageError: the project has no [train], or no such lock file.
        RefusedError: it was trained with another, or does not say with which.

    """
    name = bundles.required(config).lock
    lock = directory / name
    if not lock.is_file():
        raise UsageError(f"There is no lock file {name}.", "Name the lock file in ml-cicd.toml: [train] lock.")
    trained_for = metadata.get("lock")
    if not trained_for:
        raise RefusedError(
            f"The model bundle does not say with which {name} it was trained.",
            f"Let the [train] command write the SHA-256 of {name} to the key `lock` of {bundles.METADATA}.",
        )
    installed = hashlib.sha256(lock.read_bytes()).hexdigest()
    if str(trained_for).removeprefix("sha256:") != installed:
        raise RefusedError(
            f"The model bundle was trained with another {name}: SHA-256 {trained_for} instead of {installed}.",
            f"Add {name} to [train] inputs in ml-cicd.toml: then a changed lock file trains again.",
        )
