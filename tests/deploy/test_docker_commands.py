"""What people and workflows type, on the real engine: deploy, its dry run, the way back, unlock, status."""

from __future__ import annotations

import getpass
import json
import os
import signal
import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from cicd import cli
from cicd.deploy.holder import Holder
from cicd.deploy.target import Order
from cicd.ledger import pending
from tests.deploy.support.tiny import docker_target, everything, registry_of, serving, sweep
from tests.deploy.support.typed import Typed
from tests.unit.support.workspace import new_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import docker

    from cicd.config import Config
    from cicd.deploy.docker.target import DockerTarget

CONFIG = 'name = "{}"\n[environments.production]\nhealth-timeout = 20\nstop-timeout = 1\n'
BACK = ("--environment", "production", "--backwards")


@dataclass
class Production(Typed):
    """Production on the engine, with two accepted releases, of which the second runs."""

    target: DockerTarget

    @property
    def runs(self) -> str:
        running = self.target.observe()
        return running.release if running and running.healthy else ""


@pytest.fixture(scope="module")
def images(release: Callable[[str, str], str]) -> tuple[str, str]:
    return release("first", "# first\n"), release("second", "# second\n")


@pytest.fixture(scope="module")
def third(release: Callable[[str, str], str]) -> str:
    return release("third", "# third\n")


