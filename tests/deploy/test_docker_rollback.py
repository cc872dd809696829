"""R1 and R8 on the real engine: the accepted digest runs, and the way back needs no git remote and no registry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cicd import cli, containers, ledger, pending
from cicd.deploy import target_for
from tests.unit.conftest import Workspace, new_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import docker

    from cicd.config import Config
    from cicd.deploy.target import Target

CONFIG = 'name = "{}"\n[environments.production]\nhealth-timeout = 20\nstop-timeout = 1\n'
BACK = ("--environment", "production", "--backwards")


class Production:
    """Production on the engine, with two accepted releases, of which the second runs."""

    def __init__(self, name: str, workspace: Workspace, target: Target, outputs: Path) -> None:
        self.name, self.workspace, self.target, self.outputs = name, workspace, target, outputs

    def bring(self, image: str) -> None:
        """A commit whose release is accepted by integration and staging, and deployed as its workflow does."""
        (self.workspace.clone / "ml-cicd.toml").write_text(CONFIG.format(self.name))
        self.workspace.git("add", "--all")
        commit, basis = self.workspace.commit(), None
        self.workspace.push("main")
        repository = self.workspace.repository()
        for environment in ("integration", "staging"):
            made = ledger.Deployment(self.name, environment, "deploy", "passed", commit, image, image, basis=basis)
            basis = ledger.append(repository, made).basis
        assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 0
        lines = self.outputs.read_text().splitlines()
        outcome = [line for line in lines if line.startswith("outcome={")][-1].removeprefix("outcome=")
        assert cli.main(["record", "--outcome", outcome]) == 0

    @property
    def runs(self) -> str:
        running = self.target.observe()
        return running.release if running and running.healthy else ""

    def entries(self, environment: str = "production") -> list[ledger.Entry]:
        return ledger.read(self.workspace.repository(), self.name, environment)


@pytest.fixture(scope="module")
def images(release: Callable[[str, str], str]) -> tuple[str, str]:
    return release("first", "# first\n"), release("second", "# second\n")


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
    found = Production(
        config.name,
        workspace,
        target_for(config, config.environment("production"), workspace.repository()),
        tmp_path / "outputs",
    )
    for image in images:
        found.bring(image)
    yield found
    for container in client.containers.list(all=True, filters={"label": f"{containers.PROJECT}={config.name}"}):
        if container.labels.get(containers.ENVIRONMENT) == "production":
            container.remove(force=True)


def test_r1_what_runs_is_the_digest_that_was_accepted(
    production: Production, images: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert production.runs == images[1]
    entry, staging, integration = (production.entries(one)[-1] for one in ("production", "staging", "integration"))
    assert {one.deployment.release for one in (entry, staging, integration)} == {images[1]}
    assert (entry.deployment.basis, staging.deployment.basis) == (staging.basis, integration.basis)
    capfd.readouterr()
    assert cli.main(["verify", "--ledger", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["environments"]["production"]["running"].startswith(staging.name)


def test_r8_the_way_back_without_the_git_remote(production: Production, images: tuple[str, str]) -> None:
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
    (registry,) = client.containers.list(filters={"name": f"ml-cicd-{production.name}-registry"})
    registry.stop(timeout=1)
    try:
        assert [cli.main(words) for words in commands] == [0] * len(commands)
        assert production.runs == images[0]
    finally:
        registry.start()
