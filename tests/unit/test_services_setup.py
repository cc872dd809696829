"""What the set-up of a bare machine says when it can't go on, and that it changes nothing then."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from cicd.forge.machine import registry

SCRIPT = Path(__file__).parents[2] / "requirements" / "bootstrap.sh"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / "requirements").mkdir()
    shutil.copy(SCRIPT, tmp_path / "requirements")
    return tmp_path


def _set_up(clone: Path, python: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [clone / "requirements" / "bootstrap.sh", python], capture_output=True, text=True, check=False
    )


def test_a_python_that_is_not_there_is_exit_2_and_says_how_to_name_one(clone: Path) -> None:
    done = _set_up(clone, "python-that-is-not-there")
    assert done.returncode == 2
    assert "make PYTHON=python3.12" in done.stderr
    assert not (clone / ".venv").exists()


def test_a_python_that_is_too_old_is_exit_2_and_named(clone: Path) -> None:
    # What an older Python answers to the questions of the script: where it is, its version, whether that will do.
    old = clone / "python3.9"
    old.write_text(
        f'#!/bin/sh\ncase "$2" in *realpath*) echo {old} ;; *version_info\\[*) echo 3.9 ;; *) exit 1 ;; esac\n'
    )
    old.chmod(0o755)
    done = _set_up(clone, str(old))
    assert done.returncode == 2
    assert f"{old} is Python 3.9; 3.11 or newer is needed" in done.stderr
    assert not (clone / ".venv").exists()


def test_a_registry_gets_a_port_on_which_nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setattr(registry, "PORTS", range(port, port + 3))
        assert {registry.free_port() for _ in range(20)} <= {port + 1, port + 2}
