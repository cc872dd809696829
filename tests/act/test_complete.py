"""Every workflow, job, step, action, input and output of the kit has a case."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from cicd.act import workflows
from tests.act.support import action_cases, workflow_cases
from tests.act.support.case import ROOT
from tests.tools import cases_page

STEPS_THAT_NO_CASE_FAILS = {workflow_cases.CHECKOUT, workflow_cases.INSTALL, workflow_cases.LEAVE}
SET_UP_ONLY = "setup"


def _documents(pattern: str) -> dict[str, Any]:
    return {str(file): workflows.document(file.name, file.read_text("utf-8")) for file in ROOT.glob(pattern)}


WORKFLOWS = {
    Path(file).stem: document
    for file, document in _documents(".github/workflows/*.yml").items()
    if "workflow_call" in document["on"]
}
ACTIONS = {Path(file).parent.name: document for file, document in _documents("actions/*/action.yml").items()}


def test_every_workflow_has_cases() -> None:
    assert {case.of for case in workflow_cases.CASES} == set(WORKFLOWS)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_job_succeeds_and_fails_somewhere(name: str) -> None:
    seen = {
        (job, ended.result) for case in workflow_cases.CASES if case.of == name for job, ended in case.ended.items()
    }
    for job in WORKFLOWS[name]["jobs"]:
        assert (job, "success") in seen
        assert seen & {(job, "failure"), (job, "skipped")}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_workflow_step_fails_somewhere(name: str) -> None:
    failed = {ended.failed for case in workflow_cases.CASES if case.of == name for ended in case.ended.values()}
    steps = {step["name"] for job in WORKFLOWS[name]["jobs"].values() for step in job["steps"]}
    assert steps - STEPS_THAT_NO_CASE_FAILS <= failed


@pytest.mark.parametrize("name", WORKFLOWS)
def test_cases_use_every_workflow_input_and_output(name: str) -> None:
    call = WORKFLOWS[name]["on"]["workflow_call"]
    cases = [case for case in workflow_cases.CASES if case.of == name]
    assert set(call["inputs"]) == set().union(*(case.sets for case in cases))
    assert [
        set(case.outputs) for case in cases if case.outputs is not None and case.outputs.keys() ^ call["outputs"]
    ] == []


def test_every_action_has_cases() -> None:
    assert {case.of for case in action_cases.CASES} == {f"actions/{name}" for name in set(ACTIONS) - {SET_UP_ONLY}}


@pytest.mark.parametrize("name", sorted(set(ACTIONS) - {SET_UP_ONLY}))
def test_cases_use_every_action_input_and_output(name: str) -> None:
    cases = [case for case in action_cases.CASES if case.of == f"actions/{name}"]
    assert set(ACTIONS[name]["inputs"]) == set().union(*(case.sets for case in cases))
    assert [set(case.outputs or ()) ^ set(ACTIONS[name]["outputs"]) for case in cases] == [set()] * len(cases)


@pytest.mark.parametrize("command", sorted(action_cases.ANSWERS))
def test_replies_match_outputs_of_real_commands(command: str) -> None:
    """Or else a case would prove that outputs flow which do not exist."""
    tree = ast.parse((ROOT / "cicd" / "commands" / f"{command}.py").read_text("utf-8"))
    put_out = {
        key.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "github.set_outputs"
        and isinstance(node.args[0], ast.Dict)
        for key in node.args[0].keys
        if isinstance(key, ast.Constant)
    }
    assert put_out == set(action_cases.ANSWERS[command].outputs)


@pytest.mark.parametrize("of", [of for group in cases_page.subjects() for of in group])
def test_every_outcome_has_case_or_reason(of: str) -> None:
    found = cases_page.cells(of)
    assert {column for column, cases in found.items() if not cases} == {
        c for name, c in cases_page.ABSENT if name == of
    }


def test_every_case_is_in_the_table() -> None:
    groups = [found for group in cases_page.subjects() for of in group for found in cases_page.cells(of).values()]
    in_table = [case.name for found in groups for case in found]
    assert sorted(in_table) == sorted(case.name for case in cases_page.CASES)


def test_page_of_cases_is_current() -> None:
    assert cases_page.PAGE.read_text("utf-8") == cases_page.page(), "run: python -m tests.tools.cases_page"
