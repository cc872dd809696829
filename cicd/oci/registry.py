"""Image registries over their HTTP API: whether a digest is there and unchanged, which digest a tag has, retagging.

The engine pushes and pulls layers; this module reads and writes manifests, and reads labels.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

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


PAGE, MOST_TAGS = 1000, 100_000


class NoAccessError(UnreachableError):
    """The registry denies access; some registries answer so for an image repository that does not exist."""


@dataclass(frozen=True)
class Manifest:
    """A manifest as the registry serves it: its digest, its media type, and its bytes."""

    digest: str
    media_type: str
    content: bytes


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
    host = logins.HUB_API if registry in logins.HUB else registry
    url = f"{'http' if logins.plain_http(registry) else 'https'}://{host}/v2/{name}/{path}"
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
        if logins.lacks_identity(registry):
            return NoAccessError(
                f"The registry {registry} denies access to {name} ({status}), and no job's identity is here to log in.",
                "In a job, grant the caller 'id-token: write', as in the callers that ml-cicd adopt writes. On your "
                f"machine: docker login {registry}",
            )
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
    """Return the labels of an image by digest, which the digest covers; of an index, those of its one platform.

    Raises:
        UsageError: it is no image, or one for several platforms.
        RefusedError: the registry no longer has the image, or its content changed.
        UnreachableError: the registry does not answer.

    """
    described = _platform_manifest(image)
    if not described.get("config"):
        return {}
    digest = described["config"]["digest"]
    response = _request("GET", ImageReference.parse(image).repository, f"blobs/{digest}")
    content = response.content if response else b""
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != digest:
        raise RefusedError(
            f"The registry's content changed: it no longer has the configuration of {image}.",
            "Do not trust this registry's copy; build and accept a new release.",
        )
    return json.loads(content).get("config", {}).get("Labels") or {}


def _platform_manifest(image: str) -> dict[str, Any]:
    """Return the manifest of an image by digest; if that is an index, the manifest of the one platform in it.

    An index also lists what describes an image, such as its provenance: the platform of an attestation is unknown.
    """
    described = _decoded(image)
    if "manifests" not in described:
        return described
    entries = [(entry.get("platform") or {}, entry["digest"]) for entry in described["manifests"]]
    platforms = [(platform, digest) for platform, digest in entries if platform.get("architecture") != "unknown"]
    if len(platforms) != 1:
        names = ", ".join(f"{platform.get('os')}/{platform.get('architecture')}" for platform, _ in platforms) or "none"
        raise UsageError(
            f"{image} is an index of {len(platforms)} platforms ({names}); a release is one image for one platform.",
            "Build it for the platform of the environments alone: docker build --platform linux/amd64",
        )
    ((_, digest),) = platforms
    return _decoded(str(ImageReference(ImageReference.parse(image).repository, digest)))


def _decoded(image: str) -> dict[str, Any]:
    """Return the manifest or index of an image by digest."""
    try:
        described: dict[str, Any] = json.loads(verify(image).content)
    except ValueError as error:
        raise UsageError(
            f"{image} is no image: {error}", "Name the digest that the push of an image printed."
        ) from error
    return described


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


def tags(image_repository: str) -> list[str]:
    """Return the tags of an image repository; empty if the registry has no such repository.

    Raises:
        UnreachableError: the registry does not answer, or does not list tags.

    """
    names: list[str] = []
    while len(names) < MOST_TAGS:
        after = f"&last={names[-1]}" if names else ""
        response = _request("GET", image_repository, f"tags/list?n={PAGE}{after}")
        page = json.loads(response.content).get("tags") or [] if response else []
        names += page
        if not page or not response or "link" not in response.headers:
            break
    return names
