"""A release that comes up: how long it may take, when it is looked at again, and how it is kept or taken away."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import variables
from cicd.config import DockerSettings
from cicd.deploy.docker import candidate as module
from cicd.deploy.docker import release_containers
from cicd.deploy.docker.candidate import Candidate
from cicd.errors import CheckFailedError
from cicd.oci.errors import ConflictError
from tests.unit.support.place import CANDIDATE, PROXY, Place, image, order

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """A clock that only asking moves: each look takes as long as it may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
        self.now = 1000.0
        self.looks: list[tuple[float, float]] = []
        self.answers: list[str] = []
        self.then: Callable[[], object] = lambda: None
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(type(place.site.proxy), "probe", self.probe)

    def probe(self, *_: Any, patience: float, limit: float, **__: Any) -> str:
        self.looks.append((round(patience, 3), round(limit, 3)))
        self.now += patience
        self.then()
        return self.answers.pop(0) if self.answers else "it does not answer"


@pytest.fixture
def place() -> Place:
    place = Place(health_timeout=1.2)
    place.bring(1)
    place.engine.add_image(image(2))
    return place


@pytest.fixture
def candidate(place: Place) -> Candidate:
    candidate = Candidate(place.site, order(2))
    assert not candidate.exists
    candidate.create()
    assert candidate.exists
    return candidate


def test_release_gets_its_whole_time_and_no_more(
    place: Place, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch, place)
    candidate.start()
    with pytest.raises(CheckFailedError, match=r"was not healthy within 1\.2 s \(it does not answer\)"):
        candidate.wait()
    assert clock.looks == [(0.5, 1.2), (0.5, 0.7), (0.2, 0.2)], "patience and limit never go beyond the deadline"
    assert clock.now == pytest.approx(1001.2)


def test_release_that_the_engine_started_late_is_looked_at_once(
    place: Place, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch, place)
    candidate.start()
    clock.now += 60
    with pytest.raises(CheckFailedError, match="was not healthy"):
        candidate.wait()
    assert clock.looks == [(module.LOOK, module.LOOK)]


def test_release_that_becomes_healthy_in_time_is_good(
    place: Place, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch, place)
    clock.answers = ["it does not answer", ""]
    candidate.start()
    candidate.wait()
    assert len(clock.looks) == 2


SILENT, ENDLESS = "it does not answer", "its answer did not end in time"


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([SILENT, "it answers 500", SILENT], "it answers 500"),
        ([ENDLESS, "it answers 500", ENDLESS], "it answers 500"),
        (["it answers 500", "it answers 503", "it answers 404"], "it answers 404"),
    ],
    ids=["silent in the end", "endless in the end", "whole answers"],
)
def test_the_last_whole_answer_is_told_though_the_deadline_cut_a_later_one(
    place: Place, candidate: Candidate, monkeypatch: pytest.MonkeyPatch, answers: list[str], told: str
) -> None:
    clock = Clock(monkeypatch, place)
    clock.answers = answers
    candidate.start()
    with pytest.raises(CheckFailedError, match=rf"\({told}\)"):
        candidate.wait()


def test_release_that_ends_at_its_last_look_is_told_as_ended(
    place: Place, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch, place)
    clock.then = lambda: place.engine.end(CANDIDATE, 3) if clock.now > 1001.1 else None
    candidate.start()
    with pytest.raises(CheckFailedError, match="ended with exit code 3"):
        candidate.wait()


