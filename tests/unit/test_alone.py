"""While a command writes files into a clone, a second one refuses to start and changes nothing."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cicd import cli
from cicd.errors import RefusedError
from cicd.start import alone
from tests.static.support.kit import ROOT
from tests.unit.support import foreign_projects

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys, time
from pathlib import Path
from cicd.start.alone import alone
with alone(Path(sys.argv[1])):
    print("writes", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (tmp_path / "app.py").write_text("print('hello')\n")
    foreign_projects.git(tmp_path, "init", "--quiet")
    return tmp_path


def everything(clone: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in clone.rglob("*") if path.is_file()}


@pytest.mark.parametrize("words", [["adopt", "--kind", "batch"], ["adopt", "--undo"], ["upgrade"]])
def test_second_command_changes_nothing(clone: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    before = everything(clone)
    with alone.alone(clone):
        assert cli.main([*words, "--directory", str(clone)]) == RefusedError.exit_code
    assert "Another command of ml-cicd writes files into" in capsys.readouterr().err
    assert everything(clone) == before


@pytest.mark.parametrize("words", [["adopt", "--dry-run"], ["upgrade", "--check"]])
def test_command_that_writes_nothing_need_not_wait(
    clone: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with alone.alone(clone):
        cli.main([*words, "--directory", str(clone)])
    assert "Another command" not in capsys.readouterr().err


def test_command_that_is_killed_keeps_nobody_away(clone: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, clone], stdout=subprocess.PIPE, cwd=ROOT, text=True) as first:
        assert first.stdout
        assert first.stdout.readline() == "writes\n"
        with pytest.raises(RefusedError), alone.alone(clone):
            pass
        first.send_signal(signal.SIGKILL)
    with alone.alone(clone):
        pass


def test_file_system_without_locks_keeps_nobody_away(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with alone.alone(clone), alone.alone(clone):
        pass
