"""The Docker target without an engine that works: every failure is one of the kit's errors, and names what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docker
import pytest
from docker.errors import APIError

from cicd.config import Config, DockerSettings, Environment
from cicd.deploy import holder
from cicd.deploy.docker.rollout import Rollout
from cicd.deploy.docker.site import Site
from cicd.deploy.docker.swap import Step, Swap
from cicd.deploy.docker.target import DockerTarget
from cicd.deploy.target import Order
from cicd.errors import CheckFailedError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable

ORDER = Order("ghcr.io/acme/app@sha256:" + "1" * 64, "a" * 40, "", "", "ada")
CALLS: dict[str, Callable[[DockerTarget], object]] = {
    "observe": lambda target: target.observe(),
    "retained": lambda target: target.retained(),
    "plan": lambda target: target.plan(ORDER),
    "apply": lambda target: target.apply(ORDER, lambda *_: None),
    "unlock": lambda target: target.unlock(),
    "lock": lambda target: target.locked(holder.this_process("ada"), 0).__enter__(),
    "test": lambda target: target.runner("bridge")("app", ["true"], labels={}, environment={}, collect=()),
}


@pytest.fixture
def site() -> Site:
    """Return an environment on an engine that does not answer."""
    environment = Environment("staging")
    client = docker.DockerClient(base_url="http://127.0.0.1:1", version="1.41")
    return Site(client, Config("app", environments={"staging": environment}), environment, DockerSettings())


def rollout(site: Site, error: Exception, monkeypatch: pytest.MonkeyPatch) -> Rollout:
    """Return a deployment whose only step fails."""

    def fail() -> None:
        raise error

    deployment = Rollout([Swap(site, ORDER)], lambda *_: None)
    monkeypatch.setattr(Swap, "steps", lambda _: [Step("stop", "stop app-staging-1 and retain it", fail)])
    return deployment


@pytest.mark.parametrize("call", CALLS)
def test_lost_engine_is_unreachable(site: Site, call: str) -> None:
    with pytest.raises(UnreachableError, match="the connection to the Docker engine broke"):
        CALLS[call](DockerTarget(site))


def test_engine_error_names_the_step(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    error = APIError("500 Server Error", explanation="cgroup is busy")
    with pytest.raises(UnreachableError, match="Could not stop app-staging-1 and retain it: cgroup is busy"):
        rollout(site, error, monkeypatch).run()


def test_first_failure_is_the_one_reported(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Taking the candidate away fails too; what people need to know is why the deployment failed."""
    failed = rollout(site, CheckFailedError("the tests failed"), monkeypatch)
    assert isinstance(failed.first, Swap)
    failed.first.candidate._container = site.client.containers.prepare_model({"Id": "1" * 64, "Name": "/app-candidate"})
    with pytest.raises(CheckFailedError, match="the tests failed"):
        failed.run()
    assert "the connection to the Docker engine broke" in capsys.readouterr().out


@pytest.mark.case("K1", "engine error after the switch")
@pytest.mark.parametrize("switched", [True, False])
def test_engine_that_breaks_after_the_switch_does_not_undo_it(
    site: Site, switched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Rollout, "run", lambda rollout: setattr(rollout.first, "switching", switched))
    if switched:
        done = DockerTarget(site).apply(ORDER, lambda *_: None)
        assert (done.release, done.healthy) == (ORDER.release, True)
    else:
        with pytest.raises(UnreachableError):
            DockerTarget(site).apply(ORDER, lambda *_: None)
