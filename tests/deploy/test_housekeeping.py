"""What other people and programs do to the engine: its disk is full, and what seems unused is pruned."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import failpoints
from cicd.deploy import holder as holders
from cicd.errors import CicdError, UnreachableError
from tests.deploy.support.second import carry_over
from tests.deploy.support.tiny import accept, digest, order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicd.deploy.docker.target import DockerTarget
    from cicd.deploy.target import Order, Running
    from tests.deploy.support.second import Second

ME = holders.this_process("ada")


@pytest.fixture
def remote(second: Second, target: DockerTarget) -> Iterator[DockerTarget]:
    """Return the target on an engine with a disk of its own."""
    second.limit(700)
    there = replace(target, site=replace(target.site, client=second.start()))
    yield there
    for container in there.site.client.containers.list(ignore_removed=True):
        container.remove(force=True)


@pytest.fixture
def releases(target: DockerTarget, remote: DockerTarget, good: str, better: str) -> list[str]:
    """Return two releases as that engine has them."""
    return carry_over(target.site.client, remote.site.client, [good, better])


def deploy(target: DockerTarget, wanted: Order) -> Running:
    with target.locked(ME, 0):
        return target.apply(wanted, accept)


@pytest.mark.case("K1", "a rollback to a retained release on a full disk")
def test_full_disk_does_not_stop_a_rollback(
    second: Second, remote: DockerTarget, releases: list[str], good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, release in enumerate(releases):
        running = deploy(remote, order(release, f"{number}" * 40))
    second.fill()
    assert deploy(remote, order(releases[0], "0" * 40)).healthy
    assert second.health(running.url) == digest(good)
    assert "8 MB that" in capsys.readouterr().err
    assert [release.release for release in remote.retained()] == [releases[1]]

    second.fill()
    with pytest.raises(UnreachableError, match=r"the disk is full: .*no space left on device") as full:
        deploy(remote, order(releases[1], "1" * 40))
    assert full.value.exit_code == 69
    assert "Free space on the engine's machine" in full.value.hint
    assert second.health(running.url) == digest(good)

    second.empty()
    assert deploy(remote, order(releases[1], "1" * 40)).healthy
    second.fill()
    assert deploy(remote, order(releases[0], "0" * 40)).healthy, "room is kept again"
    assert second.health(running.url) == digest(good)


def prune(second: Second, *words: str) -> None:
    """Remove what seems unused, as people and scheduled jobs do."""
    subprocess.run(["docker", "--host", second.address, "system", "prune", "--all", "--force", *words], check=True)


def pruning(second: Second, mark: str) -> Callable[[str], None]:
    """Return what prunes the engine when a deployment passes a mark."""
    return lambda name: prune(second) if name == mark else None


@pytest.mark.case("K6", "docker system prune during a deployment and after it")
def test_r12_pruning_breaks_no_deployment(
    second: Second, remote: DockerTarget, releases: list[str], good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(remote, order(releases[0]))
    running = deploy(remote, order(releases[1], "2" * 40))
    assert len(remote.retained()) == 1
    prune(second)
    assert remote.retained() == []
    assert remote.observe() == running
    assert remote.plan(order(releases[1], "2" * 40)) == []
    assert deploy(remote, order(releases[0])).healthy, "the registry still has it"
    assert second.health(running.url) == digest(good)

    prune(second)  # what is retained would be started, not created
    for step in ("create", "start", "wait", "judge"):
        monkeypatch.setattr(failpoints, "boundary", pruning(second, f"docker.{step}.before"))
        with remote.locked(ME, 0) as check, pytest.raises(CicdError) as refused:
            remote.apply(order(releases[1], "2" * 40), lambda *_: check())
        assert "prune --filter label!=ml-cicd.project" in refused.value.hint, step
        assert second.health(running.url) == digest(good)
    monkeypatch.undo()
    assert deploy(remote, order(releases[1], "2" * 40)).healthy
    assert len(remote.retained()) == 1
    prune(second, "--filter", "label!=ml-cicd.project")
    assert [release.release for release in remote.retained()] == [releases[0]]
    assert deploy(remote, order(releases[0])).healthy
    assert second.health(running.url) == digest(good)
