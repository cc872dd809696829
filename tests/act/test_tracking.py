"""The jobs with which the example's callers report to MLflow run if a variable is set, and only after success."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.testing import Act, Project, Reply
from cicd.testing.replies import BUNDLE, RELEASE_IMAGE
from tests.act.support.workflow_cases import CALLERS

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.testing import Event, Kit

SCRIPT = "cicd/tracking/track.sh"
SAYS = b'#!/bin/sh\necho "$1 <$2> in <$MLFLOW_TRACKING_URI>, <$MLFLOW_TRACKING_TOKEN>, <$REGISTRY_TOKEN>"\n'
ON = {"MLFLOW_TRACKING_URI": "https://mlflow.example"}
WORKFLOWS = ("integration", "production", "deploy")


def event(act: Act, workflow: str) -> Event:
    """Return the event that starts a workflow of the example."""
    if workflow == "deploy":
        return act.dispatch(environment="production")
    return act.push({"integration": "refs/heads/develop", "production": "refs/tags/Production"}[workflow])


@pytest.fixture(scope="module")
def calling_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return the example's callers with a script that only prints its arguments."""
    files = {f".github/workflows/{file.name}": file.read_bytes() for file in CALLERS.iterdir()}
    return Project(tmp_path_factory.mktemp("tracking"), {**files, SCRIPT: SAYS}, [SCRIPT])


@pytest.fixture
def act(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> Act:
    """Return a function that runs the callers."""
    return Act(scripted_kit, calling_project, tmp_path)


@pytest.mark.parametrize(
    ("workflow", "job", "word", "image"),
    [
        ("integration", "challenger", "record", BUNDLE),
        ("production", "champion", "promote", RELEASE_IMAGE),
        ("deploy", "champion", "promote", RELEASE_IMAGE),
    ],
)
def test_passed_release_is_reported_to_mlflow(act: Act, workflow: str, job: str, word: str, image: str) -> None:
    run = act.run(f"{workflow}.yml", event(act, workflow), variables=ON, secrets={"MLFLOW_TRACKING_TOKEN": "of-mlflow"})
    assert run.results[job] == "success"
    said = [line for step in run.job(job).steps for line in step.output]
    # `act` hides the two secrets.
    assert f"{word} <{image}> in <https://mlflow.example>, <***>, <***>" in said


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_nothing_is_reported_without_the_variable(act: Act, workflow: str) -> None:
    run = act.run(f"{workflow}.yml", event(act, workflow))
    assert [result for job, result in run.results.items() if job in ("challenger", "champion")] == ["skipped"]
    assert run.exit_code == 0


def test_staging_release_is_no_champion(act: Act) -> None:
    run = act.run("deploy.yml", act.dispatch(environment="staging"), variables=ON)
    assert run.results["champion"] == "skipped"


def test_superseded_release_is_no_champion(act: Act) -> None:
    replies = {"verify": Reply(outputs={"result": "superseded"})}
    run = act.run("production.yml", event(act, "production"), variables=ON, replies=replies)
    assert run.exit_code == 0
    assert run.results["champion"] == "skipped"
