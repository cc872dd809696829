"""Layers that travel through the registry: integration pushes them with its test image, ci takes those that fit.

Only code that nobody has reviewed is built with them. A release is built from nothing: every workflow of a repository
that may write packages can move a tag, and with it put a layer into whatever is built from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import github
from cicd.errors import CicdError
from cicd.oci import registry, repositories
from cicd.oci.reference import ImageReference
from cicd.repository import image_path

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config import Config

TAG = "cache"


def find(config: Config, directory: Path) -> str:
    """Return the image, by digest, whose layers a build may take; empty, and a notice, if there is none to read."""
    if not config.build.cache:
        return ""
    repository = repositories.of(image_path(directory, config.name), config.image).test
    try:
        manifest = registry.manifest(repository, TAG)
    except CicdError as error:
        github.annotate("notice", error.message, title="Built without the layer cache")
        return ""
    if manifest is None:
        text = f"There is no {repository}:{TAG} yet. The next integration pushes it."
        github.annotate("notice", text, title="Built without the layer cache")
        return ""
    return str(ImageReference(repository, manifest.digest))


def write(config: Config, test_image: str) -> None:
    """Name a pushed test image as the one whose layers builds may take. If the registry refuses, a warning says so."""
    if not config.build.cache:
        return
    try:
        registry.tag(test_image, TAG)
    except CicdError as error:
        github.annotate("warning", error.message, title="The layer cache was not written")
