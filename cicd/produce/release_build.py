"""The release: the image that runs, and the test image that judges it, both known by digest from here on."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd import labels as names
from cicd.errors import RefusedError, UsageError
from cicd.oci import images
from cicd.produce import bundles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from docker import DockerClient

    from cicd.config import Config


@dataclass(frozen=True)
class Release:
    """The two images of a commit, as `repository@sha256:...`."""

    release: str
    test: str


def build_and_push(
    client: DockerClient, config: Config, directory: Path, *, commit: str, repository: str, bundle: str, test_image: str
) -> Release:
    """Build the release image around `bundle`, push it and the test image, and return their digests.

    Raises:
        RefusedError: the bundle was trained for another lock than the one this release installs.
        CheckFailedError: the release image does not build; nothing was pushed.

    """
    described = bundles.metadata(client, bundle)
    check_lock(config, directory, described)
    local = f"ml-cicd/{config.name}:{commit}"
    images.build(
        directory,
        directory / "cicd" / "release" / "Dockerfile",
        tag=local,
        arguments={"BUNDLE": bundle},
        labels={
            names.REVISION: commit,
            names.TITLE: config.name,
            names.BUNDLE: bundle,
            names.DATA: str(described.get("data", "")),
        },
    )
    with ThreadPoolExecutor(2) as pool:
        release = pool.submit(images.push, client, local, repository, commit)
        test = pool.submit(images.push, client, test_image, f"{repository}/test", commit)
        return Release(release.result(), test.result())


def check_lock(config: Config, directory: Path, described: Mapping[str, Any]) -> None:
    """Refuse a bundle that says it was trained for another lock than the release installs."""
    if config.train is None:
        raise UsageError("The project has no [train] in ml-cicd.toml.")
    lock = directory / config.train.lock
    if not lock.is_file():
        raise UsageError(f"There is no lock file {config.train.lock}.", "Name it in ml-cicd.toml: [train] lock.")
    found = described.get("lock")
    expected = hashlib.sha256(lock.read_bytes()).hexdigest()
    if str(found).removeprefix("sha256:") != expected:
        raise RefusedError(
            f"The model bundle was trained for another lock ({found}) than {config.train.lock} ({expected}).",
            "Add the lock file to [train] inputs, so that a changed lock trains again.",
        )
