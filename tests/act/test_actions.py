"""Every composite action passes each input to its one command, and hands on the outputs."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import pytest

from cicd import cli, git
from cicd.testing.run import NO_ENGINE
from tests.act.support import action_cases

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cicd.testing import Project, Run
    from tests.act.support.case import Case


@pytest.mark.parametrize("case", action_cases.CASES, ids=lambda case: case.name)
def test_action(case: Case, run_of: Callable[[Case], Run]) -> None:
    case.check(run_of(case))


@pytest.fixture
def clone(calling_project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clone of the project, made the current directory, on a machine without an engine."""
    git.text(tmp_path, "clone", "--quiet", str(calling_project.repository.path), "clone")
    monkeypatch.chdir(tmp_path / "clone")
    monkeypatch.setenv("DOCKER_HOST", NO_ENGINE)
    return tmp_path / "clone"


REQUIRED = {f"actions/{name}": action.required for name, action in action_cases.ACTIONS.items()}


@pytest.mark.parametrize("case", action_cases.MISSING, ids=attrgetter("name"))
def test_missing_input_is_usage_error(
    case: Case, run_of: Callable[[Case], Run], clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """GitHub does not enforce `required` for actions: the input arrives empty, and the command must say so."""
    (call,) = run_of(case).calls
    code = cli.main([call.command, *call.arguments])
    said = capsys.readouterr().err
    assert (code, [name for name in REQUIRED[case.of] if name in said] != []) == (2, True), said


@pytest.mark.parametrize("case", action_cases.WRONG, ids=attrgetter("name"))
def test_wrong_input_type_is_usage_error(
    case: Case, run_of: Callable[[Case], Run], clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """GitHub gives an action every input as text: the command must say what is wrong with it."""
    (call,) = run_of(case).calls
    code = cli.main([call.command, *call.arguments])
    said = capsys.readouterr().err
    assert (code, action_cases.WRONG_INPUTS[case.of.removeprefix("actions/")][2] in said) == (2, True), said
