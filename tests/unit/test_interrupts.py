"""A command that a runner cancels cleans up and ends: SIGTERM does what SIGINT does."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import signal, sys, time
from pathlib import Path
from cicd import cli
from cicd.commands import keys

def run(_):
    try:
        sys.stdout.write("ready\\n")
        sys.stdout.flush()
        for _ in range(6000):  # a signal between two steps of the interpreter does not end a sleep that begins then
            time.sleep(0.1)
    finally:
        for name in sys.argv[2:]:
            signal.raise_signal(getattr(signal, name))
        Path(sys.argv[1]).write_text("cleaned up")

keys.run = run
sys.exit(cli.main(["keys"]))
"""


def stopped(mark: Path, first: str, *later: str, before: str = "") -> int:
    """Send a signal to a command that runs, and others to its cleanup; return the exit code."""
    command = [sys.executable, "-c", before + PROGRAM, str(mark), *later]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(getattr(__import__("signal"), first))
        return process.wait(60)


@pytest.mark.case("K5", "a runner sends SIGINT, then SIGTERM")
@pytest.mark.parametrize(
    ("signals", "exit_code"),
    [(["SIGINT"], 130), (["SIGTERM"], 143), (["SIGINT", "SIGTERM", "SIGTERM"], 130), (["SIGTERM", "SIGTERM"], 143)],
    ids=str,
)
def test_command_cleans_up_and_ends(tmp_path: Path, signals: list[str], exit_code: int) -> None:
    assert stopped(tmp_path / "mark", *signals) == exit_code
    assert (tmp_path / "mark").read_text() == "cleaned up"


def test_second_interrupt_of_a_person_stops_the_cleanup(tmp_path: Path) -> None:
    assert stopped(tmp_path / "mark", "SIGINT", "SIGINT") == 130
    assert not (tmp_path / "mark").exists()


def test_ignored_interrupt_stays_ignored(tmp_path: Path) -> None:
    """As a shell starts a command in the background."""
    ignored = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    assert stopped(tmp_path / "mark", "SIGTERM", "SIGINT", before=ignored) == 143
    assert (tmp_path / "mark").read_text() == "cleaned up"
