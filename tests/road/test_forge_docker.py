"""Steps in containers (`up --runner docker`): the same workflows, apart from this machine and from other runs."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd.forge.state import Forge, read_json
from cicd.oci import engine
from tests.road.support.project import EXAMPLE, TINY, Project, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLER = """
name: ci
on: {push: {branches: ['feature/**']}}
permissions: {contents: read}
jobs:
  ci:
    uses: org/ml-cicd/.github/workflows/ci.yml@v1
"""
SMALL = """
name: small
on: {push: {branches: ['small/**']}}
jobs:
  one:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - run: bash ./script.sh
"""
LOOK = """
set -e
echo "user $(id -u) home $(ls -A "$HOME" | wc -l)"
echo "secret <$MY_OWN_SECRET>" "host <$(ls -d KIT 2>/dev/null)>"
python3 - <<'PY'
import os, urllib.request
print("registry", urllib.request.urlopen(f"http://{os.environ['ML_CICD_REGISTRY']}/v2/").status)
print("api", os.environ["GITHUB_API_URL"].partition(":")[0], os.environ["ML_CICD_FORGE_RUN"])
PY
echo "engine $(docker version --format '{{.Server.Os}}')"
echo "processes of $(readlink /proc/self/ns/pid)"
git push --quiet origin HEAD:refs/heads/small/from-a-job
"""


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, Project]]:
    made = tuple(Project(tmp_path_factory.mktemp(name) / "it's a, project", TINY, quiet=True) for name in ("a", "b"))
    first, second = made
    try:
        for project in (first, second):
            project.create()
            project.write(".github/workflows/ci.yml", CALLER)
            project.write(".github/workflows/small.yml", SMALL)
            project.commit("callers")
            assert project.up("--runner", "docker") == 0
        yield first, second
    finally:
        for project in (first, second):
            project.down()


@pytest.fixture
def project(projects: tuple[Project, Project]) -> Project:
    return projects[0]


def push_script(project: Project, script: str) -> list[Run]:
    """The runs of a push whose small workflow runs that script."""
    project.git("checkout", "--quiet", "-B", "small/work")
    project.write("script.sh", script)
    project.commit("a script")
    return project.push("--force", "small/work")


def left(project: Project) -> list[str]:
    """The containers of the project's jobs, and the volumes that `act` made for them."""
    client, forge = engine.connect(), Forge.of_project(project.path).instance
    labels = [f"ml-cicd.instance={forge}", "ml-cicd.run"]
    containers = [
        str(one.name) for one in client.containers.list(all=True, filters={"label": labels}, ignore_removed=True)
    ]
    volumes = [str(one.id) for one in client.volumes.list()]
    return containers + [name for name in volumes if name.startswith("act-") and forge in name]


def test_a_branch_is_built_tested_and_checked_in_containers(project: Project) -> None:
    project.git("checkout", "--quiet", "-B", "feature/contained")
    project.commit("a change")
    (run,) = project.push("--force", "feature/contained")
    assert (run.file, run.result) == ("ci.yml", "success"), project.said
    assert left(project) == []


def test_a_job_reaches_what_it_needs_and_sees_nothing_of_the_person(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_OWN_SECRET", "hunter2")
    before = len(project.runs())
    (run,) = push_script(project, LOOK.replace("KIT", str(EXAMPLE)))
    said = project.log(run)
    assert run.result == "success", said
    assert f"user {os.getuid()} home 0" in said
    assert "secret <> host <>" in said
    assert f"registry 200\n   api http {run.number}\n   engine linux" in said
    assert f"processes of {Path('/proc/self/ns/pid').readlink()}" in said, "so that a lock's dead holder is known"
    assert len(project.runs()) == before + 1, "what a job pushes starts nothing"
    pushed = project.git("ls-remote", "local", "refs/heads/small/from-a-job")
    assert pushed.startswith(project.git("rev-parse", "HEAD"))
    remote = Forge.of_project(project.path).remote(Forge.of_project(project.path).state().repository)
    assert {path.stat().st_uid for path in remote.rglob("*")} == {os.getuid()}, "what a job wrote there is the person's"


def test_a_failing_step_is_red_and_its_last_words_are_shown(project: Project) -> None:
    (run,) = push_script(project, "for i in $(seq 40); do echo line $i; done; exit 7")
    assert (run.result, run.failed) == ("failure", "one / bash ./script.sh")
    assert "    | line 40" in project.said
    assert left(project) == []


@pytest.mark.parametrize("how", ["cancelled", "lost"])
def test_a_run_that_ends_early_leaves_no_container(project: Project, how: str) -> None:
    before = len(project.runs())
    push = threading.Thread(target=push_script, args=(project, "echo it begins; sleep 60"))
    push.start()
    deadline = time.monotonic() + 60
    while len(project.runs()) == before or "it begins" not in project.log(project.runs()[-1]):
        assert time.monotonic() < deadline, "its job never began"
        time.sleep(0.1)
    assert len(left(project)) == 3, "a container and its two volumes"
    if how == "cancelled":
        done = project.command("local", "cancel", str(project.runs()[-1].number))
        assert done.returncode == 0, done.stderr
    else:
        (hook,) = Forge.of_project(project.path).queue.processes()
        os.kill(hook, signal.SIGKILL)
    push.join()
    if how == "lost":
        assert project.up() == 0
    assert left(project) == []
    assert project.runs()[-1].result == how
    assert Forge.of_project(project.path).state().runner, "'up' without an option keeps the runner that it had"


def test_two_projects_with_the_same_workflows_run_at_once(projects: tuple[Project, Project]) -> None:
    found: dict[int, list[Run]] = {}
    threads = [
        threading.Thread(target=lambda at, one: found.update({at: push_script(one, "sleep 3")}), args=(at, one))
        for at, one in enumerate(projects)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [run.result for at in (0, 1) for run in found[at]] == ["success"] * 2


def test_the_image_of_the_containers_may_be_another_and_steps_come_back_to_this_machine(project: Project) -> None:
    base = project.path / ".ml-cicd" / "local" / "services.json"
    image = read_json(base)["base"] or "python:3.11-slim-bookworm"
    assert project.up("--runner", "docker", "--runner-image", image) == 0
    assert Forge.of_project(project.path).state().runner == image
    unknown = project.command("local", "up", "--runner", "docker", "--runner-image", "localhost:1/no/such:image")
    assert (unknown.returncode, "Could not pull localhost:1/no/such:image" in unknown.stderr) == (69, True)
    alone = project.command("local", "up", "--runner-image", image)
    assert (alone.returncode, "no meaning without --runner docker" in alone.stderr) == (2, True)
    assert project.up("--runner", "host") == 0
    (run,) = push_script(project, f"ls -d '{EXAMPLE}'")
    assert run.result == "success", project.said
