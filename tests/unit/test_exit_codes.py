"""What the commands of the road put out: their exit code, the outputs of the step, and JSON."""

from __future__ import annotations

import importlib
import io
import json
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli, github, ledger, stages
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import always

if TYPE_CHECKING:
    from tests.unit.support.production import Production

TO_PRODUCTION = ("--environment", "production", "--commit")


class Step:
    """A step of a job: the exit code, the outputs and the printed JSON of a command."""

    def __init__(self, production: Production, capfd: pytest.CaptureFixture[str]) -> None:
        self.production, self.capfd = production, capfd
        self.file = production.target.folder / "outputs"

    def run(self, *words: str) -> tuple[int, dict[str, str]]:
        """Return the exit code and the outputs of a command."""
        self.file.write_text("")
        code = cli.main(list(words))
        return code, dict(line.split("=", 1) for line in self.file.read_text().splitlines())

    def json(self, *words: str) -> Any:
        """Return what a command prints with `--json`, if it ends with 0."""
        self.capfd.readouterr()
        assert cli.main([*words, "--json"]) == 0
        return json.loads(self.capfd.readouterr().out)


@pytest.fixture
def step(production: Production, capfd: pytest.CaptureFixture[str]) -> Step:
    return Step(production, capfd)


def test_passed_deployment_puts_out_its_outcome(step: Step) -> None:
    road = step.production.road
    commit = road.accepted("integration", "staging")
    code, outputs = step.run("deploy", *TO_PRODUCTION, commit)
    assert (code, outputs["result"], outputs["url"]) == (0, "passed", "http://localhost:1")
    done = ledger.deployment_from(ledger.decode(outputs["outcome"]))
    assert (done.project, done.environment, done.action, done.result) == ("app", "production", "deploy", "passed")
    assert (done.commit, done.release, done.test) == (commit, *road.release(commit))
    assert (done.replaced, done.actor) == (road.release(step.production.second)[0], "ada")
    assert done.basis == ledger.read(road.workspace.repository(), "app", "staging")[-1].basis
    assert (done.url, done.ephemeral, bool(done.started), bool(done.ended)) == ("http://localhost:1", False, True, True)
    running = step.production.target.observe()
    assert running
    assert done.basis
    newest = step.production.entries()[-1].name
    assert (running.commit, running.entry, running.after) == (commit, done.basis.name, newest)


