"""The thin training of a branch, and a release around its bundle that stays on this engine.

Nothing is pushed. The images have names of their own and no key, so that no later run takes them for a bundle or for a
release, and they are removed in the end.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import labels, scratch
from cicd.errors import CicdError, UsageError
from cicd.oci import images
from cicd.oci.errors import engine_errors
from cicd.produce import build_context, bundle_source, conventions, dockerfile, recipe, secret_values, training, wheels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.config import Config, Train
    from cicd.oci.engine import Client


def settings(config: Config) -> tuple[Train, Train]:
    """Return the training of a project, and its thin one: the same with the command of branches.

    Raises:
        UsageError: the project has none.

    """
    if config.train is None or not config.train.branch:
        raise UsageError(
            "The key `branch` of [train] is missing in ml-cicd.toml: the command that branches train with.",
            'Example: branch = ["python", "-m", "flights.pipelines.train", "--rows", "5000"]',
        )
    return config.train, replace(config.train, command=config.train.branch)


@contextmanager
def bundle(client: Client, config: Config, directory: Path, image: str, key: str) -> Iterator[str]:
    """Yield the name of an image with the bundle that the thin training leaves. `key` is that of the whole training.

    Raises:
        UsageError: a secret was not given.
        CheckFailedError: training failed, or left no bundle.
        UnreachableError: the engine does not answer.

    """
    (_, thin), secrets = settings(config), secret_values.of_training(config)
    facts = bundle_source.facts(config, directory, f"{key}, thin")
    with scratch.folder("thin") as folder, _removed(client, _name(config)) as local:
        layer = training.train(client, config.name, thin, image, Path(folder), facts=facts, secrets=secrets)
        images.of_layer(client, layer, local, {labels.PROJECT: config.name})
        yield local


@contextmanager
def release(client: Client, config: Config, directory: Path, thin: str) -> Iterator[str]:
    """Yield the name of a release image around the bundle in the image `thin`.

    Raises:
        UsageError: nothing says how a release is built, or a secret was not given.
        CheckFailedError: it does not build.
        UnreachableError: the engine or a registry does not answer.

    """
    made = conventions.release(config, directory)
    build_context.check(made.read_context(), made.name)
    arguments: Mapping[str, str] = {"BUNDLE": thin}
    if config.package and dockerfile.takes(made.text, conventions.WHEELS):
        arguments = {**arguments, conventions.WHEELS: wheels.build(config, directory).image}
    with _removed(client, _name(config)) as local:
        recipe.build(made, tag=local, arguments=arguments, labels={labels.PROJECT: config.name})
        yield local


def _name(config: Config) -> str:
    """Return a new name for an image; two runs of one commit may share an engine."""
    return f"ml-cicd/{config.name}-thin:{os.urandom(8).hex()}"


@contextmanager
def _removed(client: Client, name: str) -> Iterator[str]:
    """Yield the name of an image, and remove the image in the end; what stays, housekeeping removes another time."""
    try:
        yield name
    finally:
        with suppress(CicdError), engine_errors(f"remove the image {name}"):
            client.api.remove_image(name)
