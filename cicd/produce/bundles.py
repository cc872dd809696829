"""A model bundle, and what it says about itself.

A bundle travels as an image with nothing but `/bundle` in it, by digest, and becomes a layer of the release image.
"""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd import scratch
from cicd.errors import CheckFailedError
from cicd.oci import archives, containers
from cicd.produce import training
from cicd.produce.training import METADATA

if TYPE_CHECKING:
    from cicd.oci.engine import Client


@dataclass(frozen=True)
class Bundle:
    """A model bundle."""

    image: str
    """`repository@sha256:...`"""
    trained: bool
    """Whether this run trained it."""
    metadata: dict[str, Any]
    """The content of the bundle's `metadata.json`."""

    given: bool = False
    """Whether the project does not train it: [model] names its files or its image."""

    @property
    def origin(self) -> str:
        """Return in words where it comes from."""
        if self.given:
            return "as [model] names it"
        return "trained" if self.trained else "taken as it is, since nothing that it depends on changed"


def metadata(client: Client, image: str, *, required: bool = True) -> dict[str, Any]:
    """Return the content of a bundle's `metadata.json`; empty where it is not `required` and not there.

    Raises:
        CheckFailedError: it can't be read, or is no object.

    """
    with scratch.folder("metadata") as folder:
        packed = Path(folder) / "metadata.tar"
        try:
            with containers.created(client, image, command=["none"]) as container:
                saved = containers.save(container, f"/bundle/{METADATA}", packed, training.METADATA_LIMIT)
            content = archives.read(packed, METADATA, training.METADATA_LIMIT) if saved else None
        except (ValueError, tarfile.TarError) as error:
            raise CheckFailedError(f"The bundle's {METADATA} can't be read: {error}", training.OBJECT_HINT) from error
    if content is None and not required:
        return {}
    if content is None:
        raise CheckFailedError(f"{image} has no file /bundle/{METADATA}.", "Name a model bundle.")
    return training.described(content)
