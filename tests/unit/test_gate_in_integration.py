"""The commands of integration and production with the model gate, from the deployment to the promotion."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli, ledger
from cicd.oci import engine as engines
from cicd.produce import evaluation
from cicd.road import looking
from tests.unit.support import production
from tests.unit.support.fake_engine import Engine
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.judged import digest
from tests.unit.support.predictions import labels, write
from tests.unit.support.road import Road

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

GATE = """name = "app"
[gate]
evaluate = ["evaluate"]
set = "rows.csv"
[gate.metrics.accuracy]
margin = 0.02
"""
TESTED = f'{GATE}[tests]\nintegration = ["ask"]\n'
SET = f"ghcr.io/acme/app/evaluation@{digest('set')}"
EQUAL, WORSE = labels(4000, both_wrong=100, lost=10, won=10), labels(4000, both_wrong=100, lost=200)
CLOSE, BETTER = labels(4000, both_wrong=100, lost=400, won=360), labels(4000, both_wrong=1)[0]


class Integration:
    """A project on its road: the commands that the workflows run, with an engine in memory and a target in a folder."""

    def __init__(self, road: Road, target: FolderTarget, engine: Engine) -> None:
        self.road, self.target, self.engine = road, target, engine
        self.workspace = road.workspace
        self.builds, self.tests = 0, ""
        self.started: list[str] = []
        """Of which image each container is, in order."""
        engine.on["start .*"] = lambda: self.started.append(engine.box(engine.names()[-1]).image)

    def commit(self, text: str = GATE) -> str:
        (self.workspace.clone / "ml-cicd.toml").write_text(text)
        self.workspace.git("add", "--all")
        return self.workspace.commit()

    def deploy(self, commit: str, columns: Any, *words: str, exit_code: int = 0, of_tests: int = 0) -> int:
        """Deploy a new release of a commit to integration, and record what came of it.

        Args:
            commit: the commit.
            columns: what the release predicts.
            words: further words of the command `deploy`.
            exit_code: that of the command `evaluate`.
            of_tests: that of the integration tests.

        """
        self.builds += 1
        release = self.road.registry.add("acme/app", f"release {self.builds} of {commit}", {})
        test = self.road.registry.add("acme/app/test", f"test {self.builds} of {commit}")
        self.engine.add_image(release)
        self.engine.add_image(test)
        self.tests = test
        self.engine.ends |= {release: exit_code, test: of_tests}
        content = write(self.target.folder / "written.csv", columns).read_bytes()
        self.engine.leaves[release] = {f"{evaluation.PREDICTIONS[1:]}/predictions.csv": content}
        place = ["--environment", "integration", "--commit", commit, "--release", release, "--test", test]
        code = cli.main(["deploy", *place, *(words or ("--evaluation", SET))])
        if code in (0, 1) and "--dry-run" not in words:
            assert cli.main(["record", "--outcome", self.outcome, *place]) == 0
        return code

    @property
    def outcome(self) -> str:
        lines = (self.target.folder / "outputs").read_text().splitlines()
        return [line for line in lines if line.startswith("outcome=")][-1].removeprefix("outcome=")

    def through(self, commit: str, columns: Any) -> None:
        """Bring a new commit to production."""
        assert self.deploy(commit, columns) == 0
        assert cli.main(["advance", "--commit", commit]) == 0
        for environment in ("staging", "production"):
            assert self.promote(environment, commit) == 0

    def promote(self, environment: str, commit: str) -> int:
        self.target.folder.joinpath("running.json").unlink(missing_ok=True)  # a target for each environment
        place = ["--environment", environment, "--commit", commit]
        code = cli.main(["deploy", *place])
        if code in (0, 1):
            assert cli.main(["record", "--outcome", self.outcome, *place]) == 0
        self.target.folder.joinpath("running.json").unlink(missing_ok=True)
        return code

    def newest(self) -> ledger.Deployment:
        return ledger.read(self.workspace.repository(), "app", "integration")[-1].deployment

    @property
    def main(self) -> str | None:
        return self.workspace.repository().main_commit


@pytest.fixture
def integration(
    workspace: Workspace, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Integration:
    engine = Engine(holds={SET: {"evaluation/rows.csv": b"id\n"}})
    engine.add_image(SET)
    folder = tmp_path / "target"
    folder.mkdir()
    integration = Integration(Road(workspace, registry), FolderTarget(folder, engine=engine), engine)
    production.use(monkeypatch, integration.target, workspace.clone)
    monkeypatch.setattr(engines, "connect", engine.client)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary"))
    return integration


def test_a_first_model_an_equal_one_and_a_better_one_reach_production(
    integration: Integration, capsys: pytest.CaptureFixture[str]
) -> None:
    champion = EQUAL[1]
    integration.through(integration.commit(), champion)
    assert integration.newest().gate is not None
    for columns, verdict in ((EQUAL[0], "non-inferior"), (BETTER, "superior")):
        before = integration.newest()
        integration.through(integration.commit(), columns)
        entry = integration.newest()
        assert entry.gate
        assert entry.gate.record
        assert (entry.result, entry.gate.verdict, entry.gate.champion) == ("passed", verdict, before.release)
        assert (entry.gate.evaluation_set, entry.gate.record.rows) == (SET, 4000)
        printed = capsys.readouterr().out
        assert f"{verdict}: " in printed
        assert f"model gate: {verdict}\n" in printed
    summary = (integration.target.folder / "summary").read_text()
    assert "| model gate | superior |" in summary
    assert "Model: superior" in summary


def test_each_model_predicts_once(integration: Integration) -> None:
    integration.through(integration.commit(), EQUAL[1])
    assert integration.deploy(integration.commit(), EQUAL[0]) == 0
    assert sum(action.startswith("start ") for action in integration.engine.asked) == 1 + 2


def test_the_integration_tests_come_before_the_model(integration: Integration) -> None:
    assert integration.deploy(integration.commit(TESTED), EQUAL[0]) == 0
    assert integration.started == [integration.tests, integration.newest().release]
    assert integration.newest().gate


def test_a_failed_integration_test_means_no_evaluation_and_no_look(integration: Integration) -> None:
    commit = integration.commit(TESTED)
    assert integration.deploy(commit, EQUAL[0], of_tests=1) == 1
    assert integration.started == [integration.tests]
    entry = integration.newest()
    assert (entry.result, entry.gate) == ("failed", None)
    assert entry.reason.startswith("The integration tests failed")
    assert integration.deploy(commit, EQUAL[0]) == 0
    gate = integration.newest().gate
    assert gate
    assert gate.record
    assert gate.record.look == 1, "the failed run was no look"


def test_a_worse_model_stops_in_integration(integration: Integration, capsys: pytest.CaptureFixture[str]) -> None:
    first = integration.commit()
    integration.through(first, WORSE[1])
    worse = integration.commit()
    assert integration.deploy(worse, WORSE[0]) == 1
    entry = integration.newest()
    assert entry.gate
    assert (entry.result, entry.gate.verdict, entry.gate.decision) == ("failed", "regressed", "block")
    assert entry.reason == "The model gate's verdict on the release is regressed: accuracy is worse."
    assert "The deployment to integration failed" in capsys.readouterr().err
    assert integration.target.observe() is None  # it was not switched to
    assert cli.main(["advance", "--commit", worse]) == 4
    assert integration.main == first
    assert cli.main(["approve", "--yes", "production", worse, "--reason", "I like it"]) == 4
    assert "No approval changes that" in capsys.readouterr().err


def test_what_can_not_be_told_waits_before_production_for_a_person_who_saw_the_verdict(
    integration: Integration, capsys: pytest.CaptureFixture[str]
) -> None:
    integration.through(integration.commit(), CLOSE[1])
    commit = integration.commit()
    assert integration.deploy(commit, CLOSE[0]) == 0
    assert cli.main(["advance", "--commit", commit]) == 0
    assert integration.promote("staging", commit) == 0
    assert cli.main(["verify", "--environment", "production", "--commit", commit]) == 4
    assert integration.promote("production", commit) == 4
    assert f"ml-cicd approve production {commit[:12]}" in capsys.readouterr().err
    assert cli.main(["approve", "--yes", "production", commit, "--reason", "the lost rows do not matter"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("model gate: inconclusive; production needs an approval") < shown.index("approved by ada")
    assert "accuracy" in shown
    assert integration.promote("production", commit) == 0


CHANGED = GATE.replace("0.02", "0.03")


def test_log_and_summary_have_the_verdict_of_the_ledger(
    integration: Integration, capsys: pytest.CaptureFixture[str]
) -> None:
    """The predictions alone are superior, and the commit changes the rules."""
    integration.through(integration.commit(), EQUAL[1])
    capsys.readouterr()
    (integration.target.folder / "summary").write_text("")
    assert integration.deploy(integration.commit(CHANGED), BETTER) == 0
    gate = integration.newest().gate
    assert gate
    assert (gate.verdict, gate.decision, gate.rows_needed) == ("inconclusive", "ask", None)
    line = f"model gate: inconclusive ({gate.reason}); production needs an approval"
    printed = capsys.readouterr().out.splitlines()
    meaning = "y the predictions alone it is superior: the candidate loses less than every margin, and gains"
    assert printed[printed.index(line) + 1] == f"b{meaning}"
    assert not [text for text in printed if text.startswith("superior")]
    summary = (integration.target.folder / "summary").read_text()
    assert "### ⚠️ Model: inconclusive; production needs an approval\n" in summary
    assert f"B{meaning}." in summary
    assert "Model: superior" not in summary


def test_summary_of_the_record_has_the_verdict_of_the_look_that_it_became(
    integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another release is recorded between the deployment and its entry."""
    integration.through(integration.commit(), EQUAL[1])
    monkeypatch.setattr(looking, "_number", lambda *_: 22)
    assert integration.deploy(integration.commit(), BETTER) == 0
    gate = integration.newest().gate
    assert gate
    assert gate.verdict == "inconclusive"
    last = (integration.target.folder / "summary").read_text().rpartition("### ")[2]
    assert last.startswith("⚠️ Model: inconclusive; production needs an approval\n")
    assert last.endswith(
        "Another release was recorded first, so that this is look 22 at the evaluation set, "
        "not 1: not superior, the verdict is inconclusive.\n"
    )


