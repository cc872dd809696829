"""`up` and the next push clean up after killed runs, and each forge only after its own."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from cicd.errors import UsageError
from cicd.forge import lifecycle
from cicd.forge.running import cleanup, runner
from cicd.forge.state import Forge
from cicd.printers.runs import RunPrinter
from tests.act.support.forge import (
    RUNS_UNTIL_KILLED,
    RUNS_UNTIL_RELEASED,
    SERVICES,
    Project,
    alive,
    make_kit,
    make_project,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = make_project(tmp_path / "project", tmp_path / "cache")
    make_kit(tmp_path / "kit")
    up(project)
    return project


def up(project: Project) -> None:
    lifecycle.up(project.path, project.path.parent / "kit", lambda *_: SERVICES, lambda _: None, workflows="all")


def kill_in_the_middle(project: Project) -> int:
    """Kill the hook while a step runs, and return the process id of the step, which stays alive."""
    mark = project.path.parent / "mark"
    mark.unlink(missing_ok=True)
    project.commit({"script.sh": RUNS_UNTIL_KILLED.format(mark=mark)}, branch="killed")
    with project.start_push("-f", "killed") as push:
        process = int(until(lambda: mark.exists() and mark.read_text()))
        os.kill(project.forge.queue.processes()[0], signal.SIGKILL)
        push.wait()
    assert alive(process)
    return process


def test_up_cleans_up_after_a_killed_run(project: Project) -> None:
    process = kill_in_the_middle(project)
    up(project)
    assert not alive(process)
    assert not project.forge.work.exists()
    assert project.last.result == "lost"


def test_up_does_not_disturb_a_run(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    project.commit({"script.sh": RUNS_UNTIL_RELEASED.format(mark=mark)})
    with project.start_push("main") as push:
        until(mark.exists)
        up(project)
        mark.with_name("mark.go").touch()
        assert push.wait() == 0
    assert project.last.result == "success"


def test_down_ends_runs_and_waiting_pushes(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    project.commit({"script.sh": RUNS_UNTIL_KILLED.format(mark=mark)}, branch="one")
    with project.start_push("one") as first:
        process = int(until(lambda: mark.exists() and mark.read_text()))
        with project.start_push("one:two") as second:
            until(lambda: len(project.forge.queue.processes()) == 2)
            lifecycle.down(project.path, lambda *_: None, lambda _: None)
            first.wait(), second.wait()
    assert not alive(process)
    assert not (project.path / ".ml-cicd").exists()


def test_push_during_down_runs_nothing(project: Project) -> None:
    project.commit(branch="late")
    outputs: list[str] = []
    lifecycle.down(project.path, lambda *_: outputs.append(project.push("late")), lambda _: None)
    assert "The local forge is not up in this folder." in outputs[0]
    assert "run 1" not in outputs[0]
    assert not (project.path / ".ml-cicd").exists()


@pytest.mark.parametrize("late", ["before it takes its place", "while it waits"])
def test_push_before_down_runs_nothing(project: Project, late: str) -> None:
    forge = project.forge
    refused: list[str] = []

    def push_late() -> None:
        try:
            runner.run_all(forge, [], RunPrinter(), lambda: True)
        except UsageError as error:
            refused.append(error.message)

    push = threading.Thread(target=push_late)

    def stop(*_: object) -> None:
        if late == "while it waits":
            push.start()
            until(forge.queue.processes)

    lifecycle.down(project.path, stop, lambda _: None)
    if late != "while it waits":
        push.start()
    push.join()
    assert refused == ["The local forge is not up in this folder."]
    assert not (project.path / ".ml-cicd").exists()


@pytest.fixture
def others(tmp_path: Path) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Start processes of runs, of another forge, and of no run."""
    forge = Forge.of_project(tmp_path)
    variables = {
        "run 7": {"ML_CICD_INSTANCE": forge.instance, "ML_CICD_FORGE_RUN": "7"},
        "run 77": {"ML_CICD_INSTANCE": forge.instance, "ML_CICD_FORGE_RUN": "77"},
        "another forge's": {"ML_CICD_INSTANCE": "0" * 8, "ML_CICD_FORGE_RUN": "7"},
        "nobody's": {},
        "run 7, stubborn": {"ML_CICD_INSTANCE": forge.instance, "ML_CICD_FORGE_RUN": "7"},
    }
    words = {"run 7, stubborn": ["bash", "-c", "trap '' TERM; echo; while true; do sleep 0.1; done"]}
    processes = {
        name: subprocess.Popen(words.get(name, ["bash", "-c", "echo; sleep 60"]), env={**os.environ, **more},
                               stdout=subprocess.PIPE)
        for name, more in variables.items()
    }  # fmt: skip
    for process in processes.values():
        assert process.stdout is not None
        process.stdout.readline()
    yield processes
    for process in processes.values():
        process.kill()
        process.communicate()


def test_cleanup_ends_only_processes_of_the_run(
    tmp_path: Path, others: dict[str, subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleanup, "PATIENCE", 0.2)
    cleanup.clean(Forge.of_project(tmp_path), [7])
    ended = {name for name, process in others.items() if process.poll() is not None}
    assert ended == {"run 7", "run 7, stubborn"}
