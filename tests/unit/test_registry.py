"""The registry is never taken at its word: content is held against the digest."""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING

import pytest

from cicd.errors import RefusedError, UnreachableError, UsageError
from cicd.oci import logins
from cicd.oci import registry as package
from tests.unit.support import broken_answers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.registry_server import Registry

INDEX = "application/vnd.oci.image.index.v1+json"


def test_unchanged_digest_passes(registry: Registry) -> None:
    package.verify(registry.add("acme/app", "one"))


def test_absent_digest_is_refused(registry: Registry) -> None:
    image = registry.add("acme/app", "one")
    registry.manifests.clear()
    with pytest.raises(RefusedError, match="no longer has"):
        package.verify(image)


def test_changed_content_is_refused(registry: Registry) -> None:
    image = registry.add("acme/app", "one")
    for key in registry.manifests:
        registry.manifests[key] += b" "
    with pytest.raises(RefusedError, match="content changed"):
        package.verify(image)


@pytest.mark.parametrize("status", [500, 503, 401, 403, 429, 405])
def test_failing_registry_is_unreachable(registry: Registry, status: int) -> None:
    image = registry.add("acme/app", "one")
    registry.status = status
    with pytest.raises(UnreachableError):
        package.verify(image)


def test_only_absent_manifest_is_none(registry: Registry) -> None:
    assert package.manifest(f"{registry.host}/acme/app", "v1") is None
    registry.status = 429
    with pytest.raises(UnreachableError, match="limits the rate"):
        package.manifest(f"{registry.host}/acme/app", "v1")


def test_no_registry_is_unreachable() -> None:
    with pytest.raises(UnreachableError, match="does not answer"):
        package.verify("127.0.0.1:1/acme/app@sha256:" + "a" * 64)


def test_bearer_token_is_fetched(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.token = "opaque"
    monkeypatch.setenv("REGISTRY_TOKEN", "a-password")
    package.verify(registry.add("acme/app", "one"))


def test_labels_are_covered_by_the_digest(registry: Registry) -> None:
    image = registry.add("acme/app", "one", {"ml-cicd.data": "sha256:d"})
    assert package.labels(image) == {"ml-cicd.data": "sha256:d"}
    for key, content in registry.manifests.items():
        if b"Labels" in content:
            registry.manifests[key] = content.replace(b"sha256:d", b"sha256:e")
    with pytest.raises(RefusedError, match="no longer has the configuration"):
        package.labels(image)


def index(registry: Registry, *platforms: str) -> str:
    """Add an index of images for these platforms; `unknown` is an attestation of the first one."""
    entries = []
    for platform in platforms:
        system, _, processor = platform.partition("/")
        added = registry.add("acme/app", platform, {"ml-cicd.data": platform} if processor else None)
        described = {"os": system, "architecture": processor or "unknown"}
        entries.append({"digest": added.partition("@")[2], "platform": described})
    content = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})
    digest = registry._keep("acme/app", content.encode())
    return f"{registry.host}/acme/app@{digest}"


@pytest.mark.case("K3", "an index of a release and its attestation")
def test_labels_of_an_index_are_those_of_its_one_platform(registry: Registry) -> None:
    assert package.labels(index(registry, "linux/amd64", "unknown")) == {"ml-cicd.data": "linux/amd64"}
    assert package.labels(index(registry, "linux/arm64")) == {"ml-cicd.data": "linux/arm64"}


@pytest.mark.case("K3", "an index of several platforms")
@pytest.mark.parametrize(
    ("platforms", "words"),
    [(("linux/amd64", "linux/arm64", "unknown"), r"2 platforms \(linux/amd64, linux/arm64\)"), (("unknown",), "none")],
)
def test_release_for_no_platform_or_several_is_refused(
    registry: Registry, platforms: tuple[str, ...], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        package.labels(index(registry, *platforms))


def test_changed_platform_of_an_index_is_refused(registry: Registry) -> None:
    image = index(registry, "linux/amd64")
    for key, content in registry.manifests.items():
        if b'"text": "linux/amd64"' in content:
            registry.manifests[key] = content + b" "
    with pytest.raises(RefusedError, match="content changed"):
        package.labels(image)


def test_what_is_no_manifest_is_no_image(registry: Registry) -> None:
    digest = registry._keep("acme/app", b"<html>")
    with pytest.raises(UsageError, match="is no image"):
        package.labels(f"{registry.host}/acme/app@{digest}")


def test_labels_of_absent_image_are_refused(registry: Registry) -> None:
    with pytest.raises(RefusedError, match="no longer has"):
        package.labels(f"{registry.host}/acme/app@sha256:{'0' * 64}")
    image = registry.add("acme/app", "one", {"ml-cicd.data": "sha256:d"})
    registry.manifests = {key: content for key, content in registry.manifests.items() if b"Labels" not in content}
    with pytest.raises(RefusedError, match="no longer has the configuration"):
        package.labels(image)


def test_tag_changes_no_byte(registry: Registry) -> None:
    image = registry.add("acme/app", "one")
    package.tag(image, "ledger-staging-1")
    tagged = package.manifest(f"{registry.host}/acme/app", "ledger-staging-1")
    assert tagged is not None
    assert tagged.digest == image.partition("@")[2]


def test_job_token_goes_to_ghcr_alone(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "the-jobs-own")
    assert logins.credentials("ghcr.io") == ("ml-cicd", "the-jobs-own")
    assert logins.credentials(registry.host) is None


def test_nodes_never_keep_the_job_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_TOKEN", "the-job-s")
    monkeypatch.setenv("GITHUB_TOKEN", "the-job-s")
    with pytest.raises(UsageError, match="token of this job"):
        logins.lasting_credentials("ghcr.io")
    monkeypatch.setenv("REGISTRY_TOKEN", "me:lasting")
    assert logins.lasting_credentials("ghcr.io") == ("me", "lasting")
    assert logins.lasting_credentials("localhost:5000") is None
    monkeypatch.delenv("REGISTRY_TOKEN")
    assert logins.lasting_credentials("ghcr.io") is None


@pytest.mark.case("K1", "an answer of a registry breaks off")
@pytest.mark.parametrize("status", [200, 503])
@pytest.mark.parametrize("length", [broken_answers.INCOMPLETE, broken_answers.ENDLESS], ids=["incomplete", "endless"])
def test_answer_that_breaks_off_is_unreachable(status: int, length: int) -> None:
    with broken_answers.serving(status, length) as address, pytest.raises(UnreachableError, match="does not answer"):
        package.verify(f"{address}/acme/app@sha256:" + "a" * 64)


def test_authorities_of_a_machine_are_read_once(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = registry.add("acme/app", "one")
    read: list[str | None] = []

    def context(cafile: str | None = None) -> ssl.SSLContext:
        read.append(cafile)
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    monkeypatch.setattr(ssl, "create_default_context", context)
    bundles = [tmp_path / "ours.pem", tmp_path / "theirs.pem"]
    for bundle in bundles:
        bundle.touch()
        monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
        for _ in range(2):
            package.verify(image)
    assert read == [str(bundle) for bundle in bundles]
