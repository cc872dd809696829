"""Images: built by the machine's docker command, pushed so that a digest names them, and pulled."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd import labels as names
from cicd import scratch, variables
from cicd.errors import UnreachableError, UsageError
from cicd.oci import builder, engine, logins
from cicd.oci.errors import MissingImageError, answered, engine_errors
from cicd.oci.reference import ImageReference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.oci.engine import Client

_PUSHED = re.compile(r": digest: (sha256:[0-9a-f]{64}) size: [0-9]+$")


def build(
    context: Path,
    dockerfile: Path,
    *,
    tag: str,
    arguments: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    target: str = "",
    secrets: Mapping[str, Path] | None = None,
    name: str = "",
    inline_cache: bool = False,
    cache_from: str = "",
) -> str:
    """Build an image and return its id on the engine.

    `target` is the stage to build, by default the last. `secrets` are files for the build, which no layer keeps.
    `name` is what messages call the Dockerfile.

    With `inline_cache` the image says how its layers were made, so that another engine can take them from a registry;
    `cache_from` is an image of a registry that was built so.

    The base image is that of the build argument `BASE`, else what `ML_CICD_BASE` names, else the Dockerfile's default.
    The build gets the machine's CA
    bundle as the secret `ca`, which no layer keeps.

    Raises:
        UsageError: there is no such Dockerfile.
        CheckFailedError: the Dockerfile does not build; the builder's words are in the output above.
        UnreachableError: the engine, its disk, the network or a registry is the reason.

    """
    if not dockerfile.is_file():
        raise UsageError(
            f"There is no {dockerfile}.",
            "Correct the path in ml-cicd.toml: [build] dockerfile, or [release] dockerfile.",
        )
    values = dict(arguments or {})
    if base := os.environ.get(variables.ML_CICD_BASE):
        values.setdefault("BASE", base)
    command, environment = engine.build_command()
    with scratch.folder("build") as folder:
        identity = Path(folder) / "image"
        words = [*command, "--file", str(dockerfile), "--tag", tag, "--iidfile", str(identity), *engine.ca_secret()]
        if target:
            words += ["--target", target]
        for identifier, file in (secrets or {}).items():
            words += ["--secret", f"id={identifier},src={file}"]
        if inline_cache:
            values["BUILDKIT_INLINE_CACHE"] = "1"
        if cache_from:
            words += ["--cache-from", cache_from]
            environment |= logins.client_environment(Path(folder) / "docker", cache_from.partition("/")[0])
        for key, value in values.items():
            words += ["--build-arg", f"{key}={value}"]
        for key, value in {**names.of_builder(), **(labels or {})}.items():
            words += ["--label", f"{key}={value}"]
        builder.run([*words, str(context)], environment, name or os.path.relpath(dockerfile, context))
        return identity.read_text().strip()


def of_layer(client: Client, layer: Path, local: str, marks: Mapping[str, str]) -> None:
    """Make the image `local` (`name:tag`) of nothing but the tar `layer`; `marks` are its labels.

    Labels are not part of a layer: made again of the same files, the layer has the same digest.
    """
    name, _, tag = local.partition(":")
    with engine_errors(f"make the image {local}"):
        changes = [f"LABEL {label}={value}" for label, value in {**names.of_builder(), **marks}.items()]
        client.api.import_image_from_file(str(layer), repository=name, tag=tag, changes=changes)


def name_by_id(client: Client, identity: str, repository: str) -> str:
    """Give an image a name in `repository` that no other image can get, and return the name.

    A Dockerfile can't name an image of the engine by its id, and a build at the same time may move any other name.
    """
    tag = identity.removeprefix("sha256:")[:16]
    with engine_errors(f"name the image {identity}"):
        client.images.get(identity).tag(repository, tag)
    return f"{repository}:{tag}"


def push(client: Client, image: str, image_repository: str, tag: str) -> str:
    """Push an image of the engine to an image repository under a tag, and return it by digest.

    Raises:
        UnreachableError: the registry refuses the image; the message has its words.

    """
    action = f"push {image_repository}:{tag}"
    with engine_errors(action):
        client.images.get(image).tag(image_repository, tag)
        login = credentials(image_repository)
        lines = client.images.push(image_repository, tag=tag, stream=True, decode=True, auth_config=login)
        for line in lines:
            if "error" in line:
                words = str(line["error"])
                raise answered(action, words, hint=refusal(image_repository, words))
            if digest := _pushed_digest(line):
                return str(ImageReference(image_repository, digest))
    raise UnreachableError(f"Could not {action}: the engine reported no digest.", "Run this again.")


def _pushed_digest(line: Mapping[str, Any]) -> str:
    """Return the digest that a line of a push reports; empty if none. With containerd's image store it has no `aux`."""
    words = _PUSHED.search(str(line.get("status", "")))
    return str(line.get("aux", {}).get("Digest") or (words[1] if words else ""))


def refusal(image_repository: str, reason: str) -> str:
    """Return what to do when a registry refuses a push to an image repository for this reason, in its own words."""
    host, _, name = image_repository.partition("/")
    words = reason.lower()
    if "name unknown" in words or "name_unknown" in words or "does not exist" in words:
        return (
            f"{host} does not make an image repository on the first push: make {name} once. "
            f"Amazon ECR: aws ecr create-repository --repository-name {name}"
        )
    if "denied" in words or "unauthorized" in words or "no basic auth" in words:
        return (
            f"The login may not write to {name}. GitHub: the job needs 'packages: write', and an existing package must "
            "give this repository write access. Other registries: set REGISTRY_TOKEN to a token that may push, or let "
            "the identity of [registry.login] push."
        )
    if "413" in words or "too large" in words:
        return f"A layer is larger than {host}, or a proxy before it, accepts: raise that limit, or shrink the layer."
    if "unsupported" in words or "read-only" in words or "405" in words:
        return f"{host} is read-only, or a mirror: name another image repository in ml-cicd.toml: image."
    return "Start the registry (ml-cicd local up), or log in to it (docker login)."


def credentials(image: str) -> dict[str, str] | None:
    """Return user and password for the registry of an image, as Docker's SDK takes them.

    None leaves the choice to the SDK, which looks into the Docker configuration. An image without a registry's name
    is one of Docker Hub; the token that is meant for the project's registry never goes there.
    """
    host, _, name = image.partition("/")
    if not name or not (set(".:") & set(host) or host == "localhost"):
        return None
    login = logins.credentials(host)
    return {"username": login[0], "password": login[1]} if login else None


def present(client: Client, image: str) -> bool:
    """Return whether the engine has `image`."""
    try:
        with engine_errors(f"look for the image {image}"):
            client.images.get(image)
    except MissingImageError:
        return False
    return True


def size(client: Client, image: str) -> int:
    """Return the bytes of an image that the engine has, unpacked.

    Raises:
        MissingImageError: the engine does not have it.

    """
    with engine_errors(f"look for the image {image}"):
        return int(client.images.get(image).attrs.get("Size", 0))


def pull(client: Client, image: str, hint: str = "") -> None:
    """Pull an image, by digest or by tag, unless the engine has it. `hint` says what to do when that fails.

    Raises:
        UnreachableError: the registry or the engine does not allow it; the message has the engine's words.

    """
    if present(client, image):
        return
    action = f"pull {image}"
    with engine_errors(action, hint=hint):
        for line in client.api.pull(image, stream=True, decode=True, auth_config=credentials(image)):
            if "error" in line:
                raise answered(action, str(line["error"]), hint=hint)
