"""What a push meets at real registries: the repository is made on the way, or the refusal says what to do."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

import pytest
import requests

from cicd.errors import UnreachableError
from cicd.forge.machine import base_images
from cicd.oci import images, registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import docker

    from cicd.forge.machine.services import Services


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
