"""DVC: data and stages, from nothing or from a remote; and the lock that training in the image makes without DVC."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from flights.data_exports.data_lock import prepare
from flights.models.common import bundle
from flights.pipelines import train

PROJECT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
TAKEN = ("cicd", "dummy_data", "requirements", "src", ".dvc", ".dvcignore", ".gitignore", "dvc.yaml")


def run(project: Path, *words: str) -> str:
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(words, cwd=project, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def lock_of(project: Path) -> dict[str, object]:
    """The stages of dvc.lock."""
    stages: dict[str, object] = yaml.safe_load((project / "dvc.lock").read_text())["stages"]
    return stages


def new_project(folder: Path) -> Path:
    """The project as a repository of its own."""
    for name in TAKEN:
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        folder.mkdir(exist_ok=True)
        copy(PROJECT / name, folder / name)
    for made in ("cache", "tmp"):
        shutil.rmtree(folder / ".dvc" / made, ignore_errors=True)
    run(folder, "git", "init", "--quiet")
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the dummy data, all stages run."""
    project = new_project(tmp_path_factory.mktemp("small") / "project")
    stages = (project / "dvc.yaml").read_text()
    (project / "dvc.yaml").write_text(
        stages.replace("csv_file --output", "csv_file --data dummy_data/flights.csv --output")
    )
    said = run(project, "dvc", "repro")
    assert [line.split("'")[1] for line in said.splitlines() if line.startswith("Running stage")] == [
        "prepare", "train", "evaluate"
    ]  # fmt: skip
    return project


def test_the_first_stage_needs_no_remote_and_its_lock_is_the_one_that_training_in_the_image_makes(
    tmp_path: Path,
) -> None:
    project = new_project(tmp_path / "project")
    run(project, "dvc", "repro", "prepare")
    assert {"prepare": prepare(project / "dvc.yaml").lock} == lock_of(project)


def test_what_did_not_change_is_not_run_again(small: Path) -> None:
    assert "Running stage" not in run(small, "dvc", "repro")
    assert run(small, "dvc", "status").strip() == "Data and pipelines are up to date."


def test_training_in_the_image_and_the_stage_give_the_same_bytes(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small)
    assert train.main(["--stages", "dvc.yaml", "--output", str(tmp_path / "bundle")]) == 0
    made = {path.name: path.read_bytes() for path in (tmp_path / "bundle").iterdir()}
    locked = yaml.safe_load(made.pop(train.DATA_LOCK))["stages"]
    assert made == {path.name: path.read_bytes() for path in (small / "bundle").iterdir()}
    assert bundle.METADATA in made
    assert locked == {name: lock for name, lock in lock_of(small).items() if name != "evaluate"}


def test_git_checkout_and_dvc_checkout_bring_data_and_model_of_a_commit_back(small: Path, tmp_path: Path) -> None:
    project = shutil.copytree(small, tmp_path / "project", symlinks=True)
    stages = project / "dvc.yaml"
    states = []
    for rows in ("", "--rows 300 "):
        stages.write_text(stages.read_text().replace("--output data", f"{rows}--output data", 1))
        run(project, "dvc", "repro", "--quiet", "train")
        run(project, "git", "add", ".")
        run(project, "git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "a state")
        states.append((run(project, "git", "rev-parse", "HEAD").strip(), content(project)))
    assert states[0][1] != states[1][1]
    for commit, expected in states:
        run(project, "git", "checkout", "--quiet", "--force", commit)
        run(project, "dvc", "checkout", "--quiet")
        assert content(project) == expected
        assert run(project, "dvc", "status", "train").strip() == "Data and pipelines are up to date."


def content(project: Path) -> dict[str, bytes]:
    """The files of data and model."""
    files = [project / "data" / "flights.csv", *sorted((project / "bundle").iterdir())]
    return {path.name: path.read_bytes() for path in files}


def test_a_remote_saves_the_time_of_every_stage(small: Path, tmp_path: Path) -> None:
    run(small, "dvc", "remote", "add", "--default", "--force", "shelf", str(tmp_path / "shelf"))
    run(small, "dvc", "push", "--quiet")
    other = new_project(tmp_path / "other")
    for name in ("dvc.yaml", "dvc.lock", ".dvc/config"):
        shutil.copy(small / name, other / name)
    said = run(other, "dvc", "repro", "--pull")
    assert "Running stage" not in said
    assert (other / "data" / "flights.csv").read_bytes() == (small / "data" / "flights.csv").read_bytes()
    assert bundle.digest(other / "bundle") == bundle.digest(small / "bundle")
