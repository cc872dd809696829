"""With the real bootstrap and command: the set-up from nothing and again, and what the command says to `act`."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from cicd import __version__, testing
from cicd.forge import workflows
from cicd.testing import Kit
from cicd.testing.run import start_act
from tests.act.cases import ROOT, outputs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cicd.testing import Project, Run

TOLD = {"empty": "", "plain": "a=b", "lines": 'first\n\n  third, "quoted" $(id)\n', "data": {"passed": 12}}


def _job(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"on": {"workflow_dispatch": {}}, "jobs": {"only": {"runs-on": "ubuntu-latest", "steps": list(steps)}}}


SET_UP = _job(
    {"name": "Set up", "uses": "org/ml-cicd/actions/setup@v1"},
    {"name": "Ask for the version", "id": "ask", "run": 'echo "said=$(ml-cicd --version)" >> "$GITHUB_OUTPUT"'},
)


def _set_up(kit: Kit, project: Project, folder: Path) -> Run:
    """The set-up with what `folder` keeps from the run before: `act` gives steps a tool cache there."""
    return testing.run(kit, project, folder, json.dumps(SET_UP), event=project.dispatch({}))


@dataclass(frozen=True)
class FirstSetUp:
    """The set-up on a machine that has nothing: locked dependencies, from the package index."""

    name: str = "first set-up"

    def start(self, _: Kit, project: Project, folder: Path) -> Run:
        """Run it with the real kit."""
        return _set_up(Kit.frozen(ROOT, folder / "kit"), project, folder)


FIRST = FirstSetUp()


@pytest.fixture
def machine(run_of: Callable[[FirstSetUp], Run]) -> Path:
    """A machine that was set up once. The kit that it ran is in `kit`."""
    return run_of(FIRST).folder


def _assert_runs(run: Run, version: str) -> None:
    assert run.results == {"only": "success"}
    assert run.step("Ask for the version").outputs == {"said": f"ml-cicd {version}"}


def _cached(machine: Path) -> list[str]:
    return sorted(path.name for path in (machine / "act" / "tool_cache" / "ml-cicd").iterdir())


@pytest.mark.parametrize("case", [FIRST], ids=[FIRST.name])
def test_a_machine_with_nothing_is_set_up(case: FirstSetUp, run_of: Callable[[FirstSetUp], Run]) -> None:
    run = run_of(case)
    _assert_runs(run, __version__)
    print(f"set-up with an empty tool cache: {run.step('Set up').seconds:.2f} s")


def test_a_second_set_up_installs_nothing(calling_project: Project, machine: Path) -> None:
    before = _cached(machine)
    run = _set_up(Kit(machine / "kit"), calling_project, machine)
    _assert_runs(run, __version__)
    assert _cached(machine) == before
    print(f"set-up with a warm tool cache: {run.step('Set up').seconds:.2f} s")


def test_each_job_runs_the_command_of_its_own_commit(calling_project: Project, machine: Path, tmp_path: Path) -> None:
    kit, other = Kit(machine / "kit"), Kit(tmp_path / "kit")
    shutil.copytree(kit.path, other.path)
    version = other.path / "cicd" / "__init__.py"
    version.write_text(version.read_text("utf-8").replace(__version__, "0.0.0"), "utf-8")
    _assert_runs(_set_up(other, calling_project, machine), "0.0.0")
    _assert_runs(_set_up(kit, calling_project, machine), __version__)


def test_outputs_arrive_whatever_is_in_them(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> None:
    """`github.set_outputs` as the next step sees it: empty, with several lines, as JSON."""
    write = f"from cicd.github import set_outputs; set_outputs({TOLD!r})"
    workflow = _job(
        {"name": "Write", "id": "write", "shell": "python", "env": {"PYTHONPATH": str(ROOT)}, "run": write},
        {
            "name": "Take",
            "env": {"OUTPUTS": "${{ toJSON(steps.write.outputs) }}"},
            "run": 'printf "%s" "$OUTPUTS" > "$ML_CICD_TEST/outputs.json"',
        },
    )
    event = calling_project.dispatch({})
    run = testing.run(scripted_kit, calling_project, tmp_path, json.dumps(workflow), event=event)
    assert outputs(run) == {**TOLD, "data": json.dumps(TOLD["data"])}


def test_act_still_rejects_the_source_form(calling_project: Project, tmp_path: Path) -> None:
    """`uses: $/actions/x` is why the kit is frozen before `act` runs it."""
    text = json.dumps(_job({"name": "Set up", "uses": "$/actions/setup"}))
    needs, event = workflows.Needs(), calling_project.dispatch({})
    start_act(calling_project, tmp_path, text, event, needs, secrets={}, variables={})
    said = (tmp_path / "act.jsonl").read_text("utf-8")
    rejected = "Actual '$/actions/setup' Input string was not in a correct format"
    assert rejected in said, "act takes `$/` now: local runs need no rewriting any more (cicd/freeze.py)"
