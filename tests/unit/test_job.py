"""A batch job on an engine in memory: what its container gets, what it must leave, and what the environment holds."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import variables
from cicd.config import Config, DockerSettings, Environment, Job
from cicd.deploy.docker.job import JobTarget
from cicd.deploy.docker.site import Site
from cicd.errors import CheckFailedError, UsageError
from tests.unit.support.fake_engine import Engine
from tests.unit.support.place import image, order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicd.deploy.target import Running
    from tests.unit.support.fake_engine import Box

JOB = Job(("score", "all"), sample="data/rows", proof=("score", "--rows", "/tmp/sample/rows.csv"))


class Scores:
    """The environment `staging` of a batch job, on an engine on which each release ends with exit code 0."""

    def __init__(self, folder: Path, job: Job = JOB, **environment: Any) -> None:
        self.engine = Engine(ends={image(number): 0 for number in range(1, 5)})
        self.engine.registry |= {image(number) for number in range(1, 5)}
        (folder / "rows").mkdir()
        (folder / "rows" / "rows.csv").write_text("1\n2\n")
        self.asked: list[tuple[str, str]] = []
        self.tested: list[tuple[str, str]] = []

        @contextmanager
        def unpacked(commit: str, path: str) -> Iterator[Path]:
            self.asked.append((commit, path))
            yield folder / "rows"

        values = {"variables": {"LEVEL": "info"}, **environment}
        self.environment = Environment("staging", **values)
        config, settings = Config("app", job=job, environments={"staging": self.environment}), DockerSettings()
        self.target = JobTarget(Site(self.engine.client(), config, self.environment, settings, ""), unpacked)

    def bring(self, number: int) -> Running:
        return self.target.apply(order(number), lambda url, network: self.tested.append((url, network)))

    def proof(self, number: int) -> Box:
        """Return the container in which a release was proven."""
        (box,) = (box for box in self.engine.boxes.values() if box.image == image(number))
        return box


@pytest.fixture
def scores(tmp_path: Path) -> Scores:
    return Scores(tmp_path)


def test_proof_gets_the_sample_of_its_commit_and_the_variables_of_its_environment(scores: Scores) -> None:
    running = scores.bring(1)
    box = scores.proof(1)
    assert scores.asked == [("1" * 40, "data/rows")]
    assert box.files["tmp/sample/rows.csv"] == b"1\n2\n"
    assert sorted(box.config["Env"]) == [
        "LEVEL=info", f"ML_CICD_COMMIT={'1' * 40}", f"ML_CICD_DIGEST={order(1).digest}", "ML_CICD_ENVIRONMENT=staging",
        "ML_CICD_OUTPUT=/tmp/output", "ML_CICD_SAMPLE=/tmp/sample",
    ]  # fmt: skip
    assert box.config["Cmd"] == ["score", "--rows", "/tmp/sample/rows.csv"]
    assert scores.tested == [("", "bridge")], (
        "the suite of the stage runs after the proof, and no service has an address"
    )
    assert (running.release, running.commit, running.healthy) == (image(1), "1" * 40, True)


def test_without_a_proof_the_command_of_the_job_proves_it(tmp_path: Path) -> None:
    scores = Scores(tmp_path, Job(("score", "all")))
    scores.bring(1)
    assert scores.proof(1).config["Cmd"] == ["score", "all"]
    assert not any(value.startswith(variables.ML_CICD_SAMPLE) for value in scores.proof(1).config["Env"])
    assert scores.asked == []


def test_secrets_are_files_of_the_proof_and_in_no_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = Scores(tmp_path, secrets=("KEY",))
    monkeypatch.delenv(variables.APP_SECRETS, raising=False)
    with pytest.raises(UsageError, match="APP_SECRETS"):
        scores.bring(1)
    assert scores.engine.names() == []
    monkeypatch.setenv(variables.APP_SECRETS, json.dumps({"KEY": "hunter22"}))
    scores.bring(1)
    assert scores.proof(1).files["run/secrets/KEY"] == b"hunter22"
    assert "hunter22" not in str(scores.proof(1).config)


def test_failed_proof_leaves_what_was_held(scores: Scores) -> None:
    before = scores.bring(1)
    scores.engine.ends[image(2)] = 3
    with pytest.raises(CheckFailedError, match=r"The job ended with exit code 3. staging holds what it held before"):
        scores.bring(2)
    assert scores.target.observe() == before
    assert [box.image for box in scores.engine.boxes.values()] == [image(1)]
    assert len(scores.tested) == 1, "the tests of the stage do not run after a failed proof"


def test_proof_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    scores = Scores(tmp_path, replace(JOB, timeout=0.01))
    scores.engine.on[r"start .*"] = lambda: time.sleep(0.5)
    with pytest.raises(
        CheckFailedError, match=r"The job did not end within 0\.01 s. staging holds what it held before"
    ):
        scores.bring(1)
    assert any(action.startswith("kill ") for action in scores.engine.asked)
    assert scores.engine.names() == []
