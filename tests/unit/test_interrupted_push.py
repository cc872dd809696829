"""Ctrl-C while `git push` shows a run: the line in progress stays whole, and the last line says what becomes of it."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from cicd.act import execution
from cicd.act.log import Log
from cicd.forge import post_receive, push_process, remote
from cicd.forge.events import selection, triggers
from cicd.forge.running import runner
from cicd.forge.running.progress import Progress
from cicd.forge.running.records import Run
from cicd.forge.state import Forge, State
from cicd.printers.runs import RunPrinter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUN = Run(7, "ci", "ci.yml", "push", "refs/heads/x", "a" * 40, "ada", "")
PROGRESS = "  ...       3.0 s  ci / Test: Run the tests"
SAID = "cancelled: ci, run 7. What it started is being removed. Run it again: ml-cicd local rerun 7"
WAITS = 60
"""Seconds after which a test gives up. It usually takes less than a few."""

HOOK = f"""
import os, sys, time
from pathlib import Path
from cicd.act import execution
from cicd.forge import push_process
terminal = push_process.Terminal()
try:
    with execution.cancellable(lambda: terminal.say_last({SAID!r})):
        terminal.write("\\r{PROGRESS}\\x1b[K")
        Path("ready").touch()
        time.sleep({WAITS})
except execution.CancelledError:
    pass
Path("done").touch()
"""
PUSH = """
import signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
subprocess.run([{python!r}, "hook.py"])
"""
SHELL = """
trap : INT
./git push.py
printf '$ '
touch prompt
until [ -e done ]; do sleep 0.05; done
"""


@contextmanager
def terminal_of(folder: Path, script: str) -> Iterator[int]:
    """Run a shell script with a terminal that it controls; yield the other end of the terminal."""
    process, primary = pty.fork()
    if not process:
        os.chdir(folder)
        os.execve(
            "/bin/sh", ["sh", "-c", script], {**os.environ, "TERM": "xterm", "PYTHONPATH": os.pathsep.join(sys.path)}
        )
    try:
        yield primary
    finally:
        os.close(primary)
        os.waitpid(process, 0)


def read_until(primary: int, mark: str) -> str:
    """Read what a terminal shows, up to a mark or the end."""
    shown, deadline = "", time.monotonic() + WAITS
    while mark not in shown:
        assert select.select([primary], [], [], max(deadline - time.monotonic(), 0))[0], f"no {mark!r} in {shown!r}"
        try:
            chunk = os.read(primary, 4096)
        except OSError:  # Linux: the other end is closed
            break
        if not chunk:
            break
        shown += chunk.decode()
    return shown.replace("\r\r\n", "\r\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "git").symlink_to(sys.executable)
    (tmp_path / "push.py").write_text(PUSH.format(python=sys.executable))
    (tmp_path / "hook.py").write_text(HOOK)
    return tmp_path


@pytest.mark.case("K7", "Ctrl-C during git push says what becomes of the run")
@pytest.mark.parametrize("first", ["the hook", "the shell"])
def test_interrupted_push_keeps_its_line_and_says_what_became_of_its_run(folder: Path, first: str) -> None:
    if first == "the shell":
        wait = "[time.sleep(0.05) for _ in iter(Path('prompt').exists, True)]"
        hook = HOOK.replace("lambda: ", f"lambda: {wait} and None or ")
        (folder / "hook.py").write_text(hook)
    with terminal_of(folder, SHELL) as primary:
        before = read_until(primary, "\x1b[K")
        assert before == f"\r{PROGRESS}\x1b[K"
        os.write(primary, b"\x03")
        after = read_until(primary, "no such mark")
    assert after.startswith("^C"), "the line in progress stays as it was"
    assert f"\r\n{SAID}\r\n" in after
    assert after.count(SAID) == 1
    assert "\x1b[K" not in after, "nothing is removed, whoever was first"
    if first == "the shell":
        assert after.index("$ ") < after.index(SAID)


def test_prompt_of_a_shell_that_has_the_terminal_back_stays(folder: Path) -> None:
    late = "os.setpgid(0, 0); terminal.write('\\rin progress\\x1b[K'); terminal.write('\\r\\x1b[Ka line\\n')"
    (folder / "hook.py").write_text(HOOK.replace(f"time.sleep({WAITS})", late))
    with terminal_of(folder, SHELL) as primary:
        shown = read_until(primary, "no such mark")
    assert "in progress" not in shown
    assert "\r\na line\r\n" in shown
    assert "\r\x1b[Ka line" not in shown


def test_run_in_progress_is_named() -> None:
    printer = RunPrinter(80)
    assert printer.cancelled() == "cancelled: no run is in progress. The commits have arrived."
    printer.started(RUN)
    assert printer.cancelled() == SAID
    printer.ended(RUN, Log())
    assert "no run is in progress" in printer.cancelled()


@pytest.mark.parametrize(("error", "calls"), [(execution.PushGoneError, 1), (execution.CancelledError, 0)])
def test_push_that_vanished_without_a_signal_is_told_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: type[execution.CancelledError], calls: int
) -> None:
    def run_all(*_: object) -> None:
        raise error

    told: list[str] = []
    monkeypatch.setattr(Forge, "state", lambda _: State("app", "acme/app", "", "", "", "", ""))
    monkeypatch.setattr(remote, "hosted", lambda *_: None)
    monkeypatch.setattr(triggers, "by_push", lambda *_: ["planned"])
    monkeypatch.setattr(selection, "kept", lambda *_: ["planned"])
    monkeypatch.setattr(push_process, "ancestors", lambda: {1: 0})
    monkeypatch.setattr(runner, "run_all", run_all)
    post_receive.receive(Forge(tmp_path), [], RunPrinter(), lambda: told.append("said"))
    assert len(told) == calls, "a signal has called it already"


def test_vanished_push_is_told_from_a_cancelled_run(tmp_path: Path) -> None:
    progress = Progress(None, RunPrinter(), lambda: False, tmp_path / "cancel")  # type: ignore[arg-type]
    with pytest.raises(execution.PushGoneError):
        progress.tick()
