"""Image registries over their HTTP API: whether a digest is there and unchanged, which digest a tag has, retagging.

The engine pushes and pulls layers; this module reads and writes manifests, and reads labels.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from cicd import variables
from cicd.errors import RefusedError, UnreachableError
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
    """The registry denies access; some registries answer so for an image repository that does not exist."""


@dataclass(frozen=True)
class Manifest:
    """A manifest as the registry serves it: its digest, its media type, and its bytes."""

    digest: str
    media_type: str
    content: bytes


def host() -> str:
    """Return the registry that images go to when the configuration names no image repository."""
    return os.environ.get(variables.ML_CICD_REGISTRY, "ghcr.io")


def image_repository_for(owner_and_name: str, image: str | None) -> str:
    """Return the image repository of a project: the configured `image`, else registry, owner and name.

    A registry named by `ML_CICD_REGISTRY` stands in for the configured one, so a local run never pushes elsewhere.
    """
    if image is None:
        return f"{host()}/{owner_and_name.lower()}"
    return f"{host()}/{image.partition('/')[2]}" if variables.ML_CICD_REGISTRY in os.environ else image


def _request(
    method: str, image_repository: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> registry_http.Response | None:
    """Return the registry's answer about a manifest or blob of an image repository; None when it has none.

    Raises:
        NoAccessError: the registry denies access.
        UnreachableError: the registry does not answer, limits the rate, or fails.

    """
    from cicd.oci import registry_http  # noqa: PLC0415 -- 0.1 s that a command which asks no registry need not pay

    registry, _, name = image_repository.partition("/")
    url = f"{'http' if logins.plain_http(registry) else 'https'}://{registry}/v2/{name}/{path}"
    login = logins.login(registry)
    try:
        response = registry_http.send(method, url, headers or {}, body, login)
    except (OSError, ValueError, KeyError) as error:
        raise UnreachableError(
            f"The registry {registry} does not answer: {error}",
            "Check the network. If it is the registry of a local forge: ml-cicd local up",
        ) from error
    if response.status == HTTPStatus.NOT_FOUND:
        return None
    if response.status not in (HTTPStatus.OK, HTTPStatus.CREATED):
        raise _error(registry, name, response)
    return response


def _error(registry: str, name: str, response: registry_http.Response) -> UnreachableError:
    """Return the error for an answer that is neither a success nor "not found"."""
    status, words = response.status, response.text[:200].strip()
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return NoAccessError(
            f"The registry {registry} denies access to {name} ({status}).",
            "Log in (docker login), or grant the job 'packages' permission and pass REGISTRY_TOKEN.",
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return UnreachableError(
            f"The registry {registry} limits the rate of requests ({status}).",
            "Wait, or log in (docker login): the limit is higher then.",
        )
    return UnreachableError(f"The registry {registry} failed with {status} for {name}: {words}", "Run this again.")


def manifest(image_repository: str, reference: str) -> Manifest | None:
    """Return the manifest that an image repository holds under a tag or digest; None when it holds none."""
    response = _request("GET", image_repository, f"manifests/{reference}", {"Accept": MANIFESTS})
    if response is None:
        return None
    digest = "sha256:" + hashlib.sha256(response.content).hexdigest()
    return Manifest(digest, response.headers.get("content-type", ""), response.content)


def verify(image: str) -> Manifest:
    """Return the manifest that the registry serves for an image by digest, after a look that it has this digest.

    Raises:
        RefusedError: the registry no longer has the image, or its content changed.
        UnreachableError: the registry does not answer.

    """
    reference = ImageReference.parse(image)
    served = manifest(reference.repository, reference.digest)
    if served is None:
        raise RefusedError(
            f"The registry no longer has {image}.", "Build and accept a new release: this one can't be promoted."
        )
    if served.digest != reference.digest:
        raise RefusedError(
            f"The registry's content changed: {image} now has the content of {served.digest}.",
            "Do not trust this registry's copy; build and accept a new release.",
        )
    return served


def labels(image: str) -> dict[str, str]:
    """Return the labels of an image by digest, which the digest covers; none for an image of several platforms.

    Raises:
        RefusedError: the registry no longer has the image, or its content changed.
        UnreachableError: the registry does not answer.

    """
    described = json.loads(verify(image).content).get("config")
    if not described:
        return {}
    response = _request("GET", ImageReference.parse(image).repository, f"blobs/{described['digest']}")
    content = response.content if response else b""
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != described["digest"]:
        raise RefusedError(
            f"The registry's content changed: it no longer has the configuration of {image}.",
            "Do not trust this registry's copy; build and accept a new release.",
        )
    return json.loads(content).get("config", {}).get("Labels") or {}


def tag(image: str, name: str) -> None:
    """Give the manifest of an image by digest one more tag, without changing a byte of it.

    Raises:
        RefusedError: the registry no longer has the image, or its content changed.
        UnreachableError: the registry does not answer, or takes no tags.

    """
    served = verify(image)
    image_repository, headers = ImageReference.parse(image).repository, {"Content-Type": served.media_type}
    if _request("PUT", image_repository, f"manifests/{name}", headers, served.content) is None:
        raise UnreachableError(f"The registry did not take the tag {name} of {image_repository}.", "Run this again.")