@pytest.mark.parametrize("status", ["exited", "dead"])
def test_ended_release_is_not_waited_for(
    place: Place, candidate: Candidate, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    clock = Clock(monkeypatch, place)
    candidate.start()
    place.engine.end(CANDIDATE, 4)
    place.engine.box(CANDIDATE).status = status
    with pytest.raises(CheckFailedError, match="ended with exit code 4; the old one still serves"):
        candidate.wait()
    assert clock.looks == []


def test_accepted_release_is_restarted_by_the_engine_and_named_for_good(place: Place, candidate: Candidate) -> None:
    candidate.start()
    assert place.engine.box(CANDIDATE).policy == ""
    candidate.keep()
    box = place.release(2)
    assert (box.policy, box.name) == ("unless-stopped", f"app-staging-{box.id[:12]}")


def test_retained_release_keeps_its_name_and_gets_its_policy_back(place: Place) -> None:
    place.bring(2)
    old = place.release(1)
    assert old.policy == "unless-stopped"
    candidate = Candidate(place.site, order(1))
    candidate.start_again(place.site.client.containers.get(old.id))
    assert (old.policy, old.status) == ("no", "running")
    place.engine.asked.clear()
    candidate.keep()
    assert old.policy == "unless-stopped"
    assert place.engine.asked == [f"restart policy {old.name} unless-stopped"], "it has its lasting name already"


def test_nothing_is_taken_away_before_there_is_a_container(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    Candidate(place.site, order(2)).take_away()
    assert capsys.readouterr().out == ""


def test_release_that_somebody_renamed_meanwhile_is_stopped_and_stays(place: Place, candidate: Candidate) -> None:
    """A container is judged by the name that it has now: an accepted one is never removed."""
    candidate.start()
    place.engine.box(CANDIDATE).name = "app-staging-accepted"
    candidate.take_away()
    assert place.engine.box("app-staging-accepted").status == "exited"


def test_release_that_is_gone_is_taken_away_already(place: Place, candidate: Candidate) -> None:
    candidate.start()
    place.engine.boxes.pop(place.engine.box(CANDIDATE).id)
    place.engine.asked.clear()
    candidate.take_away()
    assert place.engine.asked == []


def test_log_that_cannot_be_read_is_said(
    place: Place, candidate: Candidate, capsys: pytest.CaptureFixture[str]
) -> None:
    candidate.start()
    place.engine.boxes.pop(place.engine.box(CANDIDATE).id)
    candidate.take_away()
    assert f"(no log: Could not read the log of {CANDIDATE}: No such container" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "passes"), [("removal of container x is already in progress", True), ("the device is busy", False)]
)
def test_removal_by_somebody_else_is_no_error(place: Place, words: str, *, passes: bool) -> None:
    container = place.site.client.containers.get(place.release(1).name)
    place.engine.refuses["remove .*"] = (409, words)
    if passes:
        release_containers.remove(container)
    else:
        with pytest.raises(ConflictError, match=words):
            release_containers.remove(container)


def test_releases_that_ran_last_come_first(place: Place) -> None:
    place.bring(2)
    place.bring(3)
    place.bring(1)
    assert [release.labels["ml-cicd.release"] for release in place.site.releases.all()] == [
        image(1), image(3), image(2),
    ]  # fmt: skip
    for status in release_containers.RUNNING:
        place.release(2).status = status
        place.release(1).status = "exited"
        assert place.site.releases.all()[0].labels["ml-cicd.release"] == image(2), status


@pytest.mark.parametrize(
    "change",
    [
        {"variables": {"LEVEL": "debug"}}, {"cpus": 2.0}, {"memory": "1g"}, {"gpus": 1}, {"secrets": ("API_KEY",)},
    ],
    ids=str,
)  # fmt: skip
def test_every_setting_of_an_environment_needs_another_container(
    place: Place, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    monkeypatch.setenv(variables.APP_SECRETS, '{"API_KEY": "x"}')
    other = place.again(**change)
    assert other.site.releases._settings_hash() != place.site.releases._settings_hash()
    assert other.plan(1) != []


def test_log_and_shared_memory_need_another_container(place: Place) -> None:
    plain = place.site.releases
    assert replace(plain, shm_size="1g")._settings_hash() != plain._settings_hash()
    assert replace(plain, settings=DockerSettings(log={}))._settings_hash() != plain._settings_hash()
    assert replace(plain, shm_size=None)._settings_hash() == plain._settings_hash()


def test_proxy_is_no_release(place: Place) -> None:
    assert PROXY not in [release.name for release in place.site.releases.all()]
