"""Pulling and pushing: the engine's words arrive, and credentials go to the registry that they are meant for."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from docker.errors import ImageNotFound

from cicd.errors import UnreachableError
from cicd.oci import images

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMAGE = "ghcr.io/acme/app@sha256:" + "a" * 64


@dataclass
class Engine:
    """As much of the SDK's client as a pull and a push need: it answers with these lines."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    present: bool = False
    logins: list[dict[str, str] | None] = field(default_factory=list)

    @property
    def api(self) -> Any:
        return SimpleNamespace(pull=self.answer)

    @property
    def images(self) -> Any:
        return SimpleNamespace(get=self.get, push=self.answer)

    def get(self, _: str) -> Any:
        if not self.present:
            raise ImageNotFound("No such image")
        return SimpleNamespace(tag=lambda *_: None)

    def answer(self, *_: str, auth_config: dict[str, str] | None, **__: Any) -> Iterator[dict[str, Any]]:
        self.logins.append(auth_config)
        return iter(self.lines)


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("REGISTRY_TOKEN", "ada:a-password")


@pytest.mark.case("K1", "a pull whose reason the SDK throws away")
@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("no matching manifest for linux/amd64 in the manifest list entries", "Choose another."),
        ("write /var/lib/docker/tmp/x: no space left on device", "docker system df"),
    ],
)
def test_failed_pull_keeps_the_engines_words(words: str, hint: str) -> None:
    engine: Any = Engine([{"status": "Pulling"}, {"error": words}])
    with pytest.raises(UnreachableError, match=words) as caught:
        images.pull(engine, IMAGE, "Choose another.")
    assert IMAGE in caught.value.message
    assert hint in caught.value.hint


def test_present_image_is_not_pulled() -> None:
    engine: Any = Engine(present=True)
    images.pull(engine, IMAGE)
    assert engine.logins == []


def test_pull_logs_in() -> None:
    engine: Any = Engine()
    images.pull(engine, IMAGE)
    assert engine.logins == [{"username": "ada", "password": "a-password"}]


@pytest.mark.parametrize("image", ["haproxy:3.2.4", "acme/app:v1"])
def test_docker_hub_never_gets_the_token(image: str) -> None:
    engine: Any = Engine()
    images.pull(engine, image)
    assert engine.logins == [None]


DIGEST = IMAGE.partition("@")[2]
LAST_STATUS = {"status": f"v1: digest: {DIGEST} size: 424"}


@pytest.mark.case("K19", "an engine with containerd's image store, which reports a push in words alone")
@pytest.mark.parametrize(
    "lines",
    [[LAST_STATUS, {"progressDetail": {}, "aux": {"Tag": "v1", "Digest": DIGEST, "Size": 424}}], [LAST_STATUS]],
    ids=["overlay2", "containerd"],
)
def test_push_returns_the_digest(lines: list[dict[str, Any]]) -> None:
    engine: Any = Engine([{"status": "Pushed", "progressDetail": {}, "id": "3de417859ed1"}, *lines], present=True)
    assert images.push(engine, "local", "ghcr.io/acme/app", "v1") == IMAGE


def test_push_without_a_digest_is_an_error() -> None:
    engine: Any = Engine([{"status": "v1: digest: none"}], present=True)
    with pytest.raises(UnreachableError, match="reported no digest"):
        images.push(engine, "local", "ghcr.io/acme/app", "v1")


def test_refused_push_keeps_the_engines_words() -> None:
    engine: Any = Engine([{"error": "denied: permission_denied: write_package"}], present=True)
    with pytest.raises(UnreachableError, match="write_package") as caught:
        images.push(engine, "local", "ghcr.io/acme/app", "v1")
    assert "packages: write" in caught.value.hint


@pytest.mark.case("K1", "a registry that answers 413 to a large layer")
@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (
            "name unknown: The repository with name 'acme/app' does not exist in the registry with id '123456789012'",
            "aws ecr create-repository --repository-name acme/app",
        ),
        ("denied: permission_denied: write_package", "packages: write"),
        ("unauthorized: authentication required", "REGISTRY_TOKEN"),
        ("unsupported: The operation is unsupported.", "read-only"),
        ("unexpected status from PUT request: 413 Request Entity Too Large", "larger than registry.example.com"),
        ("dial tcp 127.0.0.1:5000: connect: connection refused", "Start the registry"),
    ],
)
def test_refused_push_says_what_to_do(words: str, hint: str) -> None:
    assert hint in images.refusal("registry.example.com/acme/app", words)
