"""A tiny project on its own forge, released to Production once; each test continues from there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.road.support.project import EXAMPLE, TINY, Project

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return the tiny project with its forge up and its first release in Production."""
    project = Project(tmp_path_factory.mktemp("road") / "tiny", TINY, quiet=True)
    project.create()
    shutil.copytree(EXAMPLE / ".github", project.path / ".github")
    project.commit("callers")
    assert project.up() == 0
    try:
        project.push("main")
        project.git("checkout", "--quiet", "-b", "develop")
        assert [run.result for run in project.push("develop")] == ["success", "success"], project.said
        project.git("tag", "--force", "Production")
        assert [run.result for run in project.push("--force", "Production")] == ["success"], project.said
        yield project
    finally:
        project.down()


@pytest.fixture
def road(tiny: Project) -> Project:
    """Return the tiny project with develop reset to main, whatever the previous test left."""
    tiny.git("fetch", "--quiet", "--tags", "--force", "local")
    tiny.git("checkout", "--quiet", "--force", "-B", "develop", "local/main")
    return tiny


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of commands from the example's requirements/workbench.txt: mkdocs, dvc and others."""
    return desk(tmp_path_factory, "workbench")


@pytest.fixture(scope="session")
def tracking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of commands from the example's requirements/tracking.txt: MLflow."""
    return desk(tmp_path_factory, "tracking")


@pytest.fixture(scope="session")
def reporting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of commands from the example's requirements/report.txt: Streamlit."""
    return desk(tmp_path_factory, "report")


def desk(tmp_path_factory: pytest.TempPathFactory, lock: str) -> Path:
    """Install a lock of the example and return the folder of its commands."""
    place = tmp_path_factory.mktemp(lock) / "venv"
    uv = str(Path(sys.executable).parent / "uv")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, place], check=True)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", place, "--require-hashes", "--requirement",
         EXAMPLE / "requirements" / f"{lock}.txt"],
        check=True,
    )  # fmt: skip
    return place / "bin"
