"""A lasting engine does not fill: what nothing can go back to is removed, and what others made stays."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from cicd import labels
from cicd.oci import archives, containers, housekeeping, images, repositories
from tests.deploy.support.small import SmallEngine
from tests.deploy.support.tiny import PROJECT, accept, configured, digest, order, serves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import docker

    from cicd.deploy.docker.target import DockerTarget

PLACES = repositories.beside("registry.invalid/acme/tiny")


class Lasting:
    """An engine on which a project is built again and again; its pushes are names of a registry that nobody asks."""

    def __init__(self, client: docker.DockerClient, project: Path) -> None:
        self.client, self.project, self.number = client, project, 0

    def build(self) -> str:
        """Build the build image of new source, as `ml-cicd build` does."""
        self.number += 1
        with (self.project / "app" / "serve.py").open("a") as stream:
            stream.write(f"# {self.number}\n")
        return images.build(
            self.project, self.project / "cicd/build/Dockerfile", tag="ml-cicd/tiny-build:latest",
            labels={labels.PROJECT: "tiny"},
        )  # fmt: skip

    def release(self) -> tuple[str, str]:
        """Build and push a release of new source and a new bundle, as integration does. Returns it and its tests."""
        test, tag = self.build(), str(self.number)
        bundle = archives.packed({"bundle/metadata.json": b'{"number": %d}' % self.number})
        changes = [f"LABEL {labels.TRAINED_IN}={test}"]
        self.client.api.import_image_from_data(bundle, repository=PLACES.bundle, tag=tag, changes=changes)
        release = images.build(
            self.project, self.project / "cicd/release/Dockerfile", tag=f"ml-cicd/tiny:{tag}",
            arguments={"BUNDLE": f"{PLACES.bundle}:{tag}"},
            labels={labels.PROJECT: "tiny", labels.BUNDLE: f"{PLACES.bundle}:{tag}"},
        )  # fmt: skip
        self.client.api.tag(release, PLACES.release, tag)
        self.client.api.tag(test, PLACES.test, tag)
        return release, test

    def tidy(self, *current: str) -> housekeeping.Removed:
        return housekeeping.tidy(self.client, "tiny", PLACES, current)

    def names(self) -> set[str]:
        return {name for image in self.client.images.list() for name in image.tags}

    def records(self) -> set[str]:
        """Return the ids of the records of the build cache."""
        return {record["ID"] for record in self._cache()}

    def layers(self) -> set[str]:
        """Return the ids of those records that are layers: not copies of build contexts."""
        return {record["ID"] for record in self._cache() if record["Type"] == "regular"}

    def _cache(self) -> list[dict[str, Any]]:
        cache: Any = self.client.df()["BuildCache"]
        return cache or []


@pytest.fixture
def lasting(
    client: docker.DockerClient, tmp_path: Path, sockets: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lasting]:
    project = shutil.copytree(PROJECT, tmp_path / "project")
    with SmallEngine(client, tmp_path / "engine", sockets) as small:
        monkeypatch.setenv("ML_CICD_BASE", small.load())
        monkeypatch.setenv("DOCKER_HOST", small.address)
        yield Lasting(small.engine, project)


@pytest.mark.case("K6", "images and build cache of a lasting engine")
def test_r13_images_and_build_cache_of_eight_releases_stay_bounded(lasting: Lasting, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "Dockerfile").write_text("FROM scratch AS other\nCOPY a /\nFROM scratch\nCOPY --from=other /a /b\n")
    (foreign / "a").write_text("theirs")
    before = lasting.layers()
    theirs = images.build(foreign, foreign / "Dockerfile", tag="theirs:1", labels={labels.PROJECT: "another"})
    lasting.client.api.tag(theirs, PLACES.release, "by-hand")
    their_layers = lasting.layers() - before
    counts = []
    for _ in range(8):
        release, test = lasting.release()
        lasting.tidy(release, test)
        counts.append((len(lasting.client.images.list()), len(lasting.records())))
    assert len(set(counts[3:])) == 1, counts
    number = lasting.number
    assert {f"{PLACES.release}:{number}", f"{PLACES.test}:{number}", f"{PLACES.bundle}:{number}"} < lasting.names()
    assert {"theirs:1", f"{PLACES.release}:by-hand"} < lasting.names()
    assert their_layers
    assert their_layers <= lasting.layers()


@pytest.mark.case("K6", "images and build cache of a lasting engine")
def test_what_is_retained_newer_or_in_use_stays(lasting: Lasting, monkeypatch: pytest.MonkeyPatch) -> None:
    retained, tests = lasting.release()
    with containers.created(lasting.client, retained, labels={}):
        release, test = lasting.release()
        running = lasting.build()  # of a branch, whose tests have not ended
        lasting.build()
        lasting.tidy(release, test)
        assert f"{PLACES.release}:1" in lasting.names()
        assert not {f"{PLACES.test}:1", f"{PLACES.bundle}:1"} & lasting.names()
        assert images.present(lasting.client, running)
        lasting.tidy(retained, tests)
        assert {f"{PLACES.release}:2", f"{PLACES.test}:2", f"{PLACES.bundle}:2"} < lasting.names()
    lasting.tidy(release, test)
    assert f"{PLACES.release}:1" not in lasting.names()
    monkeypatch.setattr(housekeeping, "GRACE", -60)
    housekeeping.tidy(lasting.client, "tiny")
    assert not images.present(lasting.client, running)
    assert f"{PLACES.release}:2" in lasting.names()


@pytest.mark.case("K6", "images of releases that are no longer retained")
def test_images_of_an_environment_are_those_that_it_retains(
    target: DockerTarget, release: Callable[[str, str], str], client: docker.DockerClient
) -> None:
    few = configured(target, retain=2)
    brought = [release(f"lasting-{number}", f"# lasting {number}\n") for number in range(5)]
    for image in brought:
        few.apply(order(image), accept)
        few.tidy(image, image)
    assert [images.present(client, image) for image in brought] == [False, False, True, True, True]
    assert serves(few.apply(order(brought[2]), accept)) == digest(brought[2])
