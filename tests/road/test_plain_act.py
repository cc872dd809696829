"""The commands for plain `act` in docs/local.md, run as printed in a team's repository."""

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
from tests.unit.support import kit_release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "tiny-under-act"
MAIN = re.compile(r"^\[ci/ci/(.+?) *\] .*(Success|Failure) - Main (.+?)(?: \[[\d.]+\w+\])?$", re.MULTILINE)
JOB, GATE = "Build, test and check", "ci-passed"
BUILD = ["Run the command ml-cicd build", "Build the image"]
TESTS = ["Run the command ml-cicd test", "Run the unit tests in the image"]
CHECKS = ["Run the command ml-cicd check", "Run the checks in the image"]
CONCLUDE = ["Run the command ml-cicd conclude", "Fail unless every earlier job succeeded"]
LEAVE = ["Copy the files", "Leave what the run says for the comment"]


def printed() -> list[str]:
    """Return the commands of the section on plain `act`."""
    section = (KIT / "docs" / "local.md").read_text().partition("## Plain act\n")[2]
    lines = section.partition("```bash\n")[2].partition("```")[0]
    return re.sub(r"\\\n", " ", lines).splitlines()


@pytest.fixture(scope="module")
def base() -> str:
    """Return the base image of builds: empty if the one of the Dockerfile can be pulled."""
    engine_setup.ensure_build_client(print)
    return base_images.python_image(engine.connect(), print)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Make the tiny project with the example's callers, and with packed refs, as after `git gc`."""
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
    """Return the environment of a person's shell, outside of any job."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "ACTIONS_", "ML_CICD_"))}
    return {**kept, "PATH": f"{COMMAND.parent}{os.pathsep}{kept['PATH']}", "ML_CICD_BASE": base}


def run(project: Project, shell: dict[str, str], command: str) -> tuple[int, str, list[tuple[str, str, str]]]:
    """Run a command; return its exit code, its output, and the job, result and name of each step."""
    done = subprocess.run(
        ["bash", "-euc", command], cwd=project.path, env=shell, check=False, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
    )  # fmt: skip
    steps = [step for step in MAIN.findall(done.stdout) if step[2] != "Put the command ml-cicd on PATH"]
    return done.returncode, done.stdout, steps


def ran(job: str, names: list[str], result: str = "Success") -> list[tuple[str, str, str]]:
    return [(job, result, name) for name in names]


def test_documented_act_commands_run_ci(project: Project, shell: dict[str, str], tmp_path: Path) -> None:
    freeze, act = printed()
    assert run(project, shell, freeze)[0] == 0

    code, output, steps = run(project, shell, act)
    built = [*ran(JOB, ["Check out the code"]), *ran(JOB, BUILD)]
    assert steps == [*built, *ran(JOB, TESTS), *ran(JOB, CHECKS), *ran(GATE, CONCLUDE), *ran(GATE, LEAVE)], output
    assert code == 0
    assert ["Ran 1 test" in output, "imports: passed" in output, "test: success" in output] == [True, True, True], (
        output
    )
    assert "not matched" not in output, "act fetched a repository that is not local"

    # The same from a release: the callers name its tag, and its workflows name their actions by the source's SHA.
    release = kit_release.make(tmp_path, "v1.0.0-rc.1")
    for caller in (project.path / ".github" / "workflows").iterdir():
        caller.write_text(caller.read_text().replace("@v1", f"@{release.tag}"))
    project.commit("Name a release")
    refs = " ".join(f"--local-repository org/ml-cicd@{ref}={release.path}" for ref in (release.tag, release.source))
    released = act.replace("--local-repository org/ml-cicd@v1=../ml-cicd-v1", refs).replace(
        "../ml-cicd-v1", f"{release.path}"
    )
    assert released.count(str(release.path)) == 3
    shutil.rmtree(project.path.parent / "ml-cicd-v1")
    test = project.path / "tests" / "test_model.py"
    test.write_text(test.read_text() + "\n\nraise AssertionError\n")
    code, output, steps = run(project, shell, released)
    failed = [*ran(JOB, TESTS, "Failure"), *ran(JOB, CHECKS), *ran(GATE, CONCLUDE, "Failure"), *ran(GATE, LEAVE)]
    assert steps == [*built, *failed], output
    assert (code, "test: failure" in output) == (1, True), output
    assert project.git("status", "--porcelain").split() == ["M", "tests/test_model.py"], "the run changed the project"
