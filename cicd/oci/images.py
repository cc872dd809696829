"""Images: building them with what the machine has, and pushing them so that from then on a digest names them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import variables
from cicd.errors import CheckFailedError, UnreachableError, UsageError
from cicd.oci import engine, registry
from cicd.oci.reference import ImageReference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docker import DockerClient


def build(
    context: Path,
    dockerfile: Path,
    *,
    tag: str,
    arguments: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> str:
    """Build an image and return its id on the engine.

    The base is the Dockerfile's own unless `ML_CICD_BASE` names another; the machine's CA bundle goes in as the
    secret `ca`, which no layer keeps.

    Raises:
        UsageError: there is no such Dockerfile.
        CheckFailedError: it does not build; the builder's own words are in the output above.

    """
    if not dockerfile.is_file():
        raise UsageError(
            f"There is no {dockerfile}.", "A project has cicd/build/Dockerfile and cicd/release/Dockerfile."
        )
    values = dict(arguments or {})
    if base := os.environ.get(variables.ML_CICD_BASE):
        values["BASE"] = base
    command, environment = engine.build_command()
    with tempfile.TemporaryDirectory(prefix="ml-cicd-build-") as folder:
        identity = Path(folder) / "image"
        words = [*command, "--file", str(dockerfile), "--tag", tag, "--iidfile", str(identity), *engine.ca_secret()]
        for name, value in values.items():
            words += ["--build-arg", f"{name}={value}"]
        for name, value in (labels or {}).items():
            words += ["--label", f"{name}={value}"]
        sys.stdout.flush()
        built = subprocess.run(
            [*words, str(context)], env=environment, stdout=sys.stdout, stderr=sys.stdout, check=False
        )
        if built.returncode:
            raise CheckFailedError(
                f"{os.path.relpath(dockerfile, context)} does not build.",
                "The builder's last lines above name the instruction; nothing was pushed.",
            )
        return identity.read_text().strip()


def push(client: DockerClient, image: str, repository: str, tag: str) -> str:
    """Push an image of the engine and return it as `repository@sha256:...`.

    Raises:
        UnreachableError: the registry does not take it.

    """
    client.images.get(image).tag(repository, tag)
    for line in client.images.push(repository, tag=tag, stream=True, decode=True, auth_config=_auth(repository)):
        if "error" in line:
            said = str(line["error"])
            raise UnreachableError(f"The registry did not take {repository}:{tag}: {said}", refusal(repository, said))
        if digest := line.get("aux", {}).get("Digest"):
            return str(ImageReference(repository, digest))
    raise UnreachableError(f"The engine named no digest for {repository}:{tag}.", "Run this again.")


def refusal(repository: str, said: str) -> str:
    """What to do when a registry refuses a push with these words; most make a repository on the first push."""
    host, _, name = repository.partition("/")
    words = said.lower()
    if "name unknown" in words or "name_unknown" in words or "does not exist" in words:
        return (
            f"{host} makes no image repository on the first push; make {name} once. "
            f"Amazon ECR: aws ecr create-repository --repository-name {name}"
        )
    if "denied" in words or "unauthorized" in words or "no basic auth" in words:
        return (
            f"The login may not write {name}, or may not make it. GitHub: the job needs 'packages: write', and a "
            "package that exists must give this repository write access. Others: a REGISTRY_TOKEN that may push."
        )
    if "unsupported" in words or "read-only" in words or "405" in words:
        return f"{host} takes no pushes: it is read-only, or a mirror. Name another image repository in ml-cicd.toml."
    return "Start the registry (ml-cicd local up), or log in to it (docker login)."


def _auth(image: str) -> dict[str, str] | None:
    known = registry.credentials(image.partition("/")[0])
    return {"username": known[0], "password": known[1]} if known else None


def present(client: DockerClient, image: str) -> bool:
    """Whether the engine has `image`."""
    from docker.errors import ImageNotFound  # noqa: PLC0415

    try:
        client.images.get(image)
    except ImageNotFound:
        return False
    return True


def pull(client: DockerClient, image: str) -> None:
    """Bring `repository@sha256:...` to the engine, unless it is there.

    Raises:
        UnreachableError: the registry does not give it.

    """
    from docker.errors import APIError  # noqa: PLC0415

    if not present(client, image):
        try:
            client.images.pull(image, auth_config=_auth(image))
        except APIError as error:
            raise UnreachableError(f"The registry does not give {image}: {error.explanation}") from error
