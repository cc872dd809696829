"""The shipped callers: which events run their jobs, on which machines, and with which secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cicd import testing
from cicd.testing.project import Event
from cicd.testing.replies import IMAGE, Reply, passing
from tests.act.support.case import SECRETS
from tests.act.support.workflow_cases import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cicd.testing import Kit, Project, Run

FORK = "mallory/app"
OF_PROJECT = {"BUILD_SECRETS", "TRAIN_SECRETS"}
TRAINS = {"build": Reply(outputs={"image": IMAGE, "trains": "true"})}
"""The image of a project that trains its branches."""
PUSHED_REFS = {
    "ci": "refs/heads/feature/x", "integration": "refs/heads/develop", "production": "refs/tags/Production",
}  # fmt: skip


def started(
    kit: Kit, project: Project, folder: Path, name: str, event: Event, *, labels: Iterable[str] = (),
    sound: bool = True, trains: bool = False,
) -> Run:  # fmt: skip
    """Run the shipped caller `name`; only runners with `labels` exist, or all that it names."""
    replies = passing({"ci": "", "deploy": "staging"}.get(name, name)) | (TRAINS if trains else {})
    return testing.run(
        kit, project, folder, json.dumps(shipped(name)), event=event, replies=replies, secrets=SECRETS, labels=labels,
        sound=sound,
    )  # fmt: skip


@pytest.mark.parametrize(("fork", "ran"), [("", False), (FORK, True)], ids=["of a branch", "of a fork"])
def test_pull_request_runs_ci_for_forks_alone(
    scripted_kit: Kit, calling_project: Project, tmp_path: Path, *, fork: str, ran: bool
) -> None:
    """A branch of the repository has the check of its push, on the same commit."""
    event = calling_project.pull_request(fork=fork)
    run = started(scripted_kit, calling_project, tmp_path, "ci", event, sound=ran)
    assert [call.command for call in run.calls] == (["build", "test", "check", "conclude"] if ran else [])
    assert ("ci-passed" in run.results) is ran


@pytest.mark.parametrize(("fork", "ran"), [("", True), (FORK, False)], ids=["of a branch", "of a fork"])
def test_pull_request_refreshes_the_comment_for_branches_alone(
    scripted_kit: Kit, calling_project: Project, tmp_path: Path, *, fork: str, ran: bool
) -> None:
    """The token of a pull request from a fork can only read; the end of its run refreshes its comment."""
    event = calling_project.pull_request(fork=fork)
    run = started(scripted_kit, calling_project, tmp_path, "comment", event, sound=ran)
    assert [call.command for call in run.calls] == (["comment", "conclude"] if ran else [])


def test_end_of_a_run_refreshes_the_comment(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> None:
    pushed = calling_project.push("refs/heads/develop").payload
    run_ended = {"id": 5, "head_branch": "feature/x", "head_sha": calling_project.commit}
    event = Event("workflow_run", {**pushed, "action": "completed", "workflow_run": run_ended})
    run = started(scripted_kit, calling_project, tmp_path, "comment", event)
    assert [call.command for call in run.calls] == ["comment", "conclude"]


def test_the_queue_runs_ci(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> None:
    run = started(scripted_kit, calling_project, tmp_path, "ci", calling_project.merge_group())
    assert run.results["ci-passed"] == "success"


@pytest.mark.case("K9", "integration can be started by hand, on its branch alone")
@pytest.mark.parametrize(("ref", "ran"), [("develop", True), ("feature/x", False)])
def test_integration_by_hand_runs_on_its_branch_alone(
    scripted_kit: Kit, calling_project: Project, tmp_path: Path, *, ref: str, ran: bool
) -> None:
    event = calling_project.dispatch({}, "integration.yml")
    event.payload["ref"] = f"refs/heads/{ref}"  # type: ignore[index]
    run = started(scripted_kit, calling_project, tmp_path, "integration", event, sound=ran)
    assert ("advance" in [call.command for call in run.calls]) is ran


@pytest.mark.parametrize("name", ["staging", "production", "deploy"])
def test_only_the_deploying_job_visits_the_machine_of_the_environment(
    scripted_kit: Kit, calling_project: Project, tmp_path: Path, name: str
) -> None:
    """So the signing key does not."""
    event = _event(calling_project, name)

    def commands(*labels: str) -> list[str]:
        run = started(scripted_kit, calling_project, tmp_path / labels[0], name, event, labels=labels, sound=False)
        return [call.command for call in run.calls]

    others = commands("ubuntu-24.04", "ubuntu-latest")
    assert "verify" in others
    assert "deploy" not in others
    assert commands("self-hosted") == []


@pytest.mark.parametrize(
    ("name", "command", "tokens"),
    [
        ("production", "deploy", {"APP_SECRETS", "DEPLOY_SSH_KEY", "KUBECONFIG_TEXT", "REGISTRY_TOKEN"}),
        ("production", "record", {"LEDGER_KEY", "REGISTRY_TOKEN"}),
        ("approve", "approve", {"LEDGER_KEY"}),
        ("ci", "build", {"BUILD_SECRETS", "TRAIN_SECRETS"}),
        ("ci", "rehearse", {"BUILD_SECRETS", "TRAIN_SECRETS"}),
        ("integration", "build", {"BUILD_SECRETS", "TRAIN_SECRETS"}),
        ("integration", "train", {"REGISTRY_TOKEN", "TRAIN_SECRETS"}),
        ("integration", "release", {"BUILD_SECRETS", "REGISTRY_TOKEN"}),
    ],
)
def test_secrets_arrive_through_the_shipped_caller(
    scripted_kit: Kit, calling_project: Project, tmp_path: Path, *, name: str, command: str, tokens: set[str]
) -> None:
    event = _event(calling_project, name)
    run = started(scripted_kit, calling_project, tmp_path, name, event, trains=command == "rehearse")
    (call,) = (call for call in run.calls if call.command == command)
    assert call.tokens.keys() == {"GITHUB_TOKEN", *tokens}


@pytest.mark.case("K3", "a pull request from a fork gets no secret of builds and training")
@pytest.mark.parametrize("kind", ["of a fork", "of a branch", "merge queue"])
def test_secrets_reach_every_branch_of_the_repository_and_no_fork(
    scripted_kit: Kit, calling_project: Project, tmp_path: Path, kind: str
) -> None:
    """The workflow itself sees to it: the event here carries every secret, also for the fork."""
    event = (
        calling_project.merge_group()
        if kind == "merge queue"
        else calling_project.pull_request(fork=FORK if kind == "of a fork" else "")
    )
    caller = shipped("ci")
    caller["jobs"]["ci"].pop("if")
    run = testing.run(
        scripted_kit, calling_project, tmp_path, json.dumps(caller), event=event, replies=passing("") | TRAINS,
        secrets=SECRETS,
    )  # fmt: skip
    given = {call.command: call.tokens.keys() & OF_PROJECT for call in run.calls}
    assert given["build"] == given["rehearse"] == (set() if kind == "of a fork" else OF_PROJECT)
    assert not given["test"] | given["check"]


def _event(project: Project, name: str) -> Event:
    if name in PUSHED_REFS:
        return project.push(PUSHED_REFS[name])
    return project.dispatch({"commit": "main", "environment": "staging", "reason": "seen"}, f"{name}.yml")