@pytest.fixture
def production(
    client: docker.DockerClient,
    config: Config,
    images: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Production]:
    for name in ("GITHUB_ACTIONS", "LEDGER_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    workspace = new_workspace(tmp_path)
    monkeypatch.chdir(workspace.clone)
    name = f"{config.name}-{uuid.uuid4().hex[:4]}"  # the registry keeps the tags of each project's ledger
    target = docker_target(client, replace(config, name=name), "production")
    production = Production(name, workspace, tmp_path / "outputs", CONFIG.format(name), target)
    assert [production.bring(image) for image in images] == [0, 0]
    yield production
    sweep(client, name)


def problem(capfd: pytest.CaptureFixture[str]) -> str:
    """Return what `ml-cicd status` says of production."""
    capfd.readouterr()
    cli.main(["status", "--json"])
    return str(json.loads(capfd.readouterr().out)["environments"]["production"]["problem"])


def test_r1_accepted_digest_runs(
    production: Production, images: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert production.runs == images[1]
    entry, staging, integration = (production.entries(name)[-1] for name in ("production", "staging", "integration"))
    assert {entry.deployment.release for entry in (entry, staging, integration)} == {images[1]}
    assert (entry.deployment.basis, staging.deployment.basis) == (staging.basis, integration.basis)
    capfd.readouterr()
    assert cli.main(["verify", "--ledger", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["environments"]["production"]["running"].startswith(staging.name)


def test_r3_bad_release_is_exit_code_1(
    production: Production, images: tuple[str, str], crashing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    assert production.bring(crashing) == 1
    assert production.runs == images[1]
    reason = "The new release ended with exit code 3; the old one still serves."
    assert reason in (tmp_path / "summary").read_text()
    assert production.entries()[-1].deployment.reason == reason


def test_r8_rollback_needs_no_git_remote(production: Production, images: tuple[str, str]) -> None:
    away = production.workspace.remote.with_name("away.git")
    production.workspace.remote.rename(away)
    assert cli.main(["rollback", "production", "--reason", "it is slow", "--yes"]) == 0
    assert production.runs == images[0]
    away.rename(production.workspace.remote)
    assert len(production.entries()) == 2
    assert cli.main(["record", "--pending"]) == 0
    newest = production.entries()[-1].deployment
    assert (newest.action, newest.result, newest.release) == ("rollback", "passed", images[0])
    assert pending.waiting(production.workspace.repository()) == []


@pytest.mark.parametrize(
    "commands",
    [[["rollback", "production", "--reason", "it is slow", "--yes"]], [["verify", *BACK], ["deploy", *BACK]]],
    ids=["rollback", "deploy.yml"],
)
def test_r8_the_way_back_without_the_registry(
    client: docker.DockerClient, production: Production, images: tuple[str, str], commands: list[list[str]]
) -> None:
    registry = registry_of(client, images[0])
    registry.stop(timeout=1)
    try:
        assert [cli.main(words) for words in commands] == [0] * len(commands)
        assert production.runs == images[0]
    finally:
        registry.start()


def test_r9_dry_run_prints_the_steps_taken_later(
    production: Production, images: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["deploy", "--environment", "production", "--commit", production.accepted(images[0])]
    before = everything(production.target), production.entries()
    capfd.readouterr()
    assert cli.main([*words, "--dry-run"]) == 0
    planned = capfd.readouterr().out.splitlines()
    assert cli.main([*words, "--dry-run", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == {"plan": planned}
    assert (everything(production.target), production.entries()) == before

    assert cli.main(words) == 0
    assert capfd.readouterr().out.splitlines()[:-1] == planned
    assert planned[0] == f"create {production.target.site.name}-candidate from {images[0]}"
    assert cli.main([*words, "--dry-run"]) == 0
    assert capfd.readouterr().out == "nothing to do\n"


def test_r9_dry_run_of_a_rollback_prints_steps(
    production: Production, images: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["rollback", "production", "--reason", "it is slow"]
    before = everything(production.target), production.entries()
    capfd.readouterr()
    assert cli.main([*words, "--dry-run"]) == 0
    heading, *planned = capfd.readouterr().out.splitlines()
    assert heading.endswith(images[0])
    assert (everything(production.target), production.entries()) == before
    assert cli.main([*words, "--yes"]) == 0
    done = [f"  {line}" for line in capfd.readouterr().out.splitlines()]
    assert done[1 : 1 + len(planned)] == planned


def test_r9_dry_run_refuses_too(production: Production) -> None:
    first = production.entries()[0].deployment.commit
    assert cli.main(["deploy", "--environment", "production", "--commit", first, "--dry-run"]) == 4


def test_r5_unlock_removes_another_machines_lock(
    production: Production, images: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    holder = Holder("bob", "another-machine", "999999@1@elsewhere", "https://example.org/runs/7")
    assert production.target._lock.take(holder)
    words = ["deploy", "--environment", "production", "--commit", production.accepted(images[0])]
    before = production.runs
    for command in (words, ["rollback", "production", "--reason", "it is slow", "--yes"]):
        capfd.readouterr()
        assert cli.main(command) == 4
        errors = capfd.readouterr().err
        assert "by bob on another-machine, process 999999 (https://example.org/runs/7)." in errors
        assert "If you know that it is dead: ml-cicd unlock production" in errors
    assert production.runs == before

    assert cli.main(["unlock", "production"]) == 0
    holder_text = "bob on another-machine, process 999999 (https://example.org/runs/7)"
    assert capfd.readouterr().out == f"production: removed the lock of {holder_text}\n"
    assert cli.main(["unlock", "production"]) == 0
    assert capfd.readouterr().out == "production: nobody holds the lock\n"
    assert cli.main(words) == 0
    assert production.runs == images[0]


def test_r10_status_tells_a_deviation_from_the_ledger(
    production: Production, images: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert problem(capfd) == ""
    production.target.apply(Order(images[0], "e" * 40, "", "", "somebody, past the ledger"), lambda *_: None)
    told = f"the ledger says {images[1]}, but {images[0]} runs, deployed by somebody, past the ledger: no entry records"
    assert problem(capfd).startswith(told)
    serving(production.target).remove(force=True)
    assert problem(capfd).startswith("nothing runs, but the ledger says that ")


def killed_before_it_is_recorded(production: Production, image: str) -> str:
    """Deploy in a process that is killed when the release serves, before it says so; return the commit."""
    commit = production.accepted(image)
    pid = os.fork()
    if pid == 0:
        os.environ["ML_CICD_CRASH_AT"] = "docker.unlock.before"
        with suppress(BaseException):
            cli.main(["deploy", "--environment", "production", "--commit", commit])
        os._exit(99)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    assert production.runs == image
    return commit


@pytest.mark.case("K3", "lost outcome")
def test_r11_lost_outcome_is_told_and_recorded_on_demand(
    production: Production, images: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    commit = killed_before_it_is_recorded(production, images[0])
    running = production.target.observe()
    assert running
    assert f"but {images[0]} runs since {running.started}, deployed by {getpass.getuser()}: no entry" in problem(capfd)
    assert cli.main(["record", "--observed", "--environment", "production"]) == 0
    newest = production.entries()[-1].deployment
    assert (newest.commit, newest.release, newest.observed) == (commit, images[0], True)
    assert (newest.started, newest.actor, newest.replaced) == (running.started, getpass.getuser(), images[1])
    assert newest.basis == production.entries("staging")[-1].basis
    assert (problem(capfd), cli.main(["verify", "--ledger"])) == ("", 0)


def test_r11_next_deployment_records_the_lost_one(
    production: Production, images: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    commit = killed_before_it_is_recorded(production, images[0])
    assert production.bring(images[1]) == 0
    lost, newest = (entry.deployment for entry in production.entries()[-2:])
    assert (lost.commit, lost.release, lost.observed) == (commit, images[0], True)
    assert (newest.release, newest.replaced, newest.observed) == (images[1], images[0], False)
    assert (problem(capfd), cli.main(["verify", "--ledger"])) == ("", 0)


def test_r11_lost_rollback_to_a_retained_release_is_recorded(
    production: Production, images: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["deploy", *BACK]) == 0
    first = production.entries()[0].deployment
    running = production.target.observe()
    assert running
    assert (running.release, running.action) == (images[0], "rollback")
    assert running.started != first.started or running.after != "", "the container's labels are the first deployment's"
    assert f"but {images[0]} runs since {running.started}" in problem(capfd)
    assert cli.main(["record", "--observed", "--environment", "production"]) == 0
    newest = production.entries()[-1].deployment
    assert (newest.action, newest.release, newest.observed) == ("rollback", images[0], True)
    assert problem(capfd) == ""


@pytest.mark.case("K14", "rollback while a record waits")
def test_rollback_while_a_record_waits_goes_one_release_back(
    production: Production, images: tuple[str, str], third: str, capfd: pytest.CaptureFixture[str]
) -> None:
    commit = production.accepted(third)
    words = ["--environment", "production", "--commit", commit]
    assert cli.main(["deploy", *words]) == 0
    outcome = production.outcome
    assert production.runs == third
    assert cli.main(["rollback", "production", "--reason", "it is slow", "--yes"]) == 0
    assert production.runs == images[1]
    assert cli.main(["record", "--outcome", outcome, *words]) == 0
    assert [entry.deployment.release for entry in production.entries()] == [*images, third, images[1], third]
    assert problem(capfd) == "", "the late record does not stand for what runs"
    assert cli.main(["rollback", "production", "--reason", "it is slow", "--yes"]) == 0
    assert production.runs == images[1]
