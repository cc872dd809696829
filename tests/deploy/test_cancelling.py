"""A cancelled or killed command leaves no container that runs: it removes them, or the next command does."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
import uuid
from typing import TYPE_CHECKING

import pytest

from cicd import labels, processes
from cicd.oci import leftovers
from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import docker
    from docker.models.containers import Container

    from cicd.forge.machine.services import Services

ACTIONS = ROOT / "actions"
SLEEPS = ["sh", "-c", "trap '' TERM INT; sleep 600 & wait; sleep 600"]


class Runner:
    """Runs a step as a runner does, and cancels it as a runner does."""

    def __init__(self, client: docker.DockerClient, folder: Path, services: Services) -> None:
        self.client = client
        self.project = f"app-{uuid.uuid4().hex[:6]}"
        self.folder = folder
        self.services = services
        (folder / "bin").mkdir()
        (folder / "bin" / "ml-cicd").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cicd.cli "$@"\n')
        (folder / "bin" / "ml-cicd").chmod(0o755)
        command = ", ".join(f'"{word}"' for word in SLEEPS)
        (folder / "ml-cicd.toml").write_text(
            f'name = "{self.project}"\n[tests]\nunit = [{command}]\n[train]\ncommand = [{command}]\n'
             "[checks]\n" + "".join(f"check-{number} = [{command}]\n" for number in range(6))
        )  # fmt: skip
        (folder / "cicd" / "build").mkdir(parents=True)
        (folder / "cicd" / "build" / "Dockerfile").write_text("FROM scratch\n")
        for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "all")):
            subprocess.run(
                ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-C", str(folder), *words], check=True
            )

    def start(self, action: str) -> subprocess.Popen[bytes]:
        """Start the script of an action's step in a shell of a group of its own."""
        script = (ACTIONS / action / "action.yml").read_text().rpartition("run: ")[2]
        step = self.folder / "step.sh"
        step.write_text(script)
        environment = {
            **os.environ, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT),
            "DIRECTORY": str(self.folder), "IMAGE": self.services.base, "ML_CICD_REGISTRY": self.services.registry,
            "GITHUB_REPOSITORY": f"acme/{self.project}",
        }  # fmt: skip
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(step)]
        return subprocess.Popen(command, env=environment, cwd=self.folder, start_new_session=True)

    def containers(self) -> list[Container]:
        filters: dict[str, str | list[str] | bool] = {"label": f"{labels.PROJECT}={self.project}"}
        return self.client.containers.list(all=True, filters=filters, ignore_removed=True)

    def wait_for_containers(self, number: int) -> None:
        deadline = time.monotonic() + 120
        while sum(container.status == "running" for container in self.containers()) < number:
            assert time.monotonic() < deadline, self.containers()
            time.sleep(0.2)


@pytest.fixture
def runner(client: docker.DockerClient, own_services: Services, tmp_path: Path) -> Iterator[Runner]:
    made = Runner(client, tmp_path, own_services)
    yield made
    for container in made.containers():
        container.remove(force=True)


@pytest.mark.case("K5", "a job is cancelled while it trains, tests or checks")
@pytest.mark.parametrize(("action", "number"), [("run-tests", 1), ("run-checks", 4), ("train", 1)])
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_cancelled_step_removes_its_containers(runner: Runner, action: str, number: int, sent: signal.Signals) -> None:
    step = runner.start(action)
    runner.wait_for_containers(number)
    os.kill(step.pid, sent)  # the shell's process alone, as a runner does
    assert step.wait(120) == 128 + sent
    assert runner.containers() == []


@pytest.mark.case("K5", "a job is killed while it trains")
def test_next_command_removes_what_a_killed_one_left(runner: Runner, capfd: pytest.CaptureFixture[str]) -> None:
    step = runner.start("train")
    runner.wait_for_containers(1)
    (left,) = runner.containers()
    os.killpg(step.pid, signal.SIGKILL)
    step.wait(60)
    again = runner.start("run-tests")
    deadline = time.monotonic() + 120
    while left.name in [container.name for container in runner.containers()]:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    os.kill(again.pid, signal.SIGTERM)
    again.wait(120)
    assert f"Removed the container {left.name} (training)" in capfd.readouterr().out


@pytest.mark.parametrize("other", ["lives", "is elsewhere", "is of another boot"])
def test_containers_of_others_stay(client: docker.DockerClient, own_services: Services, other: str) -> None:
    where = {labels.MACHINE: processes.machine(), labels.PROCESS: processes.this()}
    if other == "is elsewhere":
        where = {labels.MACHINE: "another", labels.PROCESS: f"1@0@{processes.pid_namespace()}"}
    if other == "is of another boot":
        where[labels.PROCESS] = "1@0@another"
    container = client.containers.create(own_services.base, ["sleep", "1"], labels=where)
    try:
        leftovers.remove(client)
        container.reload()
    finally:
        container.remove(force=True)
