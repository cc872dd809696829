"""New projects and foreign ones walk the road: `init` in three commands, `adopt` without a changed line of code."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from cicd.forge.machine import base_images
from cicd.oci import engine
from tests.road.support import quickstart
from tests.road.support.project import IDENTITY, KIT, Project
from tests.unit.support.foreign_projects import PROJECTS, Foreign

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THROUGH_CI = [
    "a batch job without a Dockerfile", "an API with one Dockerfile and a pickle", "a package",
    "FastAPI with suites in folders", "Flask with a factory", "one Dockerfile with targets", "the blueprint's folders",
    "a folder of a monorepo",
]  # fmt: skip
BATCH, API, PACKAGE = THROUGH_CI[:3]
SERVICE_AND_JOB = f"{API}, and a batch job, on master"
SCORE = """
import pickle


def main():
    with open("model.pkl", "rb") as file:
        print(pickle.load(file)["mean"])


if __name__ == "__main__":
    main()
"""
FOREIGN = {
    **PROJECTS,
    SERVICE_AND_JOB: Foreign({
        **PROJECTS[API].files, "score.py": SCORE,
        "Dockerfile": str(PROJECTS[API].files["Dockerfile"]).replace("COPY server.py", "COPY *.py"),
    }, branches=("master",)),
}  # fmt: skip
WHOLE_ROAD = {
    BATCH: set(), SERVICE_AND_JOB: {"score"}, PACKAGE: {"rounding-1.2-py3-none-any.whl"}, "httpbin": set(),
    "tomli-w": {"tomli_w-1.0.0-py3-none-any.whl"},
}  # fmt: skip
"""Adopted projects, and what is recorded, promoted and proven beside the release of each."""
SDISTS = {
    "httpbin": (
        "httpbin==0.10.2 --hash=sha256:632148698261c8684ea2d2b624cdea845b402b1fe91736e89df886408c6317a9",
        ["--health", "/status/200"],
    ),
    "tomli-w": (
        "tomli-w==1.0.0 --hash=sha256:f463434305e0336248cac9c2dc8076b707d8a12d019dd349f5c1e382dd1ae1b9",
        [],
    ),
}
"""Source distributions of PyPI: a service with 67 tests, and a package. What `adopt` is told of each."""
ENVIRONMENTS = ("integration", "staging", "production")


def kit(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the kit of this checkout."""
    return subprocess.run(
        [sys.executable, "-m", "cicd.cli", *words], cwd=directory, check=False, capture_output=True, text=True,
        env={**os.environ, **IDENTITY, "PYTHONPATH": str(KIT)},
    )  # fmt: skip


def unpacked(name: str, path: Path) -> list[str]:
    """Unpack a source distribution of PyPI and commit it; return what `adopt` is told."""
    requirement, words = SDISTS[name]
    (path / "requirement.txt").write_text(f"{requirement}\n")
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:", "--require-hashes",
         "--requirement", "requirement.txt"],
        cwd=path, check=True,
    )  # fmt: skip
    (path / "requirement.txt").unlink()
    (archive,) = path.glob("*.tar.gz")
    subprocess.run(["tar", "xzf", archive.name, "--strip-components", "1"], cwd=path, check=True)
    archive.unlink()
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main"], cwd=path, check=True)
    Project(path, quiet=True).commit("As it is on PyPI")
    return words


def adopted(name: str, path: Path) -> Project:
    """Return a foreign project that was adopted and committed; nothing of it was changed by hand."""
    if name in SDISTS:
        path.mkdir()
        directory, words = path, unpacked(name, path)
    else:
        directory, words = FOREIGN[name].create(path), []
    before = subprocess.check_output(["git", "ls-files", "--stage"], cwd=path, text=True).splitlines()
    done = kit(path, "adopt", "--directory", str(directory), *words)
    assert done.returncode == 0, done.stdout + done.stderr
    project = Project(path, quiet=True)
    project.commit("Bring the project on the road")
    after = project.git("ls-files", "--stage").splitlines()
    assert set(before) <= set(after)  # every file of theirs is the same blob
    return project


