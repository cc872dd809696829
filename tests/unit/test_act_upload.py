"""The stand-in for actions/upload-artifact keeps files in the folder of the run, and refuses what it can't do."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd.act import requirements

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = requirements.STAND_INS["actions/upload-artifact"] / "upload.sh"


def upload(folder: Path, path: str, name: str = "report", **more: str) -> tuple[int, str]:
    inputs = {"UPLOAD_NAME": name, "UPLOAD_PATH": path, "UPLOAD_MISSING": "warn", "UPLOAD_OVERWRITE": "false"}
    environment = {"PATH": "/usr/bin:/bin", "ML_CICD_ARTIFACTS": str(folder / "kept in"), **inputs, **more}
    done = subprocess.run(
        ["bash", SCRIPT], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def kept(folder: Path) -> dict[str, str]:
    place = folder / "kept in"
    return {str(file.relative_to(place)): file.read_text() for file in place.rglob("*") if file.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a file").write_text("1")
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "folder" / "inner" / "b").write_text("2")
    return tmp_path


def test_files_are_kept(folder: Path) -> None:
    assert upload(folder, "a file\nfolder\nnothing") == (0, "")
    assert kept(folder) == {"report/a file": "1", "report/inner/b": "2"}


def test_path_that_begins_like_an_option_is_a_path(folder: Path) -> None:
    (folder / "-n").write_text("3")
    (folder / "--help").mkdir()
    (folder / "--help" / "-f").write_text("4")
    assert upload(folder, "-n\n--help") == (0, "")
    assert kept(folder) == {"report/-n": "3", "report/-f": "4"}


def test_second_artifact_of_a_name_must_be_allowed(folder: Path) -> None:
    upload(folder, "folder")
    assert upload(folder, "a file")[0] == 1
    assert upload(folder, "a file", UPLOAD_OVERWRITE="true")[0] == 0
    assert kept(folder) == {"report/a file": "1"}


@pytest.mark.parametrize(
    ("missing", "code", "says"), [("warn", 0, "warning"), ("error", 1, "error"), ("ignore", 0, "")]
)
def test_missing_file_is_what_the_workflow_says(folder: Path, missing: str, code: int, says: str) -> None:
    done = upload(folder, "nothing", UPLOAD_MISSING=missing)
    assert (done[0], says in done[1]) == (code, True)
    assert bool(done[1]) is bool(says)


@pytest.mark.parametrize("name", ["..", "a/b", "../a", "a:b", "a*", ""])
def test_name_stays_in_the_folder(folder: Path, name: str) -> None:
    assert upload(folder, "a file", name)[0] == 1
    assert kept(folder) == {}


@pytest.mark.parametrize("path", ["*.txt", "folder/**", "!a file", "~/x"])
def test_pattern_is_refused_by_name(folder: Path, path: str) -> None:
    code, said = upload(folder, path)
    assert (code, "knows no patterns" in said) == (1, True)


def test_without_a_forge_nothing_is_kept(folder: Path) -> None:
    code, said = upload(folder, "a file", ML_CICD_ARTIFACTS="")
    assert (code, "Nothing keeps the artifact report" in said) == (0, True)
