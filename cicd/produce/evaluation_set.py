"""The evaluation set of a commit as an image: whoever evaluates a model later needs its digest alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cicd import labels, scratch
from cicd.oci import engine, images, leftovers, repositories
from cicd.produce import dvc_files, packed_files, secret_values, training
from cicd.repository import image_path

if TYPE_CHECKING:
    from cicd.config import Config
    from cicd.oci.engine import Client

KEY = "[gate] set"
FOLDER = "evaluation"
"""The folder of the image that holds the set, at its path in the project."""


def publish(config: Config, directory: Path, image: str) -> str:
    """Push the evaluation set of the files in `directory`, and return its image as `repository@sha256:...`.

    Empty if the project has no release judged. `image` is the build image, in which DVC fetches a set that it holds.
    The same files on the same engine give the same digest.

    Raises:
        UsageError: there is no such file.
        CheckFailedError: a file is a pointer of Git LFS, or DVC does not get the content; nothing was pushed.
        UnreachableError: the engine or the registry does not answer.

    """
    if config.gate is None or not config.gate.evaluate:
        return ""
    client, named = engine.connect(), packed_files.Named(KEY, (config.gate.evaluation_set,), FOLDER)
    leftovers.remove(client)
    with scratch.folder(FOLDER) as folder:
        layer = Path(folder) / "set.tar"
        digest = _pack(client, config, directory, named, image, layer=layer)
        training.check_secrets(layer)
        local = f"ml-cicd/{config.name}-{FOLDER}:{digest[:16]}"
        if not images.present(client, local):
            images.of_layer(client, layer, local, {labels.PROJECT: config.name, labels.EVALUATION_SET: digest})
    target = repositories.of(image_path(directory, config.name), config.image).evaluation
    return images.push(client, local, target, digest[:16])


def development(client: Client, config: Config, directory: Path, image: str, layer: Path) -> None:
    """Write the development set of the files in `directory` as the tar `layer`, as `evaluation` takes it.

    `image` is the build image, in which DVC fetches a set that it holds. Nothing is pushed.

    Raises:
        UsageError: there is no such file.
        CheckFailedError: a file is a pointer of Git LFS, or DVC does not get the content.
        UnreachableError: the engine does not answer, or the disk is full.

    """
    assert config.gate is not None  # noqa: S101 -- the caller has asked
    named = packed_files.Named("[gate] development", (config.gate.development,), FOLDER)
    _pack(client, config, directory, named, image, layer=layer)


def _pack(
    client: Client, config: Config, directory: Path, named: packed_files.Named, image: str, *, layer: Path
) -> str:
    """Write the files as the tar `layer`, and return the SHA-256 of their content."""
    elsewhere = {}
    if held := dvc_files.held(directory, named.key, named.paths):
        secrets = secret_values.of_training(config)
        elsewhere = dvc_files.fetch(client, config.name, image, directory, held, secrets=secrets, folder=layer.parent)
    return packed_files.pack(directory, named, layer, elsewhere)
