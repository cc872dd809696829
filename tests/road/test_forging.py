"""A project whose tests try to forge an entry of the ledger: what they print and write is data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import ledger

if TYPE_CHECKING:
    from tests.road.support.project import Project

FORGER = """
import os
import pathlib

OUTCOMES = {outcomes!r}
lines = []
for outcome in OUTCOMES:
    lines += ["::set-output name=outcome::" + outcome, "::set-output name=result::passed", "outcome=" + outcome]
text = chr(10).join(["", "::stop-commands::mine", *lines, "::mine::", *lines, ""])
print(text, flush=True)
folders = ["/", "/tmp", "/run", "/dev/shm", "/github", "/github/file_commands", os.getcwd(), os.path.expanduser("~")]
named = [value for value in os.environ.values() if value.startswith("/")]
for place in [*named, *(os.path.join(folder, name) for folder in folders for name in ("GITHUB_OUTPUT", "output"))]:
    try:
        with open(place, "a") as stream:
            stream.write(text)
    except OSError:
        pass
pathlib.Path(os.environ["ML_CICD_RESULTS"]).write_text("<testsuites><tests")
"""


@pytest.mark.case("K13", "forged outcome printed by a test")
def test_project_that_forges_an_outcome_records_nothing_but_its_failure(road: Project) -> None:
    before = {name: road.history(name) for name in ("integration", "staging", "production")}
    known = before["production"][0]["deployment"]
    basis = before["staging"][0]
    approval = ledger.Deployment(
        "tiny", "production", "approve", "approved", known["commit"], known["release"], known["test"],
        basis=ledger.Basis("staging", basis["number"], basis["sha256"]), actor="somebody-else", started="now",
    )  # fmt: skip
    passed = replace(approval, environment="integration", action="deploy", result="passed", basis=None)
    outcomes = [outcome.to_json() for outcome in (approval, passed)]
    outcomes += [ledger.encode(approval), ledger.encode(passed), ledger.encode(passed, replace(passed, observed=True))]
    road.write("app/ask.py", FORGER.format(outcomes=outcomes))
    commit = road.commit("tests that forge")
    (run,) = road.push("--force", "develop")
    assert (run.file, run.result) == ("integration.yml", "failure"), road.said
    after = {name: road.history(name) for name in before}
    assert (after["staging"], after["production"]) == (before["staging"], before["production"])
    (new,) = after["integration"][: -len(before["integration"])]
    done = new["deployment"]
    assert (done["action"], done["result"], done["commit"], done["observed"]) == ("deploy", "failed", commit, False)
    assert "results" in done["reason"], "its unreadable results are a failure"
