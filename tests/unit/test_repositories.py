"""Where images go: the configured place, with names that its registry can hold."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from cicd import cli
from cicd.errors import UsageError
from cicd.oci import images, registry, registry_http, repositories

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@pytest.mark.case("K7", "an image repository of Docker Hub")
@pytest.mark.parametrize(
    ("stands_in", "image", "release", "joint"),
    [
        (None, None, "ghcr.io/acme/my-app", "/"),
        (None, "example.com/team/app", "example.com/team/app", "/"),
        (None, "localhost/app", "localhost/app", "/"),
        (None, "box:5000/app", "box:5000/app", "/"),
        (None, "alice/flights", "docker.io/alice/flights", "-"),
        (None, "docker.io/alice/flights", "docker.io/alice/flights", "-"),
        (None, "index.docker.io/alice/flights", "docker.io/alice/flights", "-"),
        (None, "registry-1.docker.io/alice/flights", "docker.io/alice/flights", "-"),
        ("docker.io", None, "docker.io/acme/my-app", "-"),
        ("localhost:5000", None, "localhost:5000/acme/my-app", "/"),
        ("localhost:5000", "example.com/team/app", "localhost:5000/team/app", "/"),
        ("localhost:5000", "alice/app", "localhost:5000/alice/app", "/"),
    ],
)
def test_image_repositories_of_a_project(
    monkeypatch: pytest.MonkeyPatch, stands_in: str | None, image: str | None, release: str, joint: str
) -> None:
    monkeypatch.delenv("ML_CICD_REGISTRY", raising=False)
    if stands_in:
        monkeypatch.setenv("ML_CICD_REGISTRY", stands_in)
    expected = repositories.Repositories(
        release, f"{release}{joint}test", f"{release}{joint}bundle", f"{release}{joint}packages",
        f"{release}{joint}evaluation", {},
    )  # fmt: skip
    assert repositories.of("Acme/My-App", image) == expected


def test_project_in_a_folder_has_a_name_that_docker_hub_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ML_CICD_REGISTRY", "index.docker.io")
    assert repositories.of("acme/mono/flights", None).test == "docker.io/acme/mono-flights-test"
    monkeypatch.setenv("ML_CICD_REGISTRY", "localhost:5000")
    assert repositories.of("acme/mono/flights", None).test == "localhost:5000/acme/mono/flights/test"


@pytest.mark.case("K7", "an image repository of Docker Hub")
@pytest.mark.parametrize("image", ["docker.io/flights", "docker.io/alice/team/flights", "alice/team/flights"])
def test_name_that_docker_hub_can_not_hold_ends_before_the_build(
    tmp_path: Path, image: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "build", lambda *_, **__: pytest.fail("the build began"))
    (tmp_path / "ml-cicd.toml").write_text(f'name = "flights"\nimage = "{image}"\n')
    assert cli.main(["build", "--directory", str(tmp_path)]) == UsageError.exit_code
    assert 'image = "docker.io/OWNER/NAME"' in capsys.readouterr().err


@pytest.mark.case("K7", "an image repository of Docker Hub")
def test_docker_hub_is_asked_at_its_own_address_with_its_own_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REGISTRY_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    entry = {"auth": b64encode(b"alice:secret").decode()}
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"https://index.docker.io/v1/": entry}}))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    asked: list[tuple[str, object]] = []

    def send(method: str, url: str, headers: Mapping[str, str], body: bytes, login: object) -> registry_http.Response:
        asked.append((url, login))
        return registry_http.Response(404, {}, b"")

    monkeypatch.setattr(registry_http, "send", send)
    repository = repositories.of("acme/app", "alice/flights").test
    assert registry.manifest(repository, "cache") is None
    ((url, login),) = asked
    assert url == "https://registry-1.docker.io/v2/alice/flights-test/manifests/cache"
    assert (getattr(login, "user", ""), getattr(login, "password", "")) == ("alice", "secret")
    assert images.credentials(f"{repository}@sha256:1") == {"username": "alice", "password": "secret"}