def test_the_report_is_not_part_of_the_json(integration: Integration, capfd: pytest.CaptureFixture[str]) -> None:
    integration.through(integration.commit(), CLOSE[1])
    commit = integration.commit()
    capfd.readouterr()
    assert integration.deploy(commit, CLOSE[0], "--evaluation", SET, "--json") == 0
    output = capfd.readouterr()
    deployed, _ = json.JSONDecoder().raw_decode(output.out)
    assert (deployed["commit"], deployed["gate"]["verdict"]) == (commit, "inconclusive")
    assert "inconclusive: these rows can't tell" in output.err
    assert cli.main(["advance", "--commit", commit]) == 0
    assert integration.promote("staging", commit) == 0
    capfd.readouterr()
    assert cli.main(["approve", "--yes", "production", commit, "--reason", "seen", "--json"]) == 0
    output = capfd.readouterr()
    assert json.loads(output.out)["deployment"]["action"] == "approve"
    assert "model gate: inconclusive" in output.err


def test_too_small_a_set_says_how_many_rows_would_decide(
    integration: Integration, capsys: pytest.CaptureFixture[str]
) -> None:
    candidate, champion = labels(60, lost=3, won=2)
    integration.through(integration.commit(), champion)
    assert integration.deploy(integration.commit(), candidate) == 0
    assert integration.newest().gate.verdict == "inconclusive"  # type: ignore[union-attr]
    assert "rows of this kind would decide" in capsys.readouterr().out


