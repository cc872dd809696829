"""The lines for plain `act` in docs/local.md, run as they are printed, in a team's repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd.forge.machine import base_images, engine_setup
from cicd.oci import engine
from tests.road.support.project import COMMAND, EXAMPLE, KIT, TINY, Project

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "tiny-under-act"
MAIN = re.compile(r"^\[ci/ci/(.+?) *\] .*(Success|Failure) - Main (.+?)(?: \[[\d.]+\w+\])?$", re.MULTILINE)
JOB, GATE = "Build, test and check", "ci-passed"
BUILD = ["Run the command ml-cicd build", "Build the image"]
TESTS = ["Run the command ml-cicd test", "Run the unit tests in the image"]
CHECKS = ["Run the command ml-cicd check", "Run the checks in the image"]
CONCLUDE = ["Run the command ml-cicd conclude", "Fail unless every earlier job succeeded"]


def printed() -> list[str]:
    """The commands of the section on plain `act`."""
    section = (KIT / "docs" / "local.md").read_text().partition("## Plain act\n")[2]
    lines = section.partition("```bash\n")[2].partition("```")[0]
    return re.sub(r"\\\n", " ", lines).splitlines()


@pytest.fixture(scope="module")
def base() -> str:
    """The base image to build on: empty where the Dockerfile's own can be pulled."""
    engine_setup.ensure_build_client(print)
    return base_images.python_image(engine.connect(), print)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The tiny project with the example's callers, and its refs packed as `git gc` leaves them."""
    project = Project(tmp_path_factory.mktemp("act") / "tiny", TINY, name=NAME)
    project.create()
    shutil.copytree(EXAMPLE / ".github", project.path / ".github")
    project.commit("callers")
    project.git("gc", "--quiet")
    yield project
    images = engine.connect().images
    for image in images.list(f"ml-cicd/{NAME}-build"):
        images.remove(image.tags[0], force=True)


@pytest.fixture
def shell(project: Project, base: str) -> dict[str, str]:
    """The environment of a person's shell, where no job runs."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "ACTIONS_", "ML_CICD_"))}
    return {**kept, "PATH": f"{COMMAND.parent}{os.pathsep}{kept['PATH']}", "ML_CICD_BASE": base}


def run(project: Project, shell: dict[str, str], command: str) -> tuple[int, str, list[tuple[str, str, str]]]:
    """What a printed command ends with, what it says, and which steps ran in which job, with which result."""
    done = subprocess.run(
        ["bash", "-euc", command], cwd=project.path, env=shell, check=False, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
    )  # fmt: skip
    steps = [step for step in MAIN.findall(done.stdout) if step[2] != "Put the command ml-cicd on PATH"]
    return done.returncode, done.stdout, steps


def ran(job: str, names: list[str], result: str = "Success") -> list[tuple[str, str, str]]:
    return [(job, result, name) for name in names]


def test_the_printed_lines_build_test_and_check_and_the_gate_stops_what_is_bad(
    project: Project, shell: dict[str, str]
) -> None:
    freeze, act = printed()
    assert run(project, shell, freeze)[0] == 0

    code, said, steps = run(project, shell, act)
    built = [*ran(JOB, ["Check out the code"]), *ran(JOB, BUILD)]
    assert steps == [*built, *ran(JOB, TESTS), *ran(JOB, CHECKS), *ran(GATE, CONCLUDE)], said
    assert code == 0
    assert ["Ran 1 test" in said, "imports: passed" in said, "test: success" in said] == [True, True, True], said
    assert "not matched" not in said, "something was fetched that is not local"

    test = project.path / "tests" / "test_model.py"
    test.write_text(test.read_text() + "\n\nraise AssertionError\n")
    code, said, steps = run(project, shell, act)
    failed = [*ran(JOB, TESTS, "Failure"), *ran(JOB, CHECKS), *ran(GATE, CONCLUDE, "Failure")]
    assert steps == [*built, *failed], said
    assert (code, "test: failure" in said) == (1, True), said
    assert project.git("status", "--porcelain").split() == ["M", "tests/test_model.py"], "the run changed the project"
