"""Training: the model bundle, made inside the build image only when what it depends on changed.

A bundle travels as an image with nothing but `/bundle` in it, by digest, and becomes a layer of the release image.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd import labels
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import archives, containers, images, registry
from cicd.oci.errors import engine_errors
from cicd.oci.reference import ImageReference

if TYPE_CHECKING:
    from docker import DockerClient

    from cicd.config import Config, Train
    from cicd.repository import Repository

OUTPUT = "/tmp/bundle"  # noqa: S108 -- inside the container
METADATA = "metadata.json"


@dataclass(frozen=True)
class Bundle:
    """A model bundle: where it is (`repository@sha256:...`), whether this run trained it, what it says of itself."""

    image: str
    trained: bool
    metadata: dict[str, Any]


def key(repository: Repository, commit: str, train: Train, base: str) -> str:
    """What a bundle was made from, as 16 hexadecimal digits: command, inputs' content, and the base image.

    Raises:
        UsageError: the commit lacks an input.

    """
    parts = [*train.command, base]
    for path in (*train.inputs, "cicd/build/Dockerfile"):
        tree = repository.tree(commit, f"./{path}")
        if tree is None:
            raise UsageError(f"[train] inputs names '{path}', which the commit does not have.", "Correct ml-cicd.toml.")
        parts += [path, tree]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def train(client: DockerClient, config: Config, image: str, repository: str, *, name: str, commit: str) -> Bundle:
    """The bundle for the key `name`: the registry's, else a new one, trained inside `image` of `commit` and pushed.

    Raises:
        UsageError: the project has no [train].
        CheckFailedError: training failed, or left no bundle.

    """
    if config.train is None:
        raise UsageError("The project has no [train] in ml-cicd.toml.", "Add the command that writes /tmp/bundle.")
    target = f"{repository}/bundle"
    if found := _known(target, name):
        reference = str(ImageReference(target, found.digest))
        images.pull(client, reference)
        return Bundle(reference, trained=False, metadata=metadata(client, reference))
    finished = containers.run(
        client,
        image,
        config.train.command,
        labels={labels.PROJECT: config.name, labels.ROLE: labels.TRAINING},
        collect=[OUTPUT],
    )
    if finished.exit_code:
        raise CheckFailedError(f"Training failed with exit code {finished.exit_code}.", "The log above says why.")
    if OUTPUT not in finished.files:
        raise CheckFailedError(f"Training left nothing in {OUTPUT}.", "The [train] command must write it.")
    layer = archives.neutral(finished.files[OUTPUT])
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        if f"bundle/{METADATA}" not in tar.getnames():
            raise CheckFailedError(f"The bundle has no {METADATA}.", "The [train] command must write it.")
    local = f"ml-cicd/{config.name}-bundle"
    # Not part of the bundle: trained again from the same inputs, /bundle is the same bytes.
    with engine_errors(f"make an image of the bundle {local}:{name}"):
        made = [f"LABEL {labels.REVISION}={commit}", f"LABEL {labels.TRAINED_IN}={client.images.get(image).id}"]
        client.api.import_image_from_data(layer, repository=local, tag=name, changes=made)
    reference = images.push(client, f"{local}:{name}", target, name)
    return Bundle(reference, trained=True, metadata=metadata(client, reference))


def _known(target: str, name: str) -> registry.Manifest | None:
    """The bundle that was pushed for this key. Without access there is none; pushing will tell if that is a fault."""
    with suppress(registry.NoAccessError):
        return registry.manifest(target, name)
    return None


def metadata(client: DockerClient, image: str) -> dict[str, Any]:
    """What a bundle says of itself.

    Raises:
        CheckFailedError: it says nothing that can be read.

    """
    with containers.created(client, image, command=["none"]) as container:
        data = containers.archive(container, f"/bundle/{METADATA}")
    try:
        loaded = json.loads(archives.single_file(data or b""))
    except (ValueError, tarfile.TarError) as error:
        raise CheckFailedError(f"The bundle's {METADATA} can't be read: {error}") from error
    if not isinstance(loaded, dict):
        raise CheckFailedError(f"The bundle's {METADATA} is not an object.")
    return loaded