def test_failed_deployment_fails_the_step(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = step.production.road.accepted("integration", "staging")
    bad = FolderTarget(step.production.target.folder, step.production.road.release(commit)[0])
    monkeypatch.setattr("cicd.road.deployment.target_for", always(bad))
    code, outputs = step.run("deploy", *TO_PRODUCTION, commit)
    assert (code, outputs["result"], outputs["url"]) == (1, "failed", "")
    done = ledger.deployment_from(ledger.decode(outputs["outcome"]))
    assert (done.result, done.reason, done.url) == ("failed", "It does not come up.", "")
    assert step.production.runs == step.production.second
    code, outputs = step.run("record", "--outcome", outputs["outcome"], *TO_PRODUCTION, commit)
    newest = step.production.entries()[-1]
    assert (code, outputs) == (0, {"entry": "3", "sha256": newest.sha256, "recorded": ""})
    assert newest.deployment == done


def test_superseded_deployment_changes_nothing(step: Step, capfd: pytest.CaptureFixture[str]) -> None:
    road = step.production.road
    older = road.accepted("integration", "staging")
    newer = road.accepted("integration", "staging")
    road.workspace.put("refs/tags/Production", newer)
    words = (*TO_PRODUCTION, older, "--tag", "Production")
    expected = {"commit": older, "release": "", "test": "", "result": "superseded"}
    assert step.run("verify", *words) == (0, expected)
    assert step.run("deploy", *words) == (0, {"outcome": "", "result": "superseded", "url": ""})
    assert "the run of that commit deploys both" in capfd.readouterr().err
    assert step.production.runs == step.production.second
    assert step.json("verify", *words) == {"result": "superseded", "commit": older}


def test_verify_puts_out_the_accepted_images(step: Step, capfd: pytest.CaptureFixture[str]) -> None:
    commit = step.production.road.accepted("integration", "staging")
    release, test = step.production.road.release(commit)
    capfd.readouterr()
    expected = {"commit": commit, "release": release, "test": test, "result": "accepted"}
    assert step.run("verify", *TO_PRODUCTION, commit) == (0, expected)
    assert capfd.readouterr().out == f"{commit[:12]} may go to production: {release}\n"
    answer = step.json("verify", *TO_PRODUCTION, commit)
    assert answer.items() >= {"result": "accepted", "environment": "production", **expected, "action": "deploy"}.items()
    refused = step.production.road.on_main()
    assert step.run("verify", *TO_PRODUCTION, refused) == (4, {"commit": refused})


def test_going_back_is_named_as_such(step: Step) -> None:
    words = ("verify", "--environment", "production", "--backwards")
    assert step.json(*words)["action"] == "rollback"
    assert step.json(*words)["commit"] == step.production.first


def test_dry_run_prints_the_steps(step: Step, capfd: pytest.CaptureFixture[str]) -> None:
    commit = step.production.road.accepted("integration", "staging")
    release = step.production.road.release(commit)[0]
    capfd.readouterr()
    assert step.run("deploy", *TO_PRODUCTION, commit, "--dry-run") == (0, {})
    assert capfd.readouterr().out == f"bring up {release}\n"
    assert step.json("deploy", *TO_PRODUCTION, commit, "--dry-run") == {"plan": [f"bring up {release}"]}
    assert step.production.runs == step.production.second


def test_deploy_prints_its_outcome_as_json(step: Step) -> None:
    commit = step.production.road.accepted("integration", "staging")
    done = step.json("deploy", *TO_PRODUCTION, commit)
    assert (done["commit"], done["result"]) == (commit, "passed")
    entry = step.json("record", "--outcome", step.production.outcome, *TO_PRODUCTION, commit)
    assert (entry["number"], entry["deployment"]["commit"]) == (3, commit)
    assert [each["number"] for each in step.json("history", "production")] == [3, 2, 1]


def test_record_needs_to_know_what_was_to_be_deployed(step: Step) -> None:
    outcome = step.production.outcome
    for words in (TO_PRODUCTION[:2], ("--commit", step.production.second)):
        assert step.run("record", "--outcome", outcome, *words) == (2, {})
    assert step.run("record", "--outcome", "no outcome", *TO_PRODUCTION, step.production.second) == (2, {})
    assert len(step.production.entries()) == 2


def test_recording_again_adds_no_entry(step: Step) -> None:
    newest = step.production.entries()[-1]
    words = ("record", "--outcome", step.production.outcome, *TO_PRODUCTION, step.production.second)
    assert step.run(*words) == (0, {"entry": "2", "sha256": newest.sha256, "recorded": ""})
    assert step.production.entries()[-1] == newest


def test_waiting_outcomes_are_recorded_and_listed(step: Step) -> None:
    assert step.json("record", "--pending") == []
    step.production.remote(up=False)
    assert step.production.back() == 0
    step.production.remote(up=True)
    (entry,) = step.json("record", "--pending")
    assert (entry["number"], entry["deployment"]["action"]) == (3, "rollback")


def test_advance_puts_out_what_moved(step: Step, capfd: pytest.CaptureFixture[str]) -> None:
    road = step.production.road
    older, newer = (road.workspace.commit(), road.workspace.commit())
    for commit in (older, newer):
        road.record("integration", commit)
    assert step.run("advance", "--commit", older) == (0, {"state": "advanced"})
    assert step.json("advance", "--commit", newer).items() >= {"state": "advanced", "staging": True}.items()
    capfd.readouterr()
    assert step.run("advance", "--commit", older) == (0, {"state": "superseded"})
    assert f"contains {older[:12]} and newer commits" in capfd.readouterr().err
    repository = road.workspace.repository()
    assert (repository.branch("main"), repository.tag(stages.STAGING.tag)) == (newer, newer)
    assert step.run("advance", "--commit", road.workspace.commit()) == (4, {})


def test_in_a_job_advance_starts_staging(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[object, ...]] = []
    road = step.production.road
    callers = road.workspace.clone / ".github" / "workflows"
    callers.mkdir(parents=True)
    for name in ("later.yml", "staging.yml"):
        (callers / name).write_text("on: workflow_dispatch\n")
    road.workspace.git("add", ".github")
    commit = road.workspace.commit()
    road.record("integration", commit)
    monkeypatch.setattr(github, "_commands", github._Commands())
    monkeypatch.setattr("cicd.github.dispatch_workflow", lambda *words: started.append(words))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/app")
    monkeypatch.delenv("GITHUB_SERVER_URL", raising=False)
    assert step.run("advance", "--commit", commit, "--staging-workflow", "later.yml") == (0, {"state": "advanced"})
    assert started == [("acme/app", "later.yml", "main", {"commit": commit})]
    assert step.run("advance", "--commit", commit)[0] == 0
    assert started[1:] == [("acme/app", "staging.yml", "main", {"commit": commit})]


def test_approval_says_when_and_in_which_run(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/app")
    monkeypatch.setenv("GITHUB_RUN_ID", "7")
    assert step.run("approve", "--yes", "production", step.production.second, "--reason", "checked")[0] == 0
    given = step.production.entries()[-1].deployment
    assert (given.action, given.run) == ("approve", "https://github.com/acme/app/actions/runs/7")
    assert given.started
    assert given.started == given.ended


def test_commit_off_main_is_not_approved(step: Step, capfd: pytest.CaptureFixture[str]) -> None:
    road = step.production.road
    road.workspace.git("checkout", "--quiet", "-b", "elsewhere")
    commit = road.workspace.commit()
    for environment in ("integration", "staging"):
        road.record(environment, commit)
    assert step.run("approve", "--yes", "production", commit, "--reason", "checked")[0] == 4
    assert "is not on main" in capfd.readouterr().err


def test_only_a_stage_that_a_tag_starts_can_be_promoted(step: Step, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["promote", "integration", "--yes"]) == 2
    assert "integration" in capfd.readouterr().err


class TestEnds:
    """How the program itself ends."""

    def ending(self, monkeypatch: pytest.MonkeyPatch, error: BaseException | None = None) -> int:
        """Return the exit code where a command returns 7, or ends with an error."""

        def run(_: object) -> int:
            print("done")
            if error:
                raise error
            return 7

        monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
        monkeypatch.setattr(importlib, "import_module", lambda _: SimpleNamespace(run=run, configure=lambda _: None))
        return cli.main(["status"])

    def test_exit_code_is_that_of_the_command(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.ending(monkeypatch) == 7

    def test_interrupted_command_ends_with_130(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.ending(monkeypatch, KeyboardInterrupt()) == 130
        assert capsys.readouterr().err == "ml-cicd: stopped.\n"

    @pytest.mark.parametrize("code", [0, 2, 5])
    def test_parser_decides_its_exit_code(self, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
        assert self.ending(monkeypatch, SystemExit(code)) == code

    @pytest.mark.parametrize("name", [None, "cicd.gone"])
    def test_missing_module_of_the_kit_is_no_missing_package(
        self, monkeypatch: pytest.MonkeyPatch, name: str | None
    ) -> None:
        with pytest.raises(ModuleNotFoundError):
            self.ending(monkeypatch, ModuleNotFoundError("gone", name=name))

    def test_output_that_can_not_be_written_is_told(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        class Full(io.StringIO):
            def write(self, _: str) -> int:
                raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", Full())
            assert self.ending(patch) == 7
            assert cli.main(["--version"]) == 69
        assert capsys.readouterr().err.count("Could not write the output: [Errno 28] No space left on device") == 2

    @pytest.mark.parametrize(("words", "code"), [([], 2), (["help"], 0), (["-h"], 0), (["--version"], 0), (["no"], 2)])
    def test_help_is_no_mistake(self, words: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(words) == code
        printed = capsys.readouterr()
        assert ("usage: ml-cicd COMMAND" in printed.out) is (words not in (["--version"], ["no"]))
        assert bool(printed.err) is (words == ["no"])
