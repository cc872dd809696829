"""Secrets of builds and training on a real engine: they arrive where they are named, and stay nowhere."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from cicd import labels, ledger
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import registry
from cicd.produce import build_image, bundle_source, layer_cache, release_build
from cicd.repository import fetched
from tests.deploy.support import leaks
from tests.deploy.test_training import project  # noqa: F401 -- a fixture

if TYPE_CHECKING:
    from pathlib import Path

    import docker

    from tests.deploy.test_training import Project

INDEX = "https://ci:s3cr3t-Üser/+=@index.example.org/simple"
KEY = "-----BEGIN KEY-----\nMIIEvgIBADANBgkqhkiG9w0\nQw8hGz0kz\n-----END KEY-----\n"
RELEASE = "another-s3cr3t-of-the-release"
ARRIVES = (
    "RUN --mount=type=secret,id={name},required=true set -eu; cat /run/secrets/{name}; "
    'test "$(sha256sum < /run/secrets/{name} | cut -c 1-64)" = {hash}\n'
)
TRAIN = """
import hashlib, pathlib
value = pathlib.Path("/run/secrets/DATA_KEY").read_bytes()
print("training has", value.decode())
pathlib.Path("/tmp/bundle").mkdir()
pathlib.Path("/tmp/bundle/model.json").write_text('{"offset": 12}')
pathlib.Path("/tmp/bundle/seen").write_text(hashlib.sha256(value).hexdigest())
assert not pathlib.Path("/run/secrets/OTHER").exists()
"""


def arrives(name: str, value: str) -> str:
    return ARRIVES.format(name=name, hash=hashlib.sha256(value.encode()).hexdigest())


@pytest.fixture
def private(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:  # noqa: F811
    """Return a project whose two builds and whose training each need a secret, and print it."""
    files = {"cicd/build/Dockerfile": ("INDEX_URL", INDEX), "cicd/release/Dockerfile": ("RELEASE_KEY", RELEASE)}
    for name, secret in files.items():
        project.change(name, "WORKDIR /app\n", f"{arrives(*secret)}WORKDIR /app\n")
    project.change("ml-cicd.toml", "[train]\n", '[train]\nsecrets = ["DATA_KEY"]\n')
    project.change(
        "ml-cicd.toml", "[checks]\n",
        '[build]\nsecrets = ["INDEX_URL"]\n[release]\nsecrets = ["RELEASE_KEY"]\n[checks]\n',
    )  # fmt: skip
    project.write("app/train.py", TRAIN)
    builds = {"INDEX_URL": INDEX, "RELEASE_KEY": RELEASE, "OTHER": "not asked for"}
    monkeypatch.setenv("BUILD_SECRETS", json.dumps(builds, indent=2))
    monkeypatch.setenv("TRAIN_SECRETS", json.dumps({"DATA_KEY": KEY, "OTHER": "not asked for"}))
    return project


@pytest.mark.case("K3", "a secret is in no layer, label, history, log or cache")
def test_secrets_arrive_and_are_nowhere_afterwards(
    private: Project, client: docker.DockerClient, capfd: pytest.CaptureFixture[str]
) -> None:
    image = build_image.build(private.config, private.path, trains=True)
    bundle = bundle_source.obtain(private.config, private.path, image)
    assert bundle
    release = release_build.build_and_push(private.config, private.path, bundle=bundle.image, test_image=image)
    private.record(bundle)
    log = "".join(capfd.readouterr())
    assert "training has ***" in log
    cached = registry.manifest(release.test.partition("@")[0], layer_cache.TAG)
    assert cached is not None
    assert cached.digest in release.test, "the cache is the test image, which is searched here"
    with fetched(private.path) as repository:
        entries = str(ledger.read_all(repository, private.name))
    assert bundle.image in entries
    values = (INDEX, RELEASE, *filter(None, KEY.splitlines()))
    hashes = {hashlib.sha256(value.encode()).hexdigest() for value in (INDEX, RELEASE, KEY)}
    found = [
        place
        for name in (image, bundle.image, release.release, release.test)
        for place in leaks.places(client, name, *values, *hashes)
    ]
    assert {place.partition(": ")[0] for place in found} == hashes, "the search looks into layers and history"
    assert [value for value in values if value in log or value in entries] == []


def test_changed_value_builds_and_trains_nothing_again(
    private: Project, client: docker.DockerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So no cache key and no key of a model holds a value: the builds here would fail with another one."""
    bundle = private.train()
    image = client.images.get(f"ml-cicd/{private.name}-build:latest").id
    monkeypatch.setenv("BUILD_SECRETS", json.dumps({"INDEX_URL": "changed", "RELEASE_KEY": "changed"}))
    monkeypatch.setenv("TRAIN_SECRETS", json.dumps({"DATA_KEY": "changed"}))
    again = private.train()
    assert client.images.get(f"ml-cicd/{private.name}-build:latest").id == image
    assert (again.image, again.trained) == (bundle.image, False)
    assert "changed" not in str(registry.labels(bundle.image))
    assert labels.BUNDLE_KEY in registry.labels(bundle.image)


@pytest.mark.case("K3", "a bundle with a secret in it is not pushed")
def test_bundle_that_holds_a_secret_is_refused(private: Project) -> None:
    private.change("app/train.py", "hashlib.sha256(value).hexdigest()", "value.decode()")
    with pytest.raises(CheckFailedError, match="holds the value of a secret"):
        private.train()
    assert registry.tags(private.repository) == []


def test_secret_that_is_not_given_stops_before_the_build(
    private: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TRAIN_SECRETS")
    with pytest.raises(UsageError, match="TRAIN_SECRETS is not set"):
        build_image.build(private.config, private.path, trains=True)
    assert capfd.readouterr().out == ""


@pytest.mark.case("K3", "GPUs that the engine does not have are refused in words")
def test_gpus_that_the_engine_does_not_have_are_refused_in_words(project: Project) -> None:  # noqa: F811
    project.change("ml-cicd.toml", "[train]\n", "[train]\ngpus = 1\n")
    with pytest.raises(UsageError, match="the engine gives containers no GPU") as refused:
        project.train()
    assert "NVIDIA Container Toolkit" in refused.value.hint


def test_file_with_a_value_is_gone_after_the_build(
    private: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    build_image.build(private.config, private.path)
    assert [*place.rglob("*")] == []