@pytest.fixture
def started(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    """Return an adopted project with a forge."""
    project = adopted(request.param, tmp_path / "their-project")
    assert project.up() == 0
    try:
        yield project
    finally:
        project.down()


@pytest.mark.parametrize("started", THROUGH_CI[3:], indirect=True)
def test_adopted_project_passes_ci(started: Project) -> None:
    started.git("checkout", "--quiet", "-b", "feature")
    started.commit("a feature")
    (run,) = started.push("feature")
    assert run.result == "success", started.said
    assert run.file.endswith("ci.yml")


@pytest.mark.parametrize(("started", "beside"), WHOLE_ROAD.items(), ids=WHOLE_ROAD, indirect=["started"])
def test_adopted_project_walks_the_whole_road(started: Project, beside: set[str]) -> None:
    project = started
    branches = project.git("branch", "--format=%(refname:short)").split()
    integration = "develop" if "develop" in branches else branches[0]
    if integration == "develop":
        project.git("branch", "--force", "develop", "main")
        project.push("main")
    project.git("checkout", "--quiet", "-b", "feature")
    project.commit("a feature")
    (run,) = project.push("feature")
    assert (run.file, run.result) == ("ci.yml", "success"), project.said
    runs = project.push(f"feature:{integration}")
    assert [(run.file, run.result) for run in runs] == [
        ("integration.yml", "success"), ("staging.yml", "success"),
    ], project.said  # fmt: skip
    promoted = project.command("promote", "production", "--yes", "--remote", "local")
    assert promoted.returncode == 0, promoted.stdout + promoted.stderr
    states = project.json("status", "--remote", "local")["environments"]
    assert set(states) == set(ENVIRONMENTS)
    assert len({state["digest"] for state in states.values()}) == 1
    assert {state["commit"] for state in states.values()} == {project.git("rev-parse", "feature")}
    assert parts(project) == [beside] * len(ENVIRONMENTS)


def parts(project: Project) -> list[set[str]]:
    """Return what each environment has accepted beside the release: names of services, jobs and wheels."""
    newest = [project.history(environment)[0]["deployment"] for environment in ENVIRONMENTS]
    return [{*deployment["others"], *deployment["wheels"]} for deployment in newest]


@pytest.mark.case("K3", "a new project comes to Production in three commands")
@pytest.mark.parametrize(
    ("kinds", "beside"),
    [(["batch"], set()), (["service", "batch", "package"], {"predict", "churn-0.1.0-py3-none-any.whl"})],
    ids=["batch", "all kinds"],
)
def test_new_project_comes_to_production_in_three_commands(tmp_path: Path, kinds: list[str], beside: set[str]) -> None:
    init, enter, push, promote = quickstart.commands()
    path, begin = tmp_path / enter[1], time.monotonic()
    made = kit(tmp_path, *init[1:], *(f"--kind={kind}" for kind in kinds))
    assert made.returncode == 0, made.stdout + made.stderr
    project = Project(path, quiet=True)
    try:
        pushed = project.push(*push[3:])
        assert [(run.file, run.result) for run in pushed] == [
            ("integration.yml", "success"), ("staging.yml", "success"),
        ], project.said  # fmt: skip
        promoted = project.command(*promote[1:], "--yes")
        assert promoted.returncode == 0, promoted.stdout + promoted.stderr
        print(f"init to Production ({', '.join(kinds)}): {time.monotonic() - begin:.0f} s")
        states = project.json("status", "--remote", "local")["environments"]
        assert set(states) == set(ENVIRONMENTS)
        assert len({state["digest"] for state in states.values()}) == 1
        assert parts(project) == [beside] * len(ENVIRONMENTS)
    finally:
        project.down()


def test_check_builds_and_tests_and_says_what_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ML_CICD_BASE", base_images.python_image(engine.connect(), print))
    directory = PROJECTS["a batch job without a Dockerfile"].create(tmp_path / "repository")
    done = kit(directory, "adopt", "--check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok      unit tests" in done.stdout
    test = directory / "tests" / "test_score.py"
    test.write_text(test.read_text().replace(", 3)", ", 4)"))
    done = kit(directory, "adopt", "--check")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAILED  unit tests" in done.stdout
    assert "ml-cicd adopt --check" in done.stdout
