"""What a person sees of a long step: time and last line, in one line of a terminal, or now and then in a log."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from cicd import ledger
from cicd.act import execution
from cicd.act.log import Job, Log, Parser, Step
from cicd.act.workflows import Workflow
from cicd.forge.events.triggers import PlannedRun
from cicd.forge.running import cleanup, progress, runner
from cicd.forge.running.progress import Progress
from cicd.forge.running.records import Run
from cicd.forge.state import Forge, State
from cicd.printers.runs import RunPrinter

if TYPE_CHECKING:
    from pathlib import Path

RUN = Run(3, "staging", "staging.yml", "workflow_dispatch", "refs/heads/main", "a" * 40, "ada", "", result="success")


class Clock:
    """A clock that a test moves."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def training() -> Parser:
    """Return a parser in whose log a step is in progress."""
    parser = Parser()
    job = Job("integration/x/Train", "x")
    job.steps.append(Step(job, "Train the model", "Main", ("0",), output=["epoch 1", "epoch 2  ", ""]))
    parser.log.jobs.append(job)
    return parser


def watched(clock: Clock, tmp_path: Path, columns: int, seconds: int) -> None:
    """Look at a step in progress four times a second."""
    progress = Progress(training(), RunPrinter(columns), lambda: True, tmp_path / "cancel")
    for _ in range(4 * seconds):
        progress.tick()
        clock.now += 0.25


def test_terminal_shows_time_and_last_line_in_place(
    clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watched(clock, tmp_path, 100, 60)
    shown = capsys.readouterr().out
    assert "\n" not in shown
    versions = [version.removesuffix("\x1b[K") for version in shown.split("\r") if version]
    assert not shown.endswith("\r"), "a terminal writes ^C behind the line, not over it"
    assert 40 < len(versions) <= 60
    assert versions[-1].endswith(" s  integration / Train: Train the model | epoch 2")
    seconds = [float(version.split()[1]) for version in versions]
    assert all(earlier < later for earlier, later in pairwise(seconds))
    assert seconds[-1] > 50


def test_line_fits_the_terminal(clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watched(clock, tmp_path, 30, 3)
    versions = capsys.readouterr().out.split("\r")
    assert {len(version.removesuffix("\x1b[K")) for version in versions if version} == {27}, "^C fits, too"


def test_log_gets_few_whole_lines(clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watched(clock, tmp_path, 0, 600)
    shown = capsys.readouterr().out
    assert "\r" not in shown
    assert "\x1b" not in shown
    lines = shown.splitlines()
    assert 5 <= len(lines) <= 14
    assert lines[0].split()[:2] == ["...", "10.2"]
    assert lines[0].endswith("Train the model | epoch 2")


def test_next_line_takes_the_place_of_the_live_one(capsys: pytest.CaptureFixture[str]) -> None:
    printer = RunPrinter(80)
    step = training().log.running[0]
    printer.still_running({step: 3.0})
    printer.note("one")
    printer.note("two")
    assert capsys.readouterr().out.endswith("\x1b[K\r\x1b[Kone\ntwo\n")


def test_cancelled_command_ends_the_live_line(capsys: pytest.CaptureFixture[str]) -> None:
    printer = RunPrinter(80)
    printer.still_running({training().log.running[0]: 3.0})
    printer.interrupted()
    assert capsys.readouterr().out.endswith("Train the model | epoch 2\x1b[K\n")
    printer.interrupted()
    assert capsys.readouterr().out == ""


def test_cancellation_of_a_command_ends_the_live_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    printer = RunPrinter(80)

    class Cancelled:
        """An invocation of act that shows a step, and is cancelled then."""

        def __init__(self, *_: object) -> None: ...

        def run(self, _progress: Progress) -> int:
            printer.still_running({training().log.running[0]: 3.0})
            raise execution.CancelledError

    monkeypatch.setattr(runner, "Invocation", Cancelled)
    monkeypatch.setattr(cleanup, "clean", lambda *_: None)
    forge = Forge(tmp_path)
    workflow = Workflow("staging.yml", "staging")
    planned = PlannedRun(workflow, "push", "refs/heads/main", "a" * 40, {}, "ada")
    state = State("app", "acme/app", str(tmp_path), "localhost:5", "", "", "", "")
    session = runner.Session(forge, state, None, printer, lambda: True, 1)  # type: ignore[arg-type]
    with pytest.raises(execution.CancelledError):
        runner.run_one(session, planned)
    assert capsys.readouterr().out.endswith("\x1b[K\n")


def test_terminal_of_the_push_is_told_from_a_file(tmp_path: Path) -> None:
    code = "from cicd.forge import push_process; print(push_process.Terminal().columns)"
    script = tmp_path / "git"  # named as the push is
    script.symlink_to(sys.executable)
    inner = f"import subprocess, sys; subprocess.run([{sys.executable!r}, '-c', {code!r}])"
    read = {}
    for name in ("terminal", "file"):
        primary, secondary = pty.openpty()
        with (tmp_path / "log").open("w") as file:
            stderr = secondary if name == "terminal" else file.fileno()
            done = subprocess.run(
                [str(script), "-c", inner], stdout=subprocess.PIPE, stderr=stderr, text=True, check=True,
                env={**os.environ, "TERM": "xterm"},
            )  # fmt: skip
        read[name] = int(done.stdout)
        os.close(primary)
        os.close(secondary)
    assert read == {"terminal": 80, "file": 0}


def deployed(environment: str, **changes: object) -> Step:
    """Return a step whose output is the outcome of a deployment."""
    done = ledger.Deployment("app", environment, "deploy", "passed", "b" * 40, "r@sha256:1", "t@sha256:2",
                             url="http://localhost:20123")  # fmt: skip
    done = replace(done, **changes)  # type: ignore[arg-type]
    return Step(Job("j", "j"), "Deploy", "Main", ("0",), "success", outputs={"outcome": ledger.encode(done)})


def log_of(*steps: Step) -> Log:
    log = Log()
    for step in steps:
        step.job.steps.append(step)
        log.jobs.append(step.job)
    return log


def test_end_of_a_run_says_what_serves_where(capsys: pytest.CaptureFixture[str]) -> None:
    steps = [deployed("staging"), deployed("staging"), deployed("production", url="")]
    other = Step(Job("k", "k"), "x", "Main", ("0",), outputs={"outcome": "?"})
    broken = [deployed("integration", result="failed"), other]
    RunPrinter().ended(RUN, log_of(*steps, *broken))
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  staging: http://localhost:20123 serves bbbbbbb", "  production: holds bbbbbbb, without an address",
    ]  # fmt: skip


def test_run_without_deployment_says_nothing_of_environments(capsys: pytest.CaptureFixture[str]) -> None:
    RunPrinter().ended(RUN, log_of())
    assert len(capsys.readouterr().out.splitlines()) == 1
