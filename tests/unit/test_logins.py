"""Logins to registries: the Docker configuration is read as Docker's SDK reads it, and errors name the file."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from docker import auth

from cicd.errors import UnreachableError, UsageError
from cicd.oci import logins
from cicd.oci import registry as package
from cicd.oci.logins import Login
from tests.unit.support import registry_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.support.registry_server import Registry


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class Configuration:
    """A Docker configuration of this test alone, and the credential helpers on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, content: dict[str, Any] | str) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        (self.folder / "config.json").write_text(text)

    def helper(self, name: str, script: str) -> None:
        file = self.folder / f"docker-credential-{name}"
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)


@pytest.fixture
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configuration:
    for name in ("REGISTRY_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return Configuration(tmp_path)


@pytest.fixture
def other_registry() -> Iterator[Registry]:
    yield from registry_server.serve()


ENTRIES: dict[str, dict[str, Any]] = {
    "registry.example.com": {"auth": encoded("ada:pass:word")},
    "https://old.example.com/v1/": {"auth": encoded("bob:secret")},
    "plain.example.com:5000": {"username": "cyd", "password": "words", "auth": encoded("cyd:words")},
    logins.HUB_KEY: {"auth": encoded("dan:hub")},
}


@pytest.mark.parametrize(
    "registry", ["registry.example.com", "old.example.com", "plain.example.com:5000", "docker.io", "none.example.com"]
)
def test_configuration_is_read_as_dockers_sdk_reads_it(configuration: Configuration, registry: str) -> None:
    configuration.write({"auths": ENTRIES})
    entry = auth.load_config(str(configuration.folder / "config.json")).resolve_authconfig(registry)
    assert logins.credentials(registry) == ((entry["username"], entry["password"]) if entry else None)


def test_no_configuration_is_no_login(configuration: Configuration) -> None:
    assert logins.login("registry.example.com") is None


def test_token_of_the_job_comes_before_the_configuration(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration.write("{")
    monkeypatch.setenv("REGISTRY_TOKEN", "me:token")
    assert logins.login("registry.example.com") == Login("me", "token")


@pytest.mark.parametrize("content", ["{", '{"auths": {"registry.example.com": {"auth": "?"}}}', "[]"])
def test_broken_configuration_names_its_file(configuration: Configuration, content: str) -> None:
    configuration.write(content)
    with pytest.raises(UsageError, match=r"The Docker configuration .*config\.json can't be read"):
        logins.login("registry.example.com")


@pytest.mark.parametrize("settings", [{"credsStore": "box"}, {"credHelpers": {"registry.example.com": "box"}}])
def test_credential_helper_is_asked(configuration: Configuration, settings: dict[str, Any]) -> None:
    configuration.write(settings)
    configuration.helper("box", 'read -r host; echo "{\\"Username\\": \\"ada\\", \\"Secret\\": \\"$host\\"}"')
    assert logins.login("registry.example.com") == Login("ada", "registry.example.com")


def test_entry_counts_where_the_helper_stores_nothing(configuration: Configuration) -> None:
    configuration.write({"credsStore": "box", "auths": ENTRIES})
    configuration.helper("box", "echo credentials not found in native keychain; exit 1")
    assert logins.login("old.example.com") == Login("bob", "secret")


@pytest.mark.case("K1", "a credential helper that is not installed")
def test_missing_helper_is_named(configuration: Configuration) -> None:
    configuration.write({"credHelpers": {"registry.example.com": "absent"}})
    with pytest.raises(UsageError, match=r"names the credential helper absent for registry\.example\.com"):
        logins.login("registry.example.com")
    assert logins.login("localhost:5000") is None


def test_failing_helper_is_quoted(configuration: Configuration) -> None:
    configuration.write({"credsStore": "box"})
    configuration.helper("box", "echo the keychain is locked >&2; exit 1")
    with pytest.raises(UnreachableError, match="docker-credential-box failed: the keychain is locked"):
        logins.login("registry.example.com")


@pytest.mark.case("K8", "an identity token of a registry")
@pytest.mark.parametrize("from_helper", [False, True])
def test_identity_token_is_exchanged(registry: Registry, configuration: Configuration, *, from_helper: bool) -> None:
    registry.token, registry.identity_token = "opaque", "identity"
    image = registry.add("acme/app", "one")
    with pytest.raises(package.NoAccessError):
        package.verify(image)
    if from_helper:
        configuration.write({"credsStore": "box"})
        configuration.helper("box", 'echo \'{"Username": "<token>", "Secret": "identity"}\'')
    else:
        user = "00000000-0000-0000-0000-000000000000:"
        configuration.write({"auths": {registry.host: {"auth": encoded(user), "identitytoken": "identity"}}})
    package.verify(image)
    assert logins.credentials(registry.host) is None


def test_storage_behind_a_registry_gets_no_login(
    registry: Registry, other_registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_TOKEN", "me:token")
    image = other_registry.add("acme/app", "one")
    registry.storage = other_registry.host
    package.verify(image.replace(other_registry.host, registry.host))
    assert registry.logins == ["Basic " + encoded("me:token")]
    assert other_registry.logins == [""]


def test_token_endpoint_is_no_file(registry: Registry, tmp_path: Path) -> None:
    image = registry.add("acme/app", "one")
    (tmp_path / "secret").write_text('{"token": "opaque"}')
    registry.token, registry.realm = "opaque", f"file://{tmp_path}/secret"
    with pytest.raises(UnreachableError, match="is not an HTTP address"):
        package.verify(image)
