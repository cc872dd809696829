"""Build the image that holds the project's source, its tests and its tools."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cicd import labels
from cicd.oci import repositories
from cicd.produce import build_context, conventions, dockerfile, layer_cache, readiness, recipe, secret_values

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config import Config


def build(config: Config, directory: Path, *, use_cache: bool = False, trains: bool = False) -> str:
    """Build the image of the project in `directory`, and return its id on the engine.

    With `use_cache` it takes the layers that did not change from the registry; see `layer_cache`. With `trains`, the
    secrets of training must be there, too.

    Raises:
        UsageError: something that this or a later stage needs is not there, or can't be used; nothing was changed.
        CheckFailedError: it does not build; the builder's own words are in the output. Or a file of it is missing:
            it is a pointer of Git LFS, or in a submodule that was not checked out.
        UnreachableError: no engine answers.

    """
    if config.image:
        repositories.split(config.image)
    secret_values.of_build(sorted({*config.build.secrets, *config.release.secrets}))
    if trains:
        secret_values.of_training(config)
    image = conventions.test_image(config, directory)
    context = image.read_context()
    build_context.check(context, image.name)
    readiness.check(config, directory, image)
    if config.package:  # a package that does not build ends the branch's own run
        from cicd.produce import wheels  # noqa: PLC0415 -- the package `packaging`, 0.1 s that other projects need not pay

        built = wheels.build(config, directory)
        if image.release and dockerfile.takes(image.release.text, conventions.WHEELS):
            below = {**image.release.arguments, conventions.WHEELS: built.image}
            image = replace(image, release=replace(image.release, arguments=below))
    return recipe.build(
        image,
        tag=f"ml-cicd/{config.name}-build:latest",
        labels={labels.PROJECT: config.name, labels.CONTEXT: context.name},
        inline_cache=config.build.cache,
        cache_from=layer_cache.find(config, directory) if use_cache else "",
    )
