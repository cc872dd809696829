"""The example's workflow that reports to MLflow runs its script if a variable is set, whatever started it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.testing import Act, Event, Project
from tests.act.support.workflow_cases import CALLERS

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.testing import Kit

SCRIPT = "cicd/tracking/track.sh"
SAYS = (
    b"#!/bin/sh\ncommand -v ml-cicd >/dev/null || exit 1\n"
    b'echo "$* in <$MLFLOW_TRACKING_URI>, <$MLFLOW_TRACKING_TOKEN>, <$REGISTRY_TOKEN>, <$GITHUB_TOKEN>"\n'
)
ON = {"MLFLOW_TRACKING_URI": "https://mlflow.example"}
AFTER = Event("workflow_run", {"action": "completed", "workflow_run": {"name": "production", "conclusion": "failure"}})


@pytest.fixture(scope="module")
def calling_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return the example's callers with a script that only prints its arguments."""
    files = {f".github/workflows/{file.name}": file.read_bytes() for file in CALLERS.iterdir()}
    return Project(tmp_path_factory.mktemp("tracking"), {**files, SCRIPT: SAYS}, [SCRIPT])


@pytest.fixture
def act(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> Act:
    """Return a function that runs the callers."""
    return Act(scripted_kit, calling_project, tmp_path)


@pytest.mark.parametrize("event", [None, AFTER], ids=["by hand", "after another"])
def test_ledger_is_reported_to_mlflow(act: Act, event: Event | None) -> None:
    secrets = {"MLFLOW_TRACKING_TOKEN": "of-mlflow"}
    run = act.run("tracking.yml", event or act.dispatch(), variables=ON, secrets=secrets)
    assert run.results == {"tracking": "success"}
    said = [line for step in run.job("tracking").steps for line in step.output]
    # `act` hides the secrets.
    assert "sync in <https://mlflow.example>, <***>, <***>, <***>" in said


def test_nothing_is_reported_without_the_variable(act: Act) -> None:
    run = act.run("tracking.yml", act.dispatch())
    assert (run.exit_code, run.results) == (0, {"tracking": "skipped"})