def test_a_release_that_can_not_be_evaluated_is_a_failed_deployment(
    integration: Integration, capsys: pytest.CaptureFixture[str]
) -> None:
    assert integration.deploy(integration.commit(), EQUAL[0], exit_code=3) == 1
    assert integration.newest().reason == "The command evaluate failed with exit code 3."
    assert integration.newest().gate is None
    assert integration.target.observe() is None


def test_a_release_that_runs_already_is_judged_again(integration: Integration) -> None:
    commit = integration.commit()
    assert integration.deploy(commit, EQUAL[0]) == 0
    integration.builds -= 1
    assert integration.deploy(commit, EQUAL[0]) == 0
    first, again = (entry.deployment for entry in ledger.read(integration.workspace.repository(), "app", "integration"))
    assert first.release == again.release
    assert again.gate == first.gate


def test_without_the_evaluation_set_nothing_is_changed(
    integration: Integration, capsys: pytest.CaptureFixture[str]
) -> None:
    assert integration.deploy(integration.commit(), EQUAL[0], "--evaluation", "") == 2
    assert "--evaluation names no evaluation set" in capsys.readouterr().err
    assert integration.target.observe() is None


def test_a_dry_run_says_what_would_be_evaluated(integration: Integration, capsys: pytest.CaptureFixture[str]) -> None:
    assert integration.deploy(integration.commit(), EQUAL[0], "--evaluation", SET, "--dry-run") == 0
    assert f" on {SET}" in capsys.readouterr().out


def test_a_commit_that_removes_the_gate_needs_no_evaluation_set(
    integration: Integration, capsys: pytest.CaptureFixture[str]
) -> None:
    integration.through(integration.commit(), EQUAL[0])
    commit = integration.commit('name = "app"\n')
    assert integration.deploy(commit, EQUAL[0], "--evaluation", "", "--dry-run") == 0
    assert "judge the model: ask, since the commit removes [gate]" in capsys.readouterr().out
    assert integration.deploy(commit, EQUAL[0], "--evaluation", "") == 0
    gate = integration.newest().gate
    assert gate
    assert (gate.verdict, gate.reason) == ("inconclusive", "the commit removes [gate]")


def test_a_dry_run_without_a_gate_judges_nothing(integration: Integration, capsys: pytest.CaptureFixture[str]) -> None:
    assert integration.deploy(integration.commit('name = "app"\n'), EQUAL[0], "--evaluation", "", "--dry-run") == 0
    assert "judge the model" not in capsys.readouterr().out


def test_a_project_without_a_gate_is_as_before(integration: Integration, capsys: pytest.CaptureFixture[str]) -> None:
    integration.through(integration.commit('name = "app"\n'), EQUAL[0])
    assert integration.newest().gate is None
    assert "model gate" not in capsys.readouterr().out


def test_a_stranger_of_the_project_can_not_hand_in_a_verdict_for_another_stage(integration: Integration) -> None:
    commit = integration.commit()
    integration.through(commit, EQUAL[0])
    forged = ledger.decode(integration.outcome)
    forged["gate"] = {"verdict": "superior", "decision": "pass", "rules": digest("rules")}
    words = ["--environment", "production", "--commit", commit]
    assert cli.main(["record", "--outcome", ledger.encode(ledger.deployment_from(forged)), *words]) == 4
