"""Jobs beside services, and several jobs, on an engine in memory: each is run once before anything switches."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import labels
from cicd.config import Job, JobDeliverable, Service, ServiceDeliverable
from cicd.deploy.docker.job import JobTarget
from cicd.deploy.docker.target import DockerTarget
from cicd.errors import CheckFailedError, UnreachableError
from cicd.oci import containers
from tests.unit.support.place import Place, image, order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicd.deploy.target import Order, Running
    from tests.unit.support.fake_engine import Box

SCORE = Job(("score", "all"), sample="sample", proof=("score", "few"), timeout=5)
JOBS = (JobDeliverable("score", SCORE), JobDeliverable("clean-up", Job(("clean",))))
NAMES = ("score", "clean-up")


class Project(Place):
    """An environment with a service, another one, and two jobs; or with three jobs alone."""

    def __init__(self, folder: Path, *, alone: bool = False) -> None:
        super().__init__()
        self.alone = alone
        self.engine.registry |= {image(number) for number in range(1, 16)}
        first = {"job": Job(("main",))} if alone else {"others": (ServiceDeliverable("report", Service()),)}
        self.config = replace(self.config, jobs=JOBS, **first)
        self.site = replace(self.site, config=self.config)
        self.folder = folder / "rows.csv"
        self.folder.write_text("1\n2\n")
        self.jobs: DockerTarget | JobTarget = (JobTarget if alone else DockerTarget)(self.site, self.unpacked)
        for number in range(1, 16):
            if alone or number % 4 in (3, 0):
                self.engine.ends[image(number)] = 0
                self.engine.leaves[image(number)] = {"tmp/output/scores.csv": f"{number}".encode()}

    @contextmanager
    def unpacked(self, commit: str, path: str) -> Iterator[Path]:
        assert path == "sample"
        yield self.folder

    def together(self, number: int, accept: Any = None, *more: Any) -> Running:
        """Deploy the releases from `number` on: the first, `report`, and the two jobs."""
        self.engine.asked.clear()
        return self.jobs.apply(self.order(number), accept or self.accept, *more)

    def order(self, number: int) -> Order:
        report = {} if self.alone else {"report": image(number + 1)}
        return replace(order(number), others={**report, "score": image(number + 2), "clean-up": image(number + 3)})

    def has(self) -> list[str]:
        """Return the image of each service and job, in the order of an order."""
        running = self.jobs.observe()
        assert running
        assert running.healthy
        return [running.release, *(other.release for other in running.others.values())]

    def proofs(self) -> list[Box]:
        return [box for box in self.engine.boxes.values() if box.labels.get(labels.DELIVERABLE) in NAMES]

    def left(self) -> list[str]:
        """Return the releases that run, and those of all proofs."""
        boxes = [box for box in self.engine.boxes.values() if "@" in box.image and box.status == "running"]
        return sorted(box.image for box in (*boxes, *self.proofs()))


def images(number: int, *, alone: bool = False) -> list[str]:
    numbers = (0, 2, 3) if alone else range(4)
    return [image(number + more) for more in numbers]


@pytest.fixture(params=[False, True], ids=["beside services", "alone"])
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Project:
    """Return an environment that has the releases 1 to 4."""
    place = Project(tmp_path, alone=request.param)
    place.together(1)
    return place


def fail(*_: str) -> None:
    raise CheckFailedError("The tests failed.", "Correct them.")


def test_each_job_runs_once_before_the_tests_and_all_are_held_together(place: Project) -> None:
    seen: list[list[str]] = []
    place.together(5, lambda *_: seen.append(place.has()))
    assert seen == [images(1, alone=place.alone)], "nothing changes before the tests have passed"
    assert place.has() == images(5, alone=place.alone)
    asked = place.engine.asked
    started = [number for number, action in enumerate(asked) if re.fullmatch("start .*-candidate", action)]
    renamed = [number for number, action in enumerate(asked) if re.fullmatch("rename .*-candidate", action)]
    assert len(started) == len(renamed) == len(images(5, alone=place.alone))
    assert max(started) < min(renamed)
    last = "app-staging-candidate" if place.alone else "app-staging-clean-up-candidate"
    assert asked[renamed[-1]] == f"rename {last}", "jobs are held last, and of several jobs the first one"
    assert [box.config["Cmd"] for box in place.proofs() if box.image == image(7)] == [["score", "few"]]


def test_job_gets_its_sample_and_a_folder_for_what_it_leaves(place: Project) -> None:
    (score,) = (box for box in place.proofs() if box.labels[labels.DELIVERABLE] == "score")
    assert score.files["tmp/sample"] == b"1\n2\n"
    assert {"ML_CICD_SAMPLE=/tmp/sample", "ML_CICD_OUTPUT=/tmp/output"} <= set(score.config["Env"])
    (clean,) = (box for box in place.proofs() if box.labels[labels.DELIVERABLE] == "clean-up")
    assert "tmp/sample" not in clean.files


def test_tests_find_what_each_job_left(place: Project) -> None:
    place.engine.add_image("tests")
    place.engine.ends["tests"], found = 0, dict[str, bytes]()

    def keep() -> None:
        box = next(box for box in place.engine.boxes.values() if box.image == "tests")
        found.update(box.files)

    def judge(_: str, network: str) -> None:
        folders = place.jobs.outputs()
        expected = {"score": "/tmp/job-output-score", "clean-up": "/tmp/job-output-clean-up"}
        assert folders == ({"": "/tmp/job-output"} if place.alone else {}) | expected
        place.when("start nameless-.*", keep)
        place.jobs.runner(network)("tests", ["pytest"], labels={}, environment={}, collect=[])

    place.together(5, judge)
    assert found["tmp/job-output-score/scores.csv"] == b"7"
    assert found["tmp/job-output-clean-up/scores.csv"] == b"8"
    assert found.get("tmp/job-output/scores.csv") == (b"5" if place.alone else None)
    assert place.jobs.outputs() == {}, "afterwards no proof is under way"


@pytest.mark.parametrize("bad", [7, 8])
def test_job_that_fails_switches_nothing(place: Project, bad: int) -> None:
    place.engine.ends[image(bad)] = 3
    before = place.left()
    with pytest.raises(CheckFailedError, match=r"The job ended with exit code 3\. staging holds what it held before"):
        place.together(5, fail)
    assert place.has() == images(1, alone=place.alone)
    assert place.left() == before, "nothing is left of the new release"


def test_failed_tests_hold_nothing(place: Project) -> None:
    before = place.left()
    with pytest.raises(CheckFailedError, match="The tests failed"):
        place.together(5, fail)
    assert (place.has(), place.left()) == (images(1, alone=place.alone), before)


def test_what_can_not_be_undone_comes_before_anything_is_held(place: Project) -> None:
    seen: list[list[str]] = []

    def finish() -> None:
        seen.append(place.has()[0 if place.alone else 2 :])
        raise UnreachableError("The index is down.", "Wait.")

    before = place.left()
    with pytest.raises(UnreachableError, match="The index is down"):
        place.together(5, None, finish)
    assert seen == [images(1, alone=place.alone)[0 if place.alone else 2 :]], "the jobs of the release before"
    assert (place.has(), place.left()) == (images(1, alone=place.alone), before)


def test_job_that_can_not_be_held_undoes_everything(place: Project) -> None:
    place.engine.refuses["rename app-staging-clean-up-candidate"] = (500, "the disk is slow")
    before = place.left()
    with pytest.raises(UnreachableError, match="the disk is slow"):
        place.together(5)
    assert (place.has(), place.left()) == (images(1, alone=place.alone), before)


def test_one_rollback_brings_all_back_without_the_registry(place: Project) -> None:
    place.together(5)
    retained = {(release.service, release.release) for release in place.jobs.retained()}
    names = ("", *NAMES) if place.alone else ("", "report", *NAMES)
    assert retained == set(zip(names, images(1, alone=place.alone), strict=True))
    place.engine.registry.clear()
    place.together(1)
    assert place.has() == images(1, alone=place.alone)


def test_plan_is_what_is_done(place: Project, capsys: pytest.CaptureFixture[str]) -> None:
    planned = place.jobs.plan(place.order(5))
    assert "run 'score few' on sample, for up to 5 s" in planned
    capsys.readouterr()
    place.together(5)
    assert [line for line in capsys.readouterr().out.splitlines() if line in planned] == planned


def test_release_that_serves_already_is_proven_and_judged_again(place: Project) -> None:
    place.together(1)
    assert len(place.tested) == 2
    assert place.has() == images(1, alone=place.alone)
    assert not [action for action in place.asked() if action.startswith("route")], "no service switches"


def test_job_that_is_no_part_of_a_release_is_forgotten(place: Project) -> None:
    wanted = place.order(5)
    fewer = {name: release for name, release in wanted.others.items() if name != "score"}
    running = place.jobs.apply(replace(wanted, others=fewer), place.accept)
    assert "score" not in running.others
    assert {box.labels[labels.DELIVERABLE] for box in place.proofs()} == {"clean-up"}
    place.together(1)
    assert place.has() == images(1, alone=place.alone)


def test_proof_that_was_interrupted_is_removed(place: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(containers, "run_to_end", killed)
        patch.setattr(containers, "remove", lambda _: None)
        with pytest.raises(Killed):
            place.together(5)
    assert place.has() == images(1, alone=place.alone)
    assert any(line.endswith("left by an interrupted deployment") for line in place.jobs.plan(place.order(5)))
    place.together(5)
    assert place.has() == images(5, alone=place.alone)
