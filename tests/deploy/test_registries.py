"""What a push meets at real registries: the repository is made on the way, or the refusal says what to do."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from typing import TYPE_CHECKING

import pytest
import requests

from cicd.errors import UnreachableError
from cicd.forge.machine import base_images
from cicd.oci import engine, images, registry
from cicd.oci.reference import ImageReference
from tests.deploy.support.tiny import accept, digest, order, serves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import docker

    from cicd.deploy.docker.target import DockerTarget
    from cicd.forge.machine.services import Services

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


@pytest.fixture
def read_only(client: docker.DockerClient, own_services: Services) -> Iterator[str]:
    """Yield the address of a registry that accepts no push."""
    container = client.containers.run(
        base_images.registry_image(client, own_services.base, print),
        detach=True,
        name=f"read-only-{uuid.uuid4().hex[:6]}",
        environment={"REGISTRY_STORAGE_MAINTENANCE_READONLY": "{enabled: true}"},
        ports={"5000/tcp": ("127.0.0.1", 0)},
    )
    container.reload()
    bound = (container.ports or {})["5000/tcp"] or []
    address = f"localhost:{bound[0]['HostPort']}"
    for _ in range(100):
        try:
            requests.get(f"http://{address}/v2/", timeout=1)
            break
        except requests.RequestException:
            time.sleep(0.1)
    yield address
    container.remove(force=True, v=True)


def test_first_push_creates_the_repository(
    client: docker.DockerClient, own_services: Services, release: Callable[[str, str], str]
) -> None:
    image = release("good", "")
    repository = f"{own_services.registry}/team-{uuid.uuid4().hex[:6]}/app"
    assert registry.manifest(repository, "one") is None
    first, second = (images.push(client, image, repository, tag) for tag in ("one", "two"))
    assert first == second
    registry.verify(first)


def test_registry_without_pushes_is_read_only(
    client: docker.DockerClient, read_only: str, release: Callable[[str, str], str]
) -> None:
    with pytest.raises(UnreachableError, match="Could not push") as raised:
        images.push(client, release("good", ""), f"{read_only}/team/app", "one")
    assert "read-only" in raised.value.hint


def as_index(image: str, *attestations: bytes) -> str:
    """Push an index of an image and of what describes it, as a builder with provenance does. Returns it by digest."""
    place = ImageReference.parse(image)
    host, _, name = place.repository.partition("/")
    described = registry.verify(image)
    entries: list[dict[str, object]] = [
        {
            "mediaType": described.media_type, "digest": described.digest, "size": len(described.content),
            "platform": {"os": "linux", "architecture": engine.connect().version()["Arch"]},
        }
    ]  # fmt: skip
    for content in attestations:
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        upload = requests.post(f"http://{host}/v2/{name}/blobs/uploads/", timeout=60).headers["Location"]
        requests.put(upload, params={"digest": digest}, data=content, timeout=60).raise_for_status()
        blob = {"mediaType": "application/vnd.in-toto+json", "digest": digest, "size": len(content)}
        config = {**blob, "mediaType": "application/vnd.oci.image.config.v1+json"}
        entries.append(
            {
                **_put(place.repository, {"mediaType": MANIFEST, "config": config, "layers": [blob]}),
                "platform": {"os": "unknown", "architecture": "unknown"},
                "annotations": {"vnd.docker.reference.type": "attestation-manifest"},
            }
        )
    index = _put(place.repository, {"mediaType": INDEX, "manifests": entries})
    return str(ImageReference(place.repository, str(index["digest"])))


def _put(repository: str, document: dict[str, object]) -> dict[str, object]:
    """Push a manifest or an index, and return how an index refers to it."""
    content = json.dumps({"schemaVersion": 2, **document}).encode()
    kind, digest = str(document["mediaType"]), "sha256:" + hashlib.sha256(content).hexdigest()
    host, _, name = repository.partition("/")
    url = f"http://{host}/v2/{name}/manifests/{digest}"
    requests.put(url, data=content, headers={"Content-Type": kind}, timeout=60).raise_for_status()
    return {"mediaType": kind, "digest": digest, "size": len(content)}


@pytest.mark.case("K3", "an index of a release and its attestation")
def test_release_with_an_attestation_keeps_its_labels_and_serves(target: DockerTarget, good: str) -> None:
    index = as_index(good, b"{}")
    assert index != good
    assert registry.labels(index) == registry.labels(good)
    running = target.apply(order(index), accept)
    assert serves(running) == digest(index)
    assert target.plan(order(index)) == []
