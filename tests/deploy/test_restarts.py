"""What restarts finds its way back: the proxy, a release, and the whole engine. The routing is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import docker
import pytest

from cicd.forge.machine import engine_setup
from cicd.forge.machine.registry import INNER_PORT
from cicd.oci import images
from tests.deploy.support.tiny import NAME, accept, digest, get, order, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docker.models.containers import Container

    from cicd.deploy.docker.target import DockerTarget
    from cicd.deploy.target import Running


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
    assert target.observe() == running


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
    assert target.apply(wanted, accept) == running
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
        assert target.apply(order(running.release, running.commit), accept) == running
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


class Second:
    """Another engine, in namespaces of its own, which other tests do not notice; they outlive its restarts."""

    def __init__(self, folder: Path, sockets: str) -> None:
        self.folder, self.sockets, self.address = folder, sockets, f"unix://{sockets}/docker.sock"
        self.namespaces = subprocess.Popen(["unshare", "--net", "--mount", "sleep", "600"])
        this, second = (Path(f"/proc/{process}/ns/mnt") for process in ("self", self.namespaces.pid))
        until(lambda: second.readlink() != this.readlink())
        self.inside = ["nsenter", "--target", str(self.namespaces.pid), "--net", "--mount", "--"]
        subprocess.run([*self.inside, "ip", "link", "set", "lo", "up"], check=True)

    def start(self) -> docker.DockerClient:
        folders = [f"--data-root={self.folder}/data", f"--exec-root={self.sockets}", f"--pidfile={self.folder}/own.pid"]
        command = [*self.inside, "dockerd", "--host", self.address, *folders]
        engine_setup.start_daemon(command, self.address, self.folder, print)
        return docker.DockerClient(base_url=self.address)

    def end(self) -> None:
        process = int((self.folder / "dockerd.pid").read_text())
        os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)

    def health(self, url: str) -> str:
        """Return the digest that a user of that machine gets."""
        code = f"import json, urllib.request as r; print(json.load(r.urlopen('{url}/health', timeout=5))['digest'])"
        done = subprocess.run([*self.inside, sys.executable, "-c", code], capture_output=True, text=True, check=False)
        return done.stdout.strip()


@pytest.fixture
def second(tmp_path: Path, sockets: str) -> Iterator[Second]:
    engine = Second(tmp_path, sockets)
    try:
        yield engine
        engine.end()
    finally:
        engine.namespaces.kill()
        engine.namespaces.wait()


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
    assert remote.observe() == running
    assert [release.release for release in remote.retained()] == [releases[0]]
    assert remote.plan(order(releases[1], "2" * 40)) == []
    for container in remote.site.client.containers.list(ignore_removed=True):
        container.remove(force=True)


def carry_over(client: docker.DockerClient, other: docker.DockerClient, releases: list[str]) -> list[str]:
    """Have releases, their proxy and a registry on another engine; the releases as they are called there."""
    (registry,) = client.containers.list(filters={"name": f"ml-cicd-{NAME}-registry"}, ignore_removed=True)
    needed = [os.environ["ML_CICD_PROXY"], registry.attrs["Config"]["Image"]]
    for name in needed:
        other.images.load(b"".join(client.images.get(name).save(named=name)))
    other.containers.run(needed[1], detach=True, ports={INNER_PORT: ("127.0.0.1", 5000)})
    names = []
    for number, release in enumerate(releases):
        (image,) = other.images.load(b"".join(client.images.get(release).save()))
        image.tag(f"release-{number}")
        names.append(images.push(other, f"release-{number}", "localhost:5000/release", f"number-{number}"))
    return names


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so; what can't be asked yet is not so."""
    end = time.monotonic() + 30
    while True:
        try:
            if true():
                return
        except OSError:
            pass
        assert time.monotonic() < end, "it never was"
        time.sleep(0.1)
