"""Build the image that holds the project's source, its tests and its tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import labels
from cicd.oci import images
from cicd.produce import layer_cache
from cicd.produce.bundles import DOCKERFILE

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config import Config


def build(config: Config, directory: Path, *, use_cache: bool = False) -> str:
    """Build the image of the project in `directory`, and return its id on the engine.

    With `use_cache` it takes the layers that did not change from the registry; see `layer_cache`.

    Raises:
        UsageError: the project has no Dockerfile for it.
        CheckFailedError: it does not build; the builder's own words are in the output.
        UnreachableError: no engine answers.

    """
    return images.build(
        directory,
        directory / DOCKERFILE,
        tag=f"ml-cicd/{config.name}-build:latest",
        labels={labels.PROJECT: config.name},
        inline_cache=config.build.cache,
        cache_from=layer_cache.find(config, directory) if use_cache else "",
    )
