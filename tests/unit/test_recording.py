"""The job that records takes the deployment of its own run, and nothing else that an outcome may claim."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import ledger
from cicd.errors import RefusedError
from cicd.road import recording
from cicd.road.recording import Expected
from tests.unit.support.judged import judgement

if TYPE_CHECKING:
    from tests.unit.support.workspace import Workspace

DIGEST = "sha256:" + "a" * 64
RELEASE, TEST = f"ghcr.io/acme/app@{DIGEST}", f"ghcr.io/acme/app/test@{DIGEST}"
OTHER = f"ghcr.io/acme/app@sha256:{'b' * 64}"
RUN = "https://github.com/acme/app/actions/runs/7"


@pytest.fixture(autouse=True)
def in_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a step of run 7 of acme/app, which Ada started."""
    for name, value in {
        "GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/app",
        "GITHUB_RUN_ID": "7", "GITHUB_ACTOR": "ada", "GITHUB_TRIGGERING_ACTOR": "ada",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)


@pytest.fixture
def commit(workspace: Workspace) -> str:
    """Return a commit on main with the configuration of the project `app`."""
    (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
    workspace.git("add", "--all")
    commit = workspace.commit()
    workspace.put("refs/heads/main", commit)
    return commit


def outcome(commit: str) -> ledger.Deployment:
    return ledger.Deployment(
        "app", "integration", "deploy", "passed", commit, RELEASE, TEST, actor="ada", run=RUN, started="now"
    )


def check(workspace: Workspace, deployment: ledger.Deployment, commit: str) -> None:
    recording.check(workspace.repository(), deployment, Expected("integration", commit, RELEASE, TEST))


def test_own_deployment_is_taken(workspace: Workspace, commit: str) -> None:
    check(workspace, outcome(commit), commit)
    check(workspace, replace(outcome(commit), action="rollback", result="failed"), commit)


@pytest.mark.case("K13", "an outcome of another job")
@pytest.mark.parametrize(
    ("claim", "named"),
    [
        ({"project": "other"}, "project"),
        ({"environment": "staging"}, "environment"),
        ({"commit": "c" * 40}, "commit"),
        ({"release": OTHER}, "release image"),
        ({"test": OTHER}, "test image"),
        ({"action": "approve", "result": "approved"}, "action"),
        ({"actor": "mallory"}, "person"),
        ({"run": RUN.replace("7", "8")}, "run"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_forged_claim_is_refused(workspace: Workspace, commit: str, claim: dict[str, str], named: str) -> None:
    forged = replace(outcome(commit), **claim)  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match=f"its {named} is"):
        check(workspace, forged, commit)


def test_a_rerun_by_another_person_is_taken(workspace: Workspace, commit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TRIGGERING_ACTOR", "grace")
    check(workspace, outcome(commit), commit)
    check(workspace, replace(outcome(commit), actor="grace"), commit)


@pytest.mark.parametrize("name", ["GITHUB_ACTOR", "GITHUB_TRIGGERING_ACTOR"])
def test_a_forged_person_is_refused_where_the_runner_names_one_person_only(
    workspace: Workspace, commit: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name)
    check(workspace, outcome(commit), commit)
    with pytest.raises(RefusedError, match="its person is 'mallory'"):
        check(workspace, replace(outcome(commit), actor="mallory"), commit)


def test_a_verdict_of_the_model_gate_comes_from_integration_alone(workspace: Workspace, commit: str) -> None:
    judged = replace(outcome(commit), gate=judgement())
    check(workspace, judged, commit)
    promoted = replace(judged, environment="staging")
    with pytest.raises(RefusedError, match="its judge is 'integration', not staging"):
        recording.check(workspace.repository(), promoted, Expected("staging", commit))


def test_a_promotion_rests_on_the_ledger_for_its_images(workspace: Workspace, commit: str) -> None:
    promoted = replace(outcome(commit), environment="staging", release=OTHER)
    recording.check(workspace.repository(), promoted, Expected("staging", commit))
