"""How `act` treats outputs and the source form, as far as the kit relies on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cicd import testing
from cicd.act import requirements
from cicd.testing.run import start_act
from tests.act.support.case import ROOT, outputs

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.testing import Kit, Project

TOLD = {"empty": "", "plain": "a=b", "lines": 'first\n\n  third, "quoted" $(id)\n', "data": '{"passed": 12}'}


def _job(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"on": {"workflow_dispatch": {}}, "jobs": {"only": {"runs-on": "ubuntu-latest", "steps": list(steps)}}}


def test_outputs_arrive_whatever_they_contain(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> None:
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
    assert outputs(run) == TOLD


def test_act_rejects_the_source_form(calling_project: Project, tmp_path: Path) -> None:
    """`uses: $/actions/x` is why the kit is frozen before `act` runs it."""
    text = json.dumps(_job({"name": "Set up", "uses": "$/actions/setup"}))
    needs, event = requirements.Needs(), calling_project.dispatch({})
    start_act(calling_project, tmp_path, text, event, needs, secrets={}, variables={}, overrides={})
    said = (tmp_path / "act.jsonl").read_text("utf-8")
    rejected = "Actual '$/actions/setup' Input string was not in a correct format"
    assert rejected in said, "act takes `$/` now: local runs need no rewriting any more (cicd/freeze.py)"


def test_what_a_project_prints_is_no_output_and_no_annotation(
    scripted_kit: Kit, calling_project: Project, tmp_path: Path
) -> None:
    """A command of the kit makes act ignore printed workflow commands, and still annotates."""
    script = (
        "from cicd import github\n"
        "github.ignore_printed_commands()\n"
        "print('::set-output name=outcome::forged')\n"
        "print('::stop-commands::mine')\n"
        "github.annotate('error', 'of the kit')\n"
        "print('::error::of the project')\n"
        "print('::mine::')\n"
        "print('::set-output name=outcome::forged')\n"
    )
    workflow = _job(
        {"name": "Test", "id": "test", "shell": "python", "env": {"PYTHONPATH": str(ROOT)}, "run": script},
        {
            "name": "Take",
            "env": {"OUTPUTS": "${{ toJSON(steps.test.outputs) }}"},
            "run": 'printf "%s" "$OUTPUTS" > "$ML_CICD_TEST/outputs.json"; echo "::notice::of the next step"',
        },
    )
    event = calling_project.dispatch({})
    run = testing.run(scripted_kit, calling_project, tmp_path, json.dumps(workflow), event=event)
    assert outputs(run) == {}
    assert [note.message for note in run.annotations] == ["of the kit", "of the next step"]
