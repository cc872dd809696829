"""An environment's secrets: given in the job as one JSON object, found by the release as files, and nowhere else."""

from __future__ import annotations

import json
import os
import tarfile
from io import BytesIO
from typing import TYPE_CHECKING

from cicd import variables
from cicd.errors import UsageError
from cicd.oci import archives, containers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docker.models.containers import Container

    from cicd.config import Environment

VARIABLE = variables.APP_SECRETS
FOLDER = "run/secrets"


def given(names: Sequence[str]) -> dict[str, str] | None:
    """The values of the secrets `names`; None when this process was given none at all.

    Raises:
        UsageError: it is not a JSON object of texts, or one is missing. No message holds a value.

    """
    if not names:
        return {}
    text = os.environ.get(VARIABLE)
    if not text:
        return None
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise UsageError(f"{VARIABLE} is not a JSON object whose values are texts.", 'For example: {"API_KEY": "..."}')
    if missing := [name for name in names if name not in values]:
        raise UsageError(
            f"{VARIABLE} lacks {', '.join(missing)}.", "Add it there, or take it off `secrets` in ml-cicd.toml."
        )
    return {name: values[name] for name in names}


def required(environment: Environment) -> dict[str, str]:
    """The values of an environment's secrets; see `given`.

    Raises:
        UsageError: it has some, and this process was given none.

    """
    values = given(environment.secrets)
    if values is None:
        raise UsageError(
            f"The environment {environment.name} has secrets, but {VARIABLE} is not set.",
            'Map the secret into the job, as a JSON object: {"API_KEY": "..."}',
        )
    return values


def put(container: Container, values: Mapping[str, str]) -> None:
    """Write the secrets into a container that has not started; every user of the container may read them."""
    if values:
        container.put_archive(
            "/", archives.packed({f"{FOLDER}/{name}": value.encode() for name, value in values.items()})
        )


def of(container: Container) -> dict[str, str]:
    """The secrets that a container has."""
    data = containers.archive(container, f"/{FOLDER}")
    if data is None:
        return {}
    with tarfile.open(fileobj=BytesIO(data)) as tar:
        files = [member for member in tar.getmembers() if member.isfile()]
        return {
            member.name.rpartition("/")[2]: stream.read().decode()
            for member in files
            if (stream := tar.extractfile(member))
        }
