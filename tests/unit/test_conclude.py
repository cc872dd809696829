"""The gate over a run's jobs: green only when every one of them succeeded."""

from __future__ import annotations

import json
from itertools import product

import pytest

from cicd import cli

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
