"""The set-up of a job: whole or not at all, by content, and quick when warm."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cicd import bootstrap


def test_equal_content_has_an_equal_hash_and_any_change_another(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1")
    first = bootstrap.content_hash([file], tmp_path)
    file.touch()
    assert bootstrap.content_hash([file], tmp_path) == first
    assert bootstrap.content_hash([file], tmp_path, "another Python") != first
    file.write_text("x = 2")
    assert bootstrap.content_hash([file], tmp_path) != first
    renamed = file.rename(tmp_path / "b.py")
    renamed.write_text("x = 1")
    assert bootstrap.content_hash([renamed], tmp_path) != first


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        bootstrap.make(tmp_path / "target", fail)
    assert list(tmp_path.iterdir()) == []


def test_of_two_that_make_the_same_one_wins_and_both_go_on(tmp_path: Path) -> None:
    target = tmp_path / "target"

    def meanwhile(folder: Path) -> None:
        (folder / "mine").touch()
        bootstrap.make(target, lambda other: (other / "theirs").touch())

    bootstrap.make(target, meanwhile)
    assert [file.name for file in target.iterdir()] == ["theirs"]
    assert list(tmp_path.iterdir()) == [target]


def test_the_command_runs_from_the_copy_wherever_the_job_stands(tmp_path: Path) -> None:
    folder = tmp_path / "kit"
    folder.mkdir()
    environment = Path(sys.prefix)
    bootstrap.fill(folder, environment)
    (tmp_path / "cicd").mkdir()
    (tmp_path / "cicd" / "__init__.py").write_text("raise RuntimeError('the project has a folder cicd too')")
    command = [str(folder / "bin" / "ml-cicd"), "--version"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ml-cicd ")
