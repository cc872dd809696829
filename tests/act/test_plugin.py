"""The plug-in as a team uses it: the example in its documentation, and runs that prove nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cicd import testing
from cicd.errors import UsageError
from tests.act.support.case import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.testing import Kit, Project, Run


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """Make a team's repository with the two files of docs/testing.md."""
    folder = tmp_path / "team"
    shutil.copytree(ROOT / "example_project" / ".github", folder / ".github")
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", (ROOT / "docs" / "testing.md").read_text("utf-8"), re.DOTALL)
    for name, text in blocks:
        (folder / name).write_text(text, "utf-8")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


def _pytest(folder: Path) -> str:
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60, check=False).stdout


@pytest.mark.parametrize("kit", ["org/ml-cicd", "acme/ml-cicd"])
def test_example_of_the_documentation_passes(team: Path, kit: str) -> None:
    """Also for a team that calls a fork of the kit."""
    for file in (team / ".github" / "workflows").glob("*.yml"):
        file.write_text(file.read_text("utf-8").replace("org/ml-cicd", kit), "utf-8")
    output = _pytest(team)
    assert "2 passed" in output, output


OK: dict[str, Any] = {"runs-on": "ubuntu-latest", "steps": [{"run": "true"}]}


def _run(kit: Kit, project: Project, folder: Path, jobs: dict[str, Any]) -> Run:
    text = json.dumps({"on": {"push": {}}, "jobs": jobs})
    return testing.run(kit, project, folder, text, event=project.push("refs/heads/x"))


def test_job_without_runner_fails(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> None:
    jobs = {"a": {**OK, "runs-on": "${{ vars.X || 'the-moon' }}"}}
    with pytest.raises(AssertionError, match="no runner with the label 'the-moon'"):
        _run(scripted_kit, calling_project, tmp_path, jobs)


def test_jobs_are_found_by_id(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> None:
    legs = {"strategy": {"matrix": {"leg": [1, 2]}}, "name": "Leg ${{ matrix.leg }}"}
    jobs = {"a": {**OK, "name": "Before / after"}, "b": {**OK, **legs}, "c": {**OK, "name": "Not run", "if": "false"}}
    assert _run(scripted_kit, calling_project, tmp_path, jobs).results == {
        "a": "success",
        "b": "success",
        "c": "skipped",
    }


def test_action_without_local_copy_fails(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> None:
    jobs = {"a": {**OK, "steps": [{"uses": "someone/tool@v1"}]}}
    with pytest.raises(UsageError, match="someone/tool@v1"):
        _run(scripted_kit, calling_project, tmp_path, jobs)


def test_job_missing_in_the_log_fails(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> None:
    run = _run(scripted_kit, calling_project, tmp_path, {"a": OK, "b": {**OK, "if": "false"}})
    assert run.results == {"a": "success", "b": "skipped"}
    run.log.jobs.remove(run.job("b"))
    assert list(run.unsound()) == ["job 'b' did not run, and act's log has no reason"]


def test_run_has_outputs_summary_and_annotations(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> None:
    script = 'echo "said=$((6 * 7))" >> "$GITHUB_OUTPUT"; echo "# Done" >> "$GITHUB_STEP_SUMMARY"; echo "::notice::hi"'
    run = _run(scripted_kit, calling_project, tmp_path, {"a": {**OK, "steps": [{"id": "tell", "run": script}]}})
    assert run.step("tell").outputs == {"said": "42"}
    assert run.job("a").summary.strip() == "# Done"
    assert [str(line) for line in run.annotations] == ["notice: hi"]


def test_steps_use_this_python(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> None:
    """The runner's `python3` is a shell script only for the bootstrap of a scripted kit."""
    script = 'python3 -c "import sys; print(sys.prefix, *sys.argv)" "a  b"; python3 no-such-file || echo "it fails"'
    run = _run(scripted_kit, calling_project, tmp_path, {"a": {**OK, "steps": [{"id": "ask", "run": script}]}})
    assert run.step("ask").output[0] == f"{sys.prefix} -c a  b"
    assert run.step("ask").output[-1] == "it fails"


def test_plugin_is_not_loaded_by_default() -> None:
    assert "pytest11" not in (ROOT / "pyproject.toml").read_text("utf-8")
