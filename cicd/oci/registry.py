"""Image registries over their HTTP API: is a digest still there and unchanged, which digest has a tag, retagging.

Pushing and pulling layers is the engine's business; this module reads and writes manifests, and reads labels.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING

from cicd import variables
from cicd.errors import RefusedError, UnreachableError, UsageError
from cicd.oci import logins
from cicd.oci.reference import ImageReference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.oci import registry_http

MANIFESTS = ", ".join(
    (
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    )
)


class NoAccessError(UnreachableError):
    """The registry answers, but does not let us in; some say so of a repository that does not exist yet, too."""


@dataclass(frozen=True)
class Manifest:
    """A manifest as the registry serves it."""

    digest: str
    kind: str
    content: bytes


def host() -> str:
    """The registry that images go to when the configuration names no image repository."""
    return os.environ.get(variables.ML_CICD_REGISTRY, "ghcr.io")


def repository_for(slug: str, image: str | None) -> str:
    """The image repository of a project: the one configured, else registry, owner and name.

    A registry named by `ML_CICD_REGISTRY` stands in for the configured one, so a local run never pushes elsewhere.
    """
    if image is None:
        return f"{host()}/{slug.lower()}"
    return f"{host()}/{image.partition('/')[2]}" if variables.ML_CICD_REGISTRY in os.environ else image


def _request(
    method: str, image: str, reference: str, headers: Mapping[str, str], body: bytes = b"", *, kind: str = "manifests"
) -> registry_http.Response:
    """Return the registry's answer about a manifest or blob.

    Raises:
        NoAccessError: The registry wants another login, or the login may not do this.
        UnreachableError: The registry does not answer, or failed.

    """
    from cicd.oci import registry_http  # noqa: PLC0415 -- 0.1 s that a command which asks no registry need not pay

    registry, _, name = image.partition("/")
    url = f"{'http' if logins.plain_http(registry) else 'https'}://{registry}/v2/{name}/{kind}/{reference}"
    known = logins.login(registry)
    try:
        response = registry_http.send(method, url, headers, body, known)
    except (OSError, HTTPException, ValueError, KeyError) as error:
        raise UnreachableError(
            f"The registry {registry} does not answer: {error}", "Start it (ml-cicd local up) or check the network."
        ) from error
    if response.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise NoAccessError(
            f"The registry {registry} does not let us in ({response.status}) for {name}.",
            "Log in (docker login), or grant the job 'packages' permission and pass REGISTRY_TOKEN.",
        )
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UnreachableError(f"The registry {registry} failed with {response.status}: {response.text[:200]}")
    return response


def manifest(image: str, reference: str) -> Manifest | None:
    """The manifest that the registry holds under a tag or digest; None when it has none."""
    response = _request("GET", image, reference, {"Accept": MANIFESTS})
    if response.status != HTTPStatus.OK:
        return None
    digest = "sha256:" + hashlib.sha256(response.content).hexdigest()
    return Manifest(digest, response.headers.get("content-type", ""), response.content)


def labels(image: str) -> dict[str, str]:
    """The labels of `repository@sha256:...`, which its digest covers; none where it is no image for one platform."""
    reference = ImageReference.parse(image)
    found = manifest(reference.repository, reference.digest)
    described = json.loads(found.content).get("config") if found else None
    if not described:
        return {}
    content = _request("GET", reference.repository, described["digest"], {}, kind="blobs").content
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != described["digest"]:
        raise RefusedError(f"The registry's content changed: that is not the configuration of {image}.")
    return json.loads(content).get("config", {}).get("Labels") or {}


def verify(image: str) -> None:
    """Hold what the registry serves for `repository@sha256:...` against that digest.

    Raises:
        RefusedError: the digest is gone, or its content is not what it was.
        UnreachableError: the registry does not answer.

    """
    reference = ImageReference.parse(image)
    found = manifest(reference.repository, reference.digest)
    if found is None:
        raise RefusedError(
            f"The registry no longer has {image}.", "Build and accept a new release: this one can't be promoted."
        )
    if found.digest != reference.digest:
        raise RefusedError(
            f"The registry's content changed: {image} now has the content of {found.digest}.",
            "Do not trust this registry's copy; build and accept a new release.",
        )


def tag(image: str, name: str) -> None:
    """Give the manifest of `repository@sha256:...` one more tag, without changing a byte of it."""
    reference = ImageReference.parse(image)
    found = manifest(reference.repository, reference.digest)
    if found is None:
        raise RefusedError(f"The registry no longer has {image}.")
    response = _request("PUT", reference.repository, name, {"Content-Type": found.kind}, found.content)
    if response.status != HTTPStatus.CREATED:
        raise UsageError(f"The registry did not take the tag {name}: {response.status} {response.text[:200]}")
