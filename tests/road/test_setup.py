"""The set-up action with the real bootstrap and the package index: on a fresh machine, and again."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from cicd import __version__, testing
from cicd.testing import Kit, Project
from tests.road.support.project import KIT

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.testing import Run

SET_UP = json.dumps({"on": {"workflow_dispatch": {}}, "jobs": {"only": {"runs-on": "ubuntu-latest", "steps": [
    {"name": "Set up", "uses": "org/ml-cicd/actions/setup@v1"},
    {"name": "Ask for the version", "id": "ask", "run": 'echo "said=$(ml-cicd --version)" >> "$GITHUB_OUTPUT"'},
]}}})  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Make a team's repository."""
    return Project(tmp_path_factory.mktemp("team"), {"ml-cicd.toml": b'name = "app"\n'})


@pytest.fixture(scope="module")
def machine(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set up a machine once. Its kit is in `kit`, and `act` keeps a tool cache for its steps."""
    folder = tmp_path_factory.mktemp("machine")
    run = _set_up(Kit.frozen(KIT, folder / "kit"), project, folder)
    _assert_runs(run, __version__)
    return folder


def _set_up(kit: Kit, project: Project, folder: Path) -> Run:
    return testing.run(kit, project, folder, SET_UP, event=project.dispatch({}))


def _assert_runs(run: Run, version: str) -> None:
    assert run.results == {"only": "success"}
    assert run.step("Ask for the version").outputs == {"said": f"ml-cicd {version}"}


def _cached(machine: Path) -> list[str]:
    return sorted(path.name for path in (machine / "act" / "tool_cache" / "ml-cicd").iterdir())


def test_second_setup_installs_nothing(project: Project, machine: Path) -> None:
    before = _cached(machine)
    _assert_runs(_set_up(Kit(machine / "kit"), project, machine), __version__)
    assert _cached(machine) == before


def test_job_runs_command_of_its_commit(project: Project, machine: Path, tmp_path: Path) -> None:
    kit, other = Kit(machine / "kit"), Kit(tmp_path / "kit")
    shutil.copytree(kit.path, other.path)
    version = other.path / "cicd" / "__init__.py"
    version.write_text(version.read_text("utf-8").replace(__version__, "0.0.0"), "utf-8")
    _assert_runs(_set_up(other, project, machine), "0.0.0")
    _assert_runs(_set_up(kit, project, machine), __version__)
