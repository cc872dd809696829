"""Housekeeping follows what passed, and never decides a result."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import docker
import pytest

from cicd import labels
from cicd.oci import housekeeping, repositories
from tests.unit.support.fake_engine import Engine

if TYPE_CHECKING:
    from docker.models.images import Image

    from tests.unit.support.production import Production


def tidied(production: Production) -> list[str] | None:
    """Return the release and the test image with which the target was told to tidy up."""
    file = production.target.folder / "tidied.json"
    images: list[str] | None = json.loads(file.read_text()) if file.exists() else None
    return images


def test_target_is_tidied_after_a_deployment_that_passed(production: Production) -> None:
    newest = production.entries()[-1].deployment
    assert tidied(production) == [newest.release, newest.test]
    assert production.back() == 0
    newest = production.entries()[-1].deployment
    assert tidied(production) == [newest.release, newest.test]


def test_engine_that_does_not_answer_fails_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    client = docker.DockerClient(base_url="http://127.0.0.1:1", version="1.41")
    places = repositories.beside("ghcr.io/acme/app")
    assert housekeeping.tidy(client, "app", places, ("app",)) == housekeeping.Removed(0, 0)
    assert "Old images of app stay on the engine." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "repository"),
    [
        ("ghcr.io/acme/app:v1", "ghcr.io/acme/app"),
        ("localhost:5000/acme/app@sha256:" + "a" * 64, "localhost:5000/acme/app"),
        ("localhost:5000/acme/app:v1", "localhost:5000/acme/app"),
        ("alice/flights-test:v1", "docker.io/alice/flights-test"),
        ("alice/flights@sha256:" + "a" * 64, "docker.io/alice/flights"),
        ("ml-cicd/app-build:latest", "ml-cicd/app-build"),
    ],
)
def test_names_of_the_engine_belong_to_repositories(name: str, repository: str) -> None:
    assert housekeeping._repository(name) == repository


def record(name: str, parent: str, used: int, *, shared: bool = False, in_use: bool = False) -> dict[str, Any]:
    return {
        "ID": name, "Parent": parent, "Description": "fileop target", "Shared": shared, "InUse": in_use,
        "LastUsedAt": f"2026-01-0{used}T00:00:00Z",
    }  # fmt: skip


def test_only_what_newer_builds_replaced_is_superseded() -> None:
    records = [
        *(record(f"copy-{number}", "base", number) for number in range(1, 6)),
        record("held", "base", 1, shared=True),
        record("building", "base", 1, in_use=True),
        record("on-copy-1", "copy-1", 9),
        record("on-copy-5", "copy-5", 9),
        record("elsewhere", "another", 1),
    ]
    assert set(housekeeping._superseded(records)) == {"copy-1", "copy-2", "on-copy-1"}


PLACE = "ghcr.io/acme/app"
OLD, NEW = "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"
BUNDLE = f"{PLACE}/bundle@sha256:{'b' * 64}"


@pytest.fixture
def crowded() -> Engine:
    """Return an engine with images of the project, old and new, and of others."""
    engine = Engine()

    def add(name: str, created: str, **marks: str) -> None:
        engine.add_image(name, Created=created, Config={"Labels": {labels.PROJECT: "app", **marks}})

    add(f"{PLACE}:old", OLD)
    add(f"{PLACE}/test:old", OLD)
    add(f"{PLACE}/bundle:old", OLD, **{labels.TRAINED_IN: "sha256:1"})
    add(BUNDLE, OLD)
    add(f"{PLACE}:current", NEW, **{labels.BUNDLE: BUNDLE})
    add(f"{PLACE}/test:current", NEW)
    add(f"{PLACE}:newer", "2026-02-01T00:00:00Z")
    add("ml-cicd/app-build:latest", OLD)
    add("ml-cicd/app:just-built", datetime.now(UTC).isoformat())
    add("ghcr.io/acme/other:old", OLD)
    engine.add_image(f"{PLACE}:foreign", Created=OLD)  # somebody pulled something of that name
    add(f"{PLACE}:retained", OLD)
    engine.client().containers.create(f"{PLACE}:retained", name="app-staging-1")
    return engine


CURRENT = (f"{PLACE}:current", f"{PLACE}/test:current")
GONE = {f"{PLACE}:old", f"{PLACE}/test:old", f"{PLACE}/bundle:old", "ml-cicd/app-build:latest"}


def test_only_what_nothing_can_go_back_to_is_removed(crowded: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    """What a container uses stays, running or not; so does what is newer, just built, or made by others."""
    before = set(crowded.images)
    removed = housekeeping.tidy(crowded.client(), "app", repositories.beside(PLACE), CURRENT)
    assert before - set(crowded.images) == GONE
    assert removed == housekeeping.Removed(4, 0)
    assert "removed 4 old images of app" in capsys.readouterr().out
    assert housekeeping.tidy(crowded.client(), "app", repositories.beside(PLACE), CURRENT).images == 0


def test_images_newer_than_the_limit_are_not_asked_for(crowded: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine may have thousands: the list of them says when each was made."""
    looked: list[str] = []
    look = housekeeping._image

    def counted(client: docker.DockerClient, name: str) -> Image | None:
        looked.append(name)
        return look(client, name)

    monkeypatch.setattr(housekeeping, "_image", counted)
    housekeeping.tidy(crowded.client(), "app", repositories.beside(PLACE), CURRENT)
    asked = {name for name, image in crowded.images.items() if image["Id"] in looked}
    assert not {f"{PLACE}:newer", "ml-cicd/app:just-built"} & asked
    assert looked


