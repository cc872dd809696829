"""The registry is never taken at its word: content is held against the digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.errors import RefusedError, UnreachableError, UsageError
from cicd.oci import logins
from cicd.oci import registry as package

if TYPE_CHECKING:
    from tests.unit.support.registry_server import Registry


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


def test_index_has_no_labels(registry: Registry) -> None:
    assert package.labels(registry.add("acme/app", "an index of several platforms")) == {}


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


@pytest.mark.parametrize(
    ("registry_named", "image", "expected"),
    [
        (None, None, "ghcr.io/acme/my-app"),
        ("localhost:5000", None, "localhost:5000/acme/my-app"),
        (None, "example.com/team/app", "example.com/team/app"),
        ("localhost:5000", "example.com/team/app", "localhost:5000/team/app"),
    ],
)
def test_image_repository_of_a_project(
    monkeypatch: pytest.MonkeyPatch, registry_named: str | None, image: str | None, expected: str
) -> None:
    monkeypatch.delenv("ML_CICD_REGISTRY", raising=False)
    if registry_named:
        monkeypatch.setenv("ML_CICD_REGISTRY", registry_named)
    assert package.image_repository_for("Acme/My-App", image) == expected


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
