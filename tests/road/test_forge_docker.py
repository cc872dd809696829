"""Job containers (`up --runner docker`): the same workflows, separate from this machine and from other runs."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd.forge.machine import registry
from cicd.forge.state import Forge, read_json
from cicd.oci import engine
from tests.road.support.project import EXAMPLE, TINY, Project, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLER = """
name: ci
on: {push: {branches: ['feature/**']}}
permissions: {contents: read, packages: read}
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
SERVED = """
name: served
on: {push: {branches: ['served/**']}}
jobs:
  one:
    runs-on: ubuntu-24.04
    services: {web: {image: IMAGE, ports: ['PORT:5000']}}
    steps:
      - run: |
          for _ in $(seq 50); do curl --silent --fail http://localhost:PORT/v2/ && break; sleep 0.2; done
          curl --silent --show-error --fail http://localhost:PORT/v2/ && echo the service answers; SCRIPT
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
    both = tuple(Project(tmp_path_factory.mktemp(name) / "it's a, project", TINY, quiet=True) for name in ("a", "b"))
    first, second = both
    try:
        for project in (first, second):
            project.create()
            project.write(".github/workflows/ci.yml", CALLER)
            project.write(".github/workflows/small.yml", SMALL)
            project.commit("callers")
            assert project.up("--runner", "docker", "--workflows", "all") == 0
        yield first, second
    finally:
        for project in (first, second):
            project.down()


@pytest.fixture
def project(projects: tuple[Project, Project]) -> Project:
    return projects[0]


def push_script(project: Project, script: str) -> list[Run]:
    """Push a branch whose workflow runs `script`, and return the runs."""
    project.git("checkout", "--quiet", "-B", "small/work")
    project.write("script.sh", script)
    project.commit("a script")
    return project.push("--force", "small/work")


def leftovers(project: Project) -> list[str]:
    """Return the job containers of the project, and the volumes that `act` made for them."""
    client, forge = engine.connect(), Forge.of_project(project.path).instance
    labels = [f"ml-cicd.instance={forge}", "ml-cicd.run"]
    containers = [
        str(container.name)
        for container in client.containers.list(all=True, filters={"label": labels}, ignore_removed=True)
    ]
    volumes = [str(volume.id) for volume in client.volumes.list()]
    names = [container.name for container in client.containers.list(all=True, ignore_removed=True)]
    names += [network.name for network in client.networks.list()]
    of_act = {name for name in names if name and name.startswith("act-") and f"-{forge}-" in name}
    containers += sorted(of_act - set(containers))
    return containers + [name for name in volumes if name.startswith("act-") and forge in name]


def test_ci_passes_in_job_containers(project: Project) -> None:
    project.git("checkout", "--quiet", "-B", "feature/contained")
    project.commit("a change")
    (run,) = project.push("--force", "feature/contained")
    assert (run.file, run.result) == ("ci.yml", "success"), project.said
    assert leftovers(project) == []


def test_job_container_hides_the_persons_files(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_OWN_SECRET", "hunter2")
    before = len(project.runs())
    (run,) = push_script(project, LOOK.replace("KIT", str(EXAMPLE)))
    log = project.log(run)
    assert run.result == "success", log
    assert f"user {os.getuid()} home 0" in log
    assert "secret <> host <>" in log
    assert f"registry 200\n   api http {run.number}\n   engine linux" in log
    assert f"processes of {Path('/proc/self/ns/pid').readlink()}" in log, (
        "a run must see whether the holder of a lock is alive"
    )
    assert len(project.runs()) == before + 1, "a push from a job triggers nothing"
    pushed = project.git("ls-remote", "local", "refs/heads/small/from-a-job")
    assert pushed.startswith(project.git("rev-parse", "HEAD"))
    remote = Forge.of_project(project.path).remote(Forge.of_project(project.path).state().repository)
    assert {path.stat().st_uid for path in remote.rglob("*")} == {os.getuid()}, (
        "the person must own the files that a job writes"
    )


def test_failed_step_in_container_shows_its_output(project: Project) -> None:
    (run,) = push_script(project, "for i in $(seq 40); do echo line $i; done; exit 7")
    assert (run.result, run.failed) == ("failure", "one / bash ./script.sh")
    assert "    | line 40" in project.said
    assert leftovers(project) == []


@pytest.mark.parametrize("how", ["cancelled", "lost"])
def test_run_that_ends_early_leaves_no_container(project: Project, how: str) -> None:
    before = len(project.runs())
    push = threading.Thread(target=push_script, args=(project, "echo it begins; sleep 60"))
    push.start()
    deadline = time.monotonic() + 60
    while len(project.runs()) == before or "it begins" not in project.log(project.runs()[-1]):
        assert time.monotonic() < deadline, "its job did not start in time"
        time.sleep(0.1)
    assert len(leftovers(project)) == 3, "a container and its two volumes"
    if how == "cancelled":
        done = project.command("local", "cancel", str(project.runs()[-1].number))
        assert done.returncode == 0, done.stderr
    else:
        (hook,) = Forge.of_project(project.path).queue.processes()
        os.kill(hook, signal.SIGKILL)
    push.join()
    if how == "lost":
        assert project.up() == 0
    assert leftovers(project) == []
    assert project.runs()[-1].result == how
    assert Forge.of_project(project.path).state().runner, "'up' without an option keeps the runner"


@pytest.mark.parametrize("how", ["success", "lost"])
def test_services_of_a_job_are_started_and_removed(project: Project, how: str) -> None:
    script = "sleep 60" if how == "lost" else "true"
    image, port = project.registry.attrs["Config"]["Image"], str(registry.free_port())
    project.git("checkout", "--quiet", "-B", "served/work")
    text = SERVED.replace("IMAGE", image).replace("PORT", port).replace("SCRIPT", script)
    project.write(".github/workflows/served.yml", text)
    project.commit("a service")
    before = len(project.runs())
    push = threading.Thread(target=project.push, args=("--force", "served/work"))
    push.start()
    deadline = time.monotonic() + 60
    while len(project.runs()) == before or "the service answers" not in project.log(project.runs()[-1]):
        assert time.monotonic() < deadline, "the service did not answer in time"
        time.sleep(0.1)
    if how == "lost":
        assert len(leftovers(project)) >= 3, "a job, its service, its network"
        (hook,) = Forge.of_project(project.path).queue.processes()
        os.kill(hook, signal.SIGKILL)
    push.join()
    if how == "lost":
        assert project.up() == 0
    assert leftovers(project) == []
    assert project.runs()[-1].result == how


def test_two_forges_run_the_same_workflow_at_once(projects: tuple[Project, Project]) -> None:
    runs: dict[int, list[Run]] = {}
    threads = [
        threading.Thread(
            target=lambda at, project: runs.update({at: push_script(project, "sleep 3")}), args=(at, project)
        )
        for at, project in enumerate(projects)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [run.result for at in (0, 1) for run in runs[at]] == ["success"] * 2


def test_runner_can_be_changed(project: Project) -> None:
    base = project.path / ".ml-cicd" / "local" / "services.json"
    image = read_json(base)["base"] or "python:3.11-slim-bookworm"
    assert project.up("--runner", "docker", "--runner-image", image) == 0
    assert Forge.of_project(project.path).state().runner == image
    unknown = project.command("local", "up", "--runner", "docker", "--runner-image", "localhost:1/no/such:image")
    assert (unknown.returncode, "Could not pull localhost:1/no/such:image" in unknown.stderr) == (69, True)
    alone = project.command("local", "up", "--runner-image", image)
    assert (alone.returncode, "--runner-image needs --runner docker" in alone.stderr) == (2, True)
    assert project.up("--runner", "host") == 0
    (run,) = push_script(project, f"ls -d '{EXAMPLE}'")
    assert run.result == "success", project.said