def test_old_releases_below_test_images_are_removed(crowded: Engine) -> None:
    name = "ml-cicd/app-build-release:0123456789abcdef"
    crowded.add_image(name, Created=OLD, Config={"Labels": {labels.PROJECT: "app"}})
    housekeeping.tidy(crowded.client(), "app")
    assert name not in crowded.images


def test_without_a_current_release_nothing_of_a_registry_is_removed(crowded: Engine) -> None:
    before = set(crowded.images)
    housekeeping.tidy(crowded.client(), "app", repositories.beside(PLACE))
    assert before - set(crowded.images) == {"ml-cicd/app-build:latest"}


def test_images_of_the_registry_stay_where_it_is_not_named(crowded: Engine) -> None:
    before = set(crowded.images)
    housekeeping.tidy(crowded.client(), "app")
    assert before - set(crowded.images) == {"ml-cicd/app-build:latest"}


def test_nameless_image_of_the_project_is_removed(crowded: Engine) -> None:
    for name, project in (("mine", "app"), ("theirs", "other")):
        crowded.add_image(
            name, RepoTags=["<none>:<none>"], RepoDigests=[], Created=OLD,
            Config={"Labels": {labels.PROJECT: project}},
        )  # fmt: skip
    housekeeping.tidy(crowded.client(), "app")
    assert f"remove image sha256:{hashlib.sha256(b'mine').hexdigest()}" in crowded.asked
    assert f"remove image sha256:{hashlib.sha256(b'theirs').hexdigest()}" not in crowded.asked


def test_image_that_was_named_lately_is_not_old(crowded: Engine) -> None:
    crowded.images[f"{PLACE}:old"]["Metadata"] = {"LastTagTime": "2026-03-01T00:00:00Z"}
    crowded.images[f"{PLACE}/test:old"]["Metadata"] = {"LastTagTime": "0001-01-01T00:00:00Z"}
    housekeeping.tidy(crowded.client(), "app", repositories.beside(PLACE), CURRENT)
    assert f"{PLACE}:old" in crowded.images
    assert f"{PLACE}/test:old" not in crowded.images


def test_image_that_somebody_began_to_use_is_left(crowded: Engine) -> None:
    crowded.refuses["remove image .*app:old"] = (409, "image is being used by running container")
    removed = housekeeping.tidy(crowded.client(), "app", repositories.beside(PLACE), CURRENT)
    assert removed.images == 3


def test_build_cache_that_an_image_held_goes_with_it(crowded: Engine) -> None:
    crowded.records = [
        record("freed", "base", 1, shared=True), record("held", "base", 1, shared=True), record("free", "base", 2),
    ]  # fmt: skip
    crowded.on["remove image .*app:old"] = lambda: crowded.records[0].update(Shared=False)
    removed = housekeeping.tidy(crowded.client(), "app", repositories.beside(PLACE), CURRENT)
    assert removed.records == 1
    assert [entry["ID"] for entry in crowded.records] == ["held", "free"]
    assert crowded.asked[-1] == "prune freed"


def test_many_records_are_removed_in_several_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "AT_ONCE", 2)
    engine = Engine(records=[record(f"r{number}", "base", 1) for number in range(5)])
    assert housekeeping._prune(engine.client(), {"r0", "r1", "r2"}) == 3
    assert engine.asked == ["prune r0 r1", "prune r2"]
