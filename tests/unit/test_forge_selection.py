"""Workflows that do not use the kit are skipped locally, by name and with the reason."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd.forge.events import selection, triggers
from cicd.forge.events.payloads import HostedRepository, RefUpdate
from cicd.forge.state import ALL, KIT, Forge, State

if TYPE_CHECKING:
    from pathlib import Path

STEP = "org/ml-cicd/actions/greet@v1"
FILES = {
    "workflows/calls.yml": "{a: {uses: acme/ml-cicd/.github/workflows/ci.yml@v1}}",
    "workflows/step.yml": "{a: {runs-on: x, steps: [{run: y}, {uses: KIT}]}}",
    "workflows/through.yml": "{a: {uses: ./.github/workflows/shared.yml}}",
    "workflows/composite.yml": "{a: {runs-on: x, steps: [{uses: ./.github/inner}]}}",
    "workflows/shell.yml": "{a: {runs-on: x, steps: [{run: make lint}]}}",
    "workflows/python.yml": "{a: {runs-on: x, steps: [{uses: actions/setup-python@v6}]}}",
    "workflows/database.yml": "{a: {runs-on: x, services: {d: {image: i}}, steps: [{run: y}]}}",
}
OF_THE_KIT = {"calls.yml", "step.yml", "through.yml", "composite.yml"}


@pytest.fixture
def repository(tmp_path: Path) -> HostedRepository:
    """Return a repository with workflows of each kind, all of which a push starts."""
    for name, jobs in FILES.items():
        file = tmp_path / ".github" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"on: push\njobs: {jobs.replace('KIT', STEP)}\n")
    shared = f"on: workflow_call\njobs: {{a: {{runs-on: x, steps: [{{uses: {STEP}}}]}}}}\n"
    (tmp_path / ".github" / "workflows" / "shared.yml").write_text(shared)
    (tmp_path / ".github" / "workflows" / "bad.yml").write_text("on: [\n")
    (tmp_path / "kit").mkdir()
    (tmp_path / ".github" / "inner").mkdir()
    (tmp_path / ".github" / "inner" / "action.yml").write_text(
        f"runs: {{using: composite, steps: [{{uses: {STEP}}}]}}\n"
    )
    for words in (["init", "-q", "-b", "main"], ["add", "-A"],
                  ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "first"]):  # fmt: skip
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    return HostedRepository(tmp_path, "file:///srv/git", "acme/app")


def kept(repository: HostedRepository, which: str) -> tuple[set[str], list[str]]:
    """Return the files of the runs that a push starts, and the notes."""
    notes: list[str] = []
    commit = subprocess.check_output(["git", "-C", str(repository.path), "rev-parse", "HEAD"], text=True).strip()
    planned = triggers.by_push(repository, [RefUpdate("0" * 40, commit, "refs/heads/main")], "ada", notes.append)
    forge = Forge(repository.path / ".ml-cicd" / "local")
    state = State("app", "acme/app", str(repository.path / "kit"), "", "", "", "", workflows=which)
    runs = selection.kept(forge, state, repository, planned, notes.append)
    return {run.workflow.file for run in runs}, notes


def test_workflows_that_do_not_use_the_kit_are_skipped(repository: HostedRepository) -> None:
    files, notes = kept(repository, KIT)
    assert files == OF_THE_KIT | {"bad.yml"}
    assert len(notes) == 3
    (said,) = [note for note in notes if "shell.yml" in note]
    assert said.startswith("skipped locally: shell.yml (shell.yml) does not use the kit.")
    assert "ml-cicd local up --workflows all" in said


def test_all_workflows_are_those_that_can_run_here(repository: HostedRepository) -> None:
    files, notes = kept(repository, ALL)
    assert files == OF_THE_KIT | {"bad.yml", "shell.yml"}
    assert [note.partition(".yml)")[0] for note in notes] == [
        "skipped locally: database.yml (database", "skipped locally: python.yml (python",
    ]  # fmt: skip
    assert "'uses: actions/setup-python@v6' can't run locally" in notes[1]
    assert "'services', which need jobs that run in containers" in notes[0]
