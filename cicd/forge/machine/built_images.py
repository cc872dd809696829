"""Remove the images that a forge built or pulled from its own registry; images of others stay."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cicd import labels
from cicd.oci.errors import ConflictError, MissingError, MissingImageError, engine_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicd.oci.engine import Client


def remove(client: Client, instance: str, registry: str, say: Callable[[str], None]) -> int:
    """Remove the images of the forge `instance`, whose registry is `registry` (host and port); return their number.

    An image to which a person gave another name, or that a container uses, stays.
    """
    removed = 0
    with engine_errors("remove the images of the forge"):
        for entry in client.api.images():
            ours = _ours(entry, instance, registry)
            others = {*_names(entry)} - {*(ours or ())}
            if ours or (ours is not None and not others):
                removed += _remove(client, ours or [entry["Id"]], gone=not others, say=say)
    return removed


def _ours(entry: dict[str, Any], instance: str, registry: str) -> list[str] | None:
    """Return the names that the forge gave to an image; None if the image is not of this forge."""
    built = (entry.get("Labels") or {}).get(labels.BUILT_BY) == instance
    names = [
        name for name in _names(entry)
        if (registry and name.startswith(f"{registry}/")) or (built and name.startswith("ml-cicd/"))
    ]  # fmt: skip
    return names if names or built else None


def _names(entry: dict[str, Any]) -> Iterator[str]:
    for name in (*(entry.get("RepoTags") or ()), *(entry.get("RepoDigests") or ())):
        if not name.startswith("<none>"):
            yield name


def _remove(client: Client, names: list[str], *, gone: bool, say: Callable[[str], None]) -> int:
    """Remove the names of an image, and with the last one the image; return 1 if it is gone."""
    for name in names:
        try:
            # Missing: the engine drops the digest of a repository with the last tag there.
            with suppress(MissingError, MissingImageError), engine_errors(f"remove the image {name}"):
                client.images.remove(name)
        except ConflictError as error:
            say(f"the image {name} stays. {error.message}")
            return 0
    return int(gone)
