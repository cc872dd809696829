"""What restarts finds its way back: the proxy, a release, and the whole engine. The routing is kept."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.deploy.support.second import carry_over, until
from tests.deploy.support.tiny import NAME, accept, digest, get, order, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from docker.models.containers import Container

    from cicd.deploy.docker.target import DockerTarget
    from cicd.deploy.target import Running
    from tests.deploy.support.second import Second


@pytest.fixture
def running(target: DockerTarget, good: str, better: str) -> Running:
    """Deploy two releases; the second serves."""
    target.apply(order(good), accept)
    return target.apply(order(better, "2" * 40), accept)


@pytest.mark.parametrize(
    "end",
    [lambda proxy: proxy.restart(timeout=1), lambda proxy: proxy.exec_run(["bash", "-c", "kill -USR1 1"], user="root")],
    ids=["restarted", "its process ends"],
)
def test_killed_proxy_comes_back_with_its_routing(
    target: DockerTarget, running: Running, end: Callable[[Container], object]
) -> None:
    began = target.site.proxy.container().attrs["State"]["StartedAt"]
    end(target.site.proxy.container())
    until(lambda: target.site.proxy.container().attrs["State"]["StartedAt"] != began)
    until(lambda: get(running.url, "/health")["digest"] == digest(running.release))
    seen = target.observe()
    assert seen is not None
    assert replace(seen, notice="") == running
    proxy = target.site.proxy.name
    assert re.fullmatch(rf"{proxy} ended at .* UTC, and runs again since .* UTC; users got no .*", seen.notice)


@pytest.mark.case("K14", "nothing tells that the proxy was killed and came back")
def test_next_deployment_tells_of_an_interruption(
    target: DockerTarget, running: Running, good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = order(running.release, running.commit)
    target.site.proxy.container().restart(timeout=1)
    target.apply(wanted, accept)
    assert "warning: staging was interrupted: " in capsys.readouterr().err
    assert not target.apply(order(good), accept).notice
    capsys.readouterr()
    target.apply(order(good), accept)
    assert "was interrupted" not in capsys.readouterr().err

    release = serving(target)
    release.exec_run(["sh", "-c", "kill 1"])
    until(lambda: bool(serving(target).attrs["RestartCount"]) and serving(target).status == "running")
    until(lambda: get(running.url, "/health")["digest"] == digest(good))
    seen = target.observe()
    assert seen is not None
    assert f"{release.name} ended by itself and was started again once, last at " in seen.notice


def remove(proxy: Container) -> None:
    proxy.remove(force=True)


@pytest.mark.parametrize("end", [lambda proxy: proxy.kill(), remove], ids=["killed", "removed"])
def test_next_deployment_restores_the_proxy(
    target: DockerTarget, running: Running, end: Callable[[Container], object]
) -> None:
    service = serving(target).attrs["State"]
    end(target.site.proxy.container())
    wanted = order(running.release, running.commit)
    (step,) = target.plan(wanted)
    assert step.startswith("start the proxy")
    assert ("with exit code 137" in step) == (end is not remove)
    restored = target.apply(wanted, accept)
    assert "users got no answer in between" in restored.notice
    assert replace(restored, notice="") == running
    assert get(running.url, "/health")["digest"] == digest(running.release)
    assert serving(target).attrs["State"] == service, "the release was not touched"


def test_new_proxy_image_keeps_routing_and_url(
    target: DockerTarget, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = f"{NAME}-proxy:newer"
    proxy = target.site.proxy.container()
    proxy.commit(*newer.split(":"))
    monkeypatch.setenv("ML_CICD_PROXY", newer)
    proxy.remove(force=True)
    try:
        assert replace(target.apply(order(running.release, running.commit), accept), notice="") == running
        assert get(running.url, "/health")["digest"] == digest(running.release)
        assert target.site.proxy.container().attrs["Config"]["Image"] == newer
    finally:
        target.site.proxy.container().remove(force=True)
        target.site.client.images.remove(newer)


def test_release_at_another_address_is_found(target: DockerTarget, good: str, better: str) -> None:
    running = target.apply(order(good), accept)
    service = serving(target)
    target.site.client.networks.get(target.site.network).disconnect(service)
    taken = target.site.client.containers.create(better, network=target.site.network, name=f"{target.site.name}-taken")
    taken.start()
    try:
        target.site.client.networks.get(target.site.network).connect(service)
        until(lambda: get(running.url, "/health")["digest"] == digest(good))
        assert target.observe() == running
    finally:
        taken.remove(force=True)


def test_release_serves_again_after_an_engine_restart(
    second: Second, target: DockerTarget, good: str, better: str
) -> None:
    remote = replace(target, site=replace(target.site, client=second.start()))
    releases = carry_over(target.site.client, remote.site.client, [good, better])
    remote.apply(order(releases[0]), accept)
    running = remote.apply(order(releases[1], "2" * 40), accept)
    assert second.health(running.url) == digest(better)

    second.end()
    remote = replace(target, site=replace(target.site, client=second.start()))
    until(lambda: second.health(running.url) == digest(better))
    seen = remote.observe()
    assert seen is not None
    assert replace(seen, notice="") == running
    assert [release.release for release in remote.retained()] == [releases[0]]
    assert remote.plan(order(releases[1], "2" * 40)) == []
    for container in remote.site.client.containers.list(ignore_removed=True):
        container.remove(force=True)
