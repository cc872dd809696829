"""An environment's secrets: the job has them as one JSON object, the release finds them as files, and nobody else."""

from __future__ import annotations

import json
import os
import tarfile
from io import BytesIO
from typing import TYPE_CHECKING

from cicd import variables
from cicd.errors import UsageError
from cicd.oci import archives, containers
from cicd.oci.errors import engine_errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Environment
    from cicd.oci.engine import Container

VARIABLE = variables.APP_SECRETS
FOLDER = "run/secrets"
EXAMPLE = '{"API_KEY": "..."}'


def read(names: Sequence[str]) -> dict[str, str] | None:
    """Return the values of the secrets `names`; None when this process was given none at all.

    Raises:
        UsageError: the variable is not a JSON object of texts, or lacks a secret. No message contains a value.

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
        raise UsageError(f"{VARIABLE} is not a JSON object whose values are texts.", f"For example: {EXAMPLE}")
    if missing := [name for name in names if name not in values]:
        raise UsageError(
            f"{VARIABLE} lacks {', '.join(missing)}.",
            f"Add it to {VARIABLE}, or remove it from `secrets` in ml-cicd.toml.",
        )
    return {name: values[name] for name in names}


def required(environment: Environment) -> dict[str, str]:
    """Return the values of an environment's secrets; see `read`.

    Raises:
        UsageError: the environment has secrets, and this process was given none.

    """
    values = read(environment.secrets)
    if values is None:
        raise UsageError(
            f"The environment {environment.name} has secrets, but {VARIABLE} is not set.",
            f"Map the secret {VARIABLE} into the job, as a JSON object: {EXAMPLE}",
        )
    return values


def put(container: Container, values: Mapping[str, str]) -> None:
    """Write the secrets into a container that has not started; every user of the container may read them."""
    if values:
        files = {f"{FOLDER}/{name}": value.encode() for name, value in values.items()}
        with engine_errors(f"write the secrets into {container.name}"):
            container.put_archive("/", archives.packed(files))


def of(container: Container) -> dict[str, str]:
    """Return the secrets that a container has."""
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
