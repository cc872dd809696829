"""Secrets as files of a container, in /run/secrets: not in its variables, and in no image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import CheckFailedError
from cicd.oci import archives
from cicd.oci.errors import engine_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.oci.engine import Container

FOLDER = "run/secrets"


def put(container: Container, values: Mapping[str, str]) -> None:
    """Write secrets into a container that has not started; every user of the container may read them.

    Raises:
        CheckFailedError: the image has something else there than a folder.

    """
    if values:
        files = {f"{FOLDER}/{name}": value.encode() for name, value in values.items()}
        hint = f"Remove /{FOLDER} from the image, or make it a folder: each secret becomes a file in it."
        with engine_errors(f"write the secrets into {container.name}", CheckFailedError, hint):
            container.put_archive("/", archives.packed(files))
