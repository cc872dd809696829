"""An environment's secrets: the job has them as one JSON object, the release finds them as files, and nobody else."""

from __future__ import annotations

import tarfile
from io import BytesIO
from typing import TYPE_CHECKING

from cicd import named_secrets, variables
from cicd.errors import UsageError
from cicd.named_secrets import EXAMPLE
from cicd.oci import containers
from cicd.oci.secret_files import FOLDER

if TYPE_CHECKING:
    from cicd.config import Environment
    from cicd.oci.engine import Container

VARIABLE = variables.APP_SECRETS


def required(environment: Environment) -> dict[str, str]:
    """Return the values of an environment's secrets.

    Raises:
        UsageError: the environment has secrets, and this process was not given all of them.

    """
    values = named_secrets.read(VARIABLE, environment.secrets)
    if values is None:
        raise UsageError(
            f"The environment {environment.name} has secrets, but {VARIABLE} is not set.",
            f"Map the secret {VARIABLE} into the job, as a JSON object: {EXAMPLE}",
        )
    return values


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
