"""A killed command leaves no folder behind for good: it may hold a key."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from cicd import processes, scratch

HOLD = (
    "import sys; from cicd import scratch; kept = scratch.folder('ssh'); print(kept.name, flush=True); sys.stdin.read()"
)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.case("K14", "temporary mirrors of killed runs")
def test_folder_of_a_killed_command_is_removed(place: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "TMPDIR": str(place), "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        (left / "key").write_text("private")
        with scratch.folder("mirror") as own:
            assert left.is_dir()
        process.send_signal(signal.SIGKILL)
        process.wait()
    with scratch.folder("mirror") as own:
        assert [entry.name for entry in place.iterdir()] == [Path(own).name]
    assert list(place.iterdir()) == []


def test_two_commands_may_remove_the_same_folders(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    space = scratch._short(processes.pid_namespace())
    left = [place / f"ml-cicd-ssh-999999999-{space}-000000-{name * 8}" for name in "ab"]
    for folder in left:
        folder.mkdir()

    def remove(*_: object, **__: object) -> None:
        for folder in left:
            folder.rmdir()

    monkeypatch.setattr("cicd.scratch.shutil.rmtree", remove)
    with scratch.folder("mirror") as own:
        assert [entry.name for entry in place.iterdir()] == [Path(own).name]
        monkeypatch.undo()


@pytest.mark.parametrize("name", ["ml-cicd-mirror-abc", "ml-cicd-ssh-1-{space}-000000", "else-ssh-1-{space}-000000-a"])
def test_folder_of_another_kind_stays(place: Path, name: str) -> None:
    other = place / name.format(space=scratch._short(processes.pid_namespace()))
    other.mkdir()
    scratch.folder("mirror").cleanup()
    assert other.is_dir()


def test_folder_of_another_namespace_stays(place: Path) -> None:
    other = place / "ml-cicd-ssh-999999999-000000-000000-abcdefgh"
    other.mkdir()
    scratch.folder("mirror").cleanup()
    assert other.is_dir()


def test_link_is_not_followed(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    target = tmp_path_factory.mktemp("target")
    link = place / f"ml-cicd-ssh-999999999-{scratch._short(processes.pid_namespace())}-000000-abcdefgh"
    link.symlink_to(target)
    scratch.folder("mirror").cleanup()
    assert target.is_dir()
    assert link.is_symlink()


def test_name_is_short_enough_for_a_socket() -> None:
    with scratch.folder("ssh") as folder:
        assert len(Path(folder).name) <= 48
        assert Path(folder).stat().st_mode & 0o777 == 0o700
