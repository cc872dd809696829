"""A project's environments on a real cluster, and the releases of the docker tier to bring there."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd.config import Config, Environment, KubernetesSettings
from cicd.deploy.kubernetes import stopping
from cicd.deploy.kubernetes.kubectl import Kubectl
from cicd.deploy.kubernetes.site import Site
from cicd.deploy.kubernetes.target import KubernetesTarget
from tests.deploy.conftest import client, own_services, release  # noqa: F401 -- fixtures
from tests.deploy.support.tiny import registry_of
from tests.kubernetes.support.common import NAME, deploy, order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    import docker

    from cicd.deploy.target import Running
    from cicd.forge.machine.services import Services

    Make = Callable[..., KubernetesTarget]

LEAVING = stopping.LEAVING


def folder(commit: str, path: str) -> AbstractContextManager[Path]:
    """Where the project's own manifests lie, in these tests: nothing is in git."""
    return nullcontext(Path(path))


@pytest.fixture(scope="session", autouse=True)
def pods_reach_each_other() -> Iterator[None]:
    """On a one-node cluster on this machine's own engine Docker drops what pods send each other, unless told.

    Their bridge, cbr0, appears with the machine's first pod: the rule waits for it.
    """
    rule = ["DOCKER-USER", "--in-interface", "cbr0", "--jump", "ACCEPT"]
    inserted = False
    if os.geteuid() == 0 and shutil.which("iptables"):  # else it is a cluster of another kind
        inserted = subprocess.run(["iptables", "--wait", "--insert", *rule], check=False).returncode == 0
    yield
    if inserted:
        subprocess.run(["iptables", "--wait", "--delete", *rule], check=True)


@pytest.fixture(scope="session", autouse=True)
def nodes_reach_the_registry(client: docker.DockerClient, own_services: Services) -> None:  # noqa: F811 -- the fixtures
    """Let nodes that are containers of this engine, as kind's are, find the registry of this machine's localhost."""
    nodes = client.containers.list(filters={"label": "io.x-k8s.kind.cluster"})
    if not nodes:
        return
    (network,) = nodes[0].attrs["NetworkSettings"]["Networks"]
    registry = registry_of(client, own_services.registry)
    client.networks.get(network).connect(registry)
    folder = f"/etc/containerd/certs.d/{own_services.registry}"
    line = f'[host."http://{registry.name}:5000"]'
    for node in nodes:
        assert node.exec_run(["sh", "-c", f"mkdir -p {folder} && echo '{line}' >{folder}/hosts.toml"]).exit_code == 0


@pytest.fixture(autouse=True)
def quick_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pods serve on for one second instead of five; tests with users set `stopping.LEAVING` back."""
    monkeypatch.setattr(stopping, "LEAVING", 1)


@pytest.fixture
def usual_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pods serve on as long as they do outside of tests."""
    monkeypatch.setattr(stopping, "LEAVING", LEAVING)


@pytest.fixture(scope="session")
def config() -> Config:
    """Return the configuration of a project; a release has the time that a busy machine needs."""
    usual = Environment("", KubernetesSettings(), health_timeout=120, stop_timeout=1)
    names = ("integration", "staging", "production")
    acceptance = ("python3", "-m", "app.ask")
    return Config(
        NAME,
        tests={"acceptance": acceptance},
        environments={name: replace(usual, name=name) for name in names},
    )


@pytest.fixture(scope="session")
def make(config: Config) -> Iterator[Make]:
    """Yield a function that creates targets; their namespaces are removed at the end."""
    namespaces = set()

    def make_target(
        name: str = "staging", suffix: str = "", *, replicas: int = 2, manifests: str = "", **values: object
    ) -> KubernetesTarget:
        namespace = f"{NAME}-{suffix or name}"
        namespaces.add(namespace)
        environment = replace(config.environment(name), **values)  # type: ignore[arg-type]
        settings = KubernetesSettings(service_type="NodePort", replicas=replicas, manifests=manifests)
        return KubernetesTarget(Site(config, environment, settings, Kubectl(namespace)), folder)

    yield make_target
    kubectl = Kubectl("default")
    for namespace in namespaces:
        kubectl.run("delete", "namespace", namespace, "--ignore-not-found", "--wait=false")


@pytest.fixture(scope="session")
def good(release: Callable[[str, str], str]) -> str:  # noqa: F811 -- the fixture
    return release("good", "")


@pytest.fixture(scope="session")
def better(release: Callable[[str, str], str]) -> str:  # noqa: F811 -- the fixture
    return release("better", "# better\n")


@pytest.fixture
def target(make: Make) -> KubernetesTarget:
    return make()


@pytest.fixture
def running(target: KubernetesTarget, good: str) -> Running:
    """Deploy the good release, which serves with two pods."""
    return deploy(target, order(good))
