"""The gate over a run's jobs: green only when every one of them succeeded."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING

import pytest

from cicd import cli
from cicd.road.conclusion import Conclusion, conclude

if TYPE_CHECKING:
    from pathlib import Path

RESULTS = ("success", "failure", "cancelled", "skipped", "")


@pytest.mark.parametrize("results", list(product(RESULTS, repeat=2)), ids=",".join)
def test_run_passes_if_every_job_succeeded(results: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    needs = {f"job-{number}": {"result": result, "outputs": {}} for number, result in enumerate(results)}
    assert cli.main(["conclude", "--needs", json.dumps(needs)]) == (0 if results == ("success", "success") else 1)


@pytest.mark.parametrize("results", list(product(RESULTS, repeat=2)), ids=",".join)
def test_superseded_run_may_skip_jobs(results: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    needs = {f"job-{number}": {"result": result, "outputs": {}} for number, result in enumerate(results)}
    needs["verify"] = {"result": "success", "outputs": {"result": "superseded"}}
    assert cli.main(["conclude", "--needs", json.dumps(needs)]) == (0 if {*results} <= {"success", "skipped"} else 1)


@pytest.mark.case("K3", "lost outcome")
@pytest.mark.parametrize("deploy", ["success", "failure"])
def test_lost_outcome_is_red_and_says_how_to_record_it(
    deploy: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    ended = "passed" if deploy == "success" else "failed"
    lost = {"deploy": {"result": deploy, "outputs": {"result": ended}}, "record": {"result": "skipped", "outputs": {}}}
    assert cli.main(["conclude", "--needs", json.dumps(lost)]) == 1
    output = capsys.readouterr().err
    assert "The job deploy began a deployment, and its outcome did not arrive: nothing was recorded." in output
    assert "ml-cicd record --observed --environment ENVIRONMENT" in output
    refused = {**lost, "deploy": {"result": "failure", "outputs": {}}}
    recorded = {**lost, "record": {"result": "success", "outputs": {}}}
    for needs in (refused, recorded):
        cli.main(["conclude", "--needs", json.dumps(needs)])
        assert "its outcome did not arrive" not in capsys.readouterr().err


def test_failed_jobs_are_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    needs = {"build": {"result": "success"}, "test": {"result": "failure"}, "check": {"result": "cancelled"}}
    assert cli.main(["conclude", "--needs", json.dumps(needs)]) == 1
    printed = capsys.readouterr()
    assert printed.out == "build: success\ntest: failure\ncheck: cancelled\n"
    assert [line for line in printed.err.splitlines() if "ended with" in line] == [
        "error: Not every job succeeded: The job test ended with: failure.",
        "error: Not every job succeeded: The job check ended with: cancelled.",
    ]


def test_nothing_is_named_where_all_succeeded_or_were_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    superseded = {"result": "success", "outputs": {"result": "superseded"}}
    for needs in ({"build": {"result": "success"}}, {"verify": superseded, "deploy": {"result": "skipped"}}):
        assert cli.main(["conclude", "--needs", json.dumps(needs)]) == 0
    assert capsys.readouterr().err == ""


def test_step_puts_out_the_result_and_prints_json_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    output, summary = tmp_path / "output", tmp_path / "summary"
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    needs = ["conclude", "--needs", '{"build": {"result": "success"}}']
    assert cli.main(needs) == 0
    assert "result=passed" in output.read_text().splitlines()
    assert summary.read_text() == "### passed\n\n* build: success\n"
    assert capfd.readouterr().out == "build: success\n"
    assert cli.main([*needs, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["result"] == "passed"


def test_jobs_must_be_given() -> None:
    assert cli.main(["conclude"]) == 2


@pytest.mark.parametrize("needs", ["", "no JSON", "[]", "{}", "7", '{"build": {}}', '{"build": "success"}'])
def test_other_text_is_a_usage_error(needs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert cli.main(["conclude", "--needs", needs]) == 2


@pytest.mark.parametrize(("outcome", "lost"), [("", ("deploy",)), ("GH_GH", ())])
def test_deployment_that_passed_its_outcome_on_is_not_lost(outcome: str, lost: tuple[str, ...]) -> None:
    deploy = {"result": "failure", "outputs": {"result": "failed", "outcome": outcome}}
    needs = json.dumps({"deploy": deploy, "record": {"result": "skipped", "outputs": {}}})
    assert conclude(needs).lost == lost


def test_only_a_failed_run_names_the_jobs_that_did_not_succeed() -> None:
    jobs = {"build": "success", "test": "failure", "deploy": "skipped"}
    assert Conclusion("failed", jobs).unsuccessful == {"test": "failure", "deploy": "skipped"}
    assert Conclusion("superseded", jobs).unsuccessful == {}
