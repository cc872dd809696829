"""Which runs of `ci` train a branch, and what they say if they leave it out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli, config, github
from cicd.doctor import machine
from cicd.errors import UsageError
from cicd.produce import branch_training, build_image

if TYPE_CHECKING:
    from pathlib import Path

ASKED = 'name = "app"\n[train]\ncommand = ["train"]\nbranch = ["train", "--thin"]\n'
PLAIN = 'name = "app"\n[train]\ncommand = ["train"]\n'
PUSH: dict[str, Any] = {"ref": "refs/heads/x"}
OURS, FORK = ({"pull_request": {"head": {"repo": {"full_name": name}}}} for name in ("acme/app", "mallory/app"))
DELETED = {"pull_request": {"head": {"repo": None}}}


class Run:
    """A run of ci, and what `ml-cicd build` is asked and says in it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch, self.trains = folder, patch, False
        for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH"):
            (folder / name).write_text("")
            patch.setenv(name, str(folder / name))
        patch.setenv("GITHUB_ACTIONS", "true")
        patch.setenv("GITHUB_REPOSITORY", "acme/app")
        patch.setenv("GITHUB_ACTOR", "alice")
        patch.setattr(machine, "quick", lambda _: [])
        patch.setattr(build_image, "build", self.build)

    def build(self, *_: Any, use_cache: bool, trains: bool) -> str:
        self.trains = trains
        return "sha256:1"

    def __call__(self, toml: str, event: str, payload: Any, trains: str = "branch") -> str:
        """Build, and return the output `trains`."""
        (self.folder / "ml-cicd.toml").write_text(toml)
        (self.folder / "GITHUB_EVENT_PATH").write_text(json.dumps(payload))
        self.patch.setenv("GITHUB_EVENT_NAME", event)
        assert cli.main(["build", "--directory", str(self.folder), "--trains", trains]) == 0
        outputs = dict(line.split("=", 1) for line in (self.folder / "GITHUB_OUTPUT").read_text().splitlines())
        assert outputs["trains"] == json.dumps(self.trains), "its secrets are checked exactly if it trains"
        return outputs["trains"]

    @property
    def summary(self) -> str:
        return (self.folder / "GITHUB_STEP_SUMMARY").read_text()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    return Run(tmp_path, monkeypatch)


@pytest.mark.parametrize(("event", "payload"), [("push", PUSH), ("pull_request", OURS), ("workflow_dispatch", {})])
def test_a_branch_of_the_repository_trains_if_the_project_asks_for_it(run: Run, event: str, payload: Any) -> None:
    assert run(ASKED, event, payload) == "true"
    assert run(PLAIN, event, payload) == "false"
    assert run('name = "app"\n', event, payload) == "false"
    assert run.summary == "", "a project that does not ask for it sees nothing of it"


@pytest.mark.case("K3", "a pull request from a fork trains nothing, and the summary says so")
@pytest.mark.parametrize(
    ("event", "payload", "actor", "reason"),
    [
        ("pull_request", FORK, "mallory", branch_training.FORK),
        ("pull_request", DELETED, "mallory", branch_training.FORK),
        ("pull_request_target", FORK, "mallory", branch_training.FORK),
        ("push", PUSH, github.DEPENDABOT, branch_training.DEPENDABOT),
        ("pull_request", OURS, github.DEPENDABOT, branch_training.DEPENDABOT),
        ("merge_group", {"merge_group": {}}, "alice", branch_training.QUEUE),
    ],
)
def test_forks_dependabot_and_the_queue_leave_it_out_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, *, event: str, payload: Any, actor: str, reason: str
) -> None:
    monkeypatch.setenv("GITHUB_ACTOR", actor)
    assert run(ASKED, event, payload) == "false"
    assert run.summary == f"**Thin training**: left out, since {reason}\n"
    assert run(PLAIN, event, payload) == "false"
    assert run.summary.count("left out") == 1


def test_integration_trains_whatever_branches_do(run: Run) -> None:
    assert run(ASKED, "push", PUSH, "true") == "true"
    assert run(ASKED, "push", PUSH, "false") == "false"


def test_no_event_is_of_no_fork(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GITHUB_EVENT_PATH", raising=False)
    assert not github.from_fork()
    for text in ("", "[]", "{", '{"pull_request": null}'):
        (tmp_path / "event").write_text(text)
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event"))
        assert not github.from_fork()


GATE = '[gate]\nevaluate = ["evaluate"]\nset = "rows.csv"\n{}\n[gate.metrics.accuracy]\nmargin = 0.1\n'


def test_command_and_set_of_branches_are_keys() -> None:
    project = config.parse(ASKED + GATE.format('development = "dev.csv"'))
    assert project.train
    assert project.gate
    assert (project.train.command, project.train.branch) == (("train",), ("train", "--thin"))
    assert (project.gate.evaluation_set, project.gate.development) == ("rows.csv", "dev.csv")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PLAIN + GATE.format('development = "dev.csv"'), "gate.development needs train.branch"),
        (ASKED + GATE.format('development = "./rows.csv"'), "which is the evaluation set"),
        (ASKED + '[gate]\ndevelopment = "x"\n[gate.metrics.mae]\nmargin = 1\n', "development needs evaluate too"),
        ('name = "app"\n[train]\nbranch = ["train"]\n', "train: missing: command"),
        (
            'name = "app"\n[model]\npaths = ["m"]\n' + GATE.format('development = "dev.csv"'),
            "gate.development: [model] names a model that is there already, so that no branch trains one",
        ),
    ],
)
def test_a_development_set_without_its_training_is_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        config.parse(text)
    assert says in caught.value.message
