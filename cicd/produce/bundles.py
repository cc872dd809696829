"""Train the model inside the build image, unless nothing that the model bundle depends on has changed.

A bundle travels as an image with nothing but `/bundle` in it, by digest, and becomes a layer of the release image.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd import labels, variables
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import archives, containers, engine, images, registry
from cicd.oci.errors import engine_errors
from cicd.oci.reference import ImageReference
from cicd.repository import Repository, owner_and_name

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config import Config, Train
    from cicd.oci.engine import Client

OUTPUT = "/tmp/bundle"  # noqa: S108 -- inside the container
METADATA = "metadata.json"
DOCKERFILE = "cicd/build/Dockerfile"
_OBJECT = f"Let the [train] command write one JSON object to {OUTPUT}/{METADATA}."


@dataclass(frozen=True)
class Bundle:
    """A model bundle."""

    image: str
    """`repository@sha256:...`"""
    trained: bool
    """Whether this run trained it; if not, nothing that it depends on has changed."""
    metadata: dict[str, Any]
    """The content of the bundle's `metadata.json`."""

    @property
    def origin(self) -> str:
        """Return in words whether this run trained it."""
        return "trained" if self.trained else "taken as it is, since nothing that it depends on changed"


def required(config: Config) -> Train:
    """Return how the project trains.

    Raises:
        UsageError: its configuration has no [train].

    """
    if config.train is None:
        raise UsageError(
            "The project has no [train] in ml-cicd.toml.",
            f'Add to it: [train] with command = ["..."], which must write {OUTPUT} in the build image.',
        )
    return config.train


def obtain(config: Config, directory: Path, image: str) -> Bundle:
    """Return the model bundle of the commit that is checked out: the registry's, or one trained in `image` and pushed.

    Raises:
        UsageError: the project has no [train], or the commit lacks one of its inputs.
        CheckFailedError: training failed, or left no bundle.
        UnreachableError: the engine or the registry does not answer.

    """
    settings, clone = required(config), Repository(directory, "origin")
    commit = clone.commit("HEAD")
    name = key(clone, commit, settings, os.environ.get(variables.ML_CICD_BASE, ""))
    target = f"{registry.image_repository_for(owner_and_name(directory), config.image)}/bundle"
    client = engine.connect()
    if manifest := _pushed(target, name):
        reference = str(ImageReference(target, manifest.digest))
        images.pull(client, reference)
        return Bundle(reference, trained=False, metadata=metadata(client, reference))
    layer = _train(client, config.name, settings, image)
    local = f"ml-cicd/{config.name}-bundle:{name}"
    _make_image(client, layer, local, commit, image)
    reference = images.push(client, local, target, name)
    return Bundle(reference, trained=True, metadata=metadata(client, reference))


def key(repository: Repository, commit: str, train: Train, base: str) -> str:
    """Return the key of a bundle, 16 hexadecimal digits: a hash of command, inputs' content, and base image.

    Raises:
        UsageError: the commit lacks an input.

    """
    parts = [*train.command, base]
    for path in (*train.inputs, DOCKERFILE):
        tree = repository.tree(commit, f"./{path}")
        if tree is None:
            listed = " [train] inputs in ml-cicd.toml lists it." if path in train.inputs else ""
            raise UsageError(
                f"The commit {commit[:12]} has no '{path}'.{listed}", f"Commit '{path}', or correct the list."
            )
        parts += [path, tree]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _train(client: Client, project: str, settings: Train, image: str) -> bytes:
    """Train inside `image`, and return the bundle as a tar archive that is the same bytes for the same files.

    Raises:
        CheckFailedError: training failed, or left no bundle.

    """
    finished = containers.run(
        client,
        image,
        settings.command,
        labels={labels.PROJECT: project, labels.ROLE: labels.TRAINING},
        collect=[OUTPUT],
    )
    if finished.exit_code:
        raise CheckFailedError(
            f"Training failed with exit code {finished.exit_code}.",
            "Correct the cause that the log above shows, then push again.",
        )
    if OUTPUT not in finished.files:
        raise CheckFailedError(
            f"Training left nothing in {OUTPUT}.", f"Let the [train] command write the bundle to {OUTPUT}."
        )
    try:
        layer = archives.neutral(finished.files[OUTPUT])
    except ValueError as error:
        raise CheckFailedError(
            f"The bundle can't be packed: {error}.", f"Let the [train] command copy the file into {OUTPUT}."
        ) from error
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        if f"bundle/{METADATA}" not in tar.getnames():
            raise CheckFailedError(
                f"The bundle has no {METADATA}.", f"Let the [train] command write {OUTPUT}/{METADATA}."
            )
        content = tar.extractfile(f"bundle/{METADATA}")
        _described(content.read() if content else b"")  # before the bundle is pushed: every later run would take it
    return layer


def _make_image(client: Client, layer: bytes, local: str, commit: str, trained_in: str) -> None:
    """Make the image `local` (`name:tag`) of nothing but the bundle.

    Its labels are not part of the bundle: trained again from the same inputs, `/bundle` is the same bytes.
    """
    name, _, tag = local.partition(":")
    with engine_errors(f"make an image of the bundle {local}"):
        image_id = client.images.get(trained_in).id
        changes = [f"LABEL {labels.REVISION}={commit}", f"LABEL {labels.TRAINED_IN}={image_id}"]
        client.api.import_image_from_data(layer, repository=name, tag=tag, changes=changes)


def _pushed(target: str, name: str) -> registry.Manifest | None:
    """Return the bundle that was pushed for a key; None also without access, which pushing will report."""
    with suppress(registry.NoAccessError):
        return registry.manifest(target, name)
    return None


def metadata(client: Client, image: str) -> dict[str, Any]:
    """Return the content of a bundle's `metadata.json`.

    Raises:
        CheckFailedError: it can't be read, or is no object.

    """
    with containers.created(client, image, command=["none"]) as container:
        data = containers.archive(container, f"/bundle/{METADATA}")
    try:
        return _described(archives.single_file(data or b""))
    except tarfile.TarError as error:
        raise CheckFailedError(f"The bundle's {METADATA} can't be read: {error}", _OBJECT) from error


def _described(content: bytes) -> dict[str, Any]:
    """Return the object in the text of a `metadata.json`."""
    try:
        loaded = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CheckFailedError(f"The bundle's {METADATA} can't be read: {error}", _OBJECT) from error
    if not isinstance(loaded, dict):
        raise CheckFailedError(f"The bundle's {METADATA} is not a JSON object.", _OBJECT)
    return loaded
