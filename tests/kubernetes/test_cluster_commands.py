"""What people and workflows type, on a real cluster: deploy, its dry run, a failed release, the way back, status."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli
from cicd.deploy.kubernetes.kubectl import Kubectl
from tests.deploy.support.typed import Typed
from tests.kubernetes.support.common import CRASH, NAME, digest
from tests.unit.support.workspace import new_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONFIG = """name = "{0}"
[environments.production]
target = "kubernetes"
namespace = "{0}"
replicas = 2
service-type = "NodePort"
health-timeout = 120
stop-timeout = 1
"""


@dataclass
class Production(Typed):
    """Production on the cluster."""

    kubectl: Kubectl
    capture: pytest.CaptureFixture[str]

    def output(self, *words: str, code: int = 0) -> str:
        """Run a command that ends with that exit code, and return its output."""
        self.capture.readouterr()
        assert cli.main(words) == code
        return self.capture.readouterr().out

    @property
    def status(self) -> dict[str, Any]:
        self.capture.readouterr()
        cli.main(["status", "--json"])
        status: dict[str, Any] = json.loads(self.capture.readouterr().out)["environments"]["production"]
        return status


@pytest.fixture
def production(
    good: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Production]:
    """Production with the good release."""
    for name in ("GITHUB_ACTIONS", "LEDGER_KEY", "GITHUB_ACTOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    workspace = new_workspace(tmp_path)
    monkeypatch.chdir(workspace.clone)
    name = f"{NAME}-{uuid.uuid4().hex[:6]}"  # the registry keeps the tags of each project's ledger
    kubectl = Kubectl(name)
    production = Production(name, workspace, tmp_path / "outputs", CONFIG.format(name), kubectl, capfd)
    assert production.bring(good) == 0
    yield production
    kubectl.run("delete", "namespace", kubectl.namespace, "--wait=false")


def test_commands_deploy_fail_and_roll_back(
    production: Production, good: str, better: str, release: Callable[[str, str], str]
) -> None:
    assert production.bring(better) == 0
    assert (production.status["digest"], production.status["healthy"]) == (digest(better), True)
    assert production.bring(release("crashing", CRASH)) == 1
    assert [entry.deployment.result for entry in production.entries()] == ["passed", "passed", "failed"]
    assert (production.status["digest"], production.status["problem"]) == (digest(better), "")
    production.output("rollback", "production", "--reason", "it is slow", "--yes")
    newest = production.entries()[-1].deployment
    assert (newest.action, newest.result, newest.release) == ("rollback", "passed", good)
    assert (production.status["digest"], production.status["healthy"]) == (digest(good), True)
    ready = production.kubectl.run("get", "deployment", "--output=jsonpath={.items[*].status.readyReplicas}")
    assert ready == "2"


def test_r9_dry_run_prints_the_steps_taken_later(production: Production, better: str) -> None:
    words = ["deploy", "--environment", "production", "--commit", production.accepted(better)]
    before = production.kubectl.run("get", "all,leases,secrets,configmaps", "--output=name"), production.status
    planned = production.output(*words, "--dry-run").splitlines()
    assert planned
    assert before == (
        production.kubectl.run("get", "all,leases,secrets,configmaps", "--output=name"), production.status
    )  # fmt: skip
    assert production.output(*words).splitlines()[: len(planned)] == planned
    assert production.output(*words, "--dry-run") == "nothing to do\n"


def test_r10_status_tells_a_deviation_from_the_ledger(production: Production, good: str, better: str) -> None:
    assert production.status["problem"] == ""
    (name,) = production.kubectl.run("get", "deployments", "--output=name").split()
    container = production.kubectl.run("get", name, "--output=jsonpath={.spec.template.spec.containers[0].name}")
    production.kubectl.run("set", "image", name, f"{container}={better}")
    assert production.status["problem"] != ""
    production.kubectl.run("delete", name)
    assert production.status["problem"].startswith("nothing runs, but the ledger says that ")


@pytest.mark.case("K3", "lost outcome")
def test_r11_lost_outcome_is_told_and_recorded_from_the_cluster(production: Production, better: str) -> None:
    commit = production.accepted(better)
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 0
    assert f"but {better} runs since " in production.status["problem"]
    assert cli.main(["record", "--observed", "--environment", "production"]) == 0
    newest = production.entries()[-1].deployment
    assert (newest.commit, newest.release, newest.observed) == (commit, better, True)
    assert newest.basis == production.entries("staging")[-1].basis
    assert production.status["problem"] == ""
