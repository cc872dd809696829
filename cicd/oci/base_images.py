"""The digests of the images that a build takes from elsewhere, as this engine's builder resolves their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.oci import images
from cicd.oci.errors import MissingImageError, engine_errors

if TYPE_CHECKING:
    from cicd.oci.engine import Client


def digest(client: Client, reference: str) -> str:
    """Return the digest of an image by its name: of the engine's image with that name, else of the registry's.

    The id stands in for the digest of an image that no registry has.

    Raises:
        UnreachableError: neither the engine nor a registry has it, or the registry does not answer.

    """
    if "@" in reference:
        return reference.partition("@")[2]
    try:
        with engine_errors(f"look for the image {reference}"):
            attributes = client.images.get(reference).attrs
    except MissingImageError:
        with engine_errors(f"ask the registry for the digest of {reference}"):
            return str(client.images.get_registry_data(reference, auth_config=images.credentials(reference)).id)
    names = dict(name.split("@", 1) for name in attributes.get("RepoDigests") or [])
    return str(names.get(_familiar(reference)) or attributes["Id"])


def _familiar(reference: str) -> str:
    """Return the repository of a reference as the engine writes it: without a tag, and without Docker Hub's name."""
    repository, colon, tag = reference.rpartition(":")
    repository = repository if colon and "/" not in tag else reference
    return repository.removeprefix("docker.io/").removeprefix("library/")
