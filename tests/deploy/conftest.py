"""Releases of the smallest project as images of the real engine: a good one, and each kind of bad one."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING

import pytest

from cicd.config import Config, Environment
from cicd.forge.machine import engine_setup, services
from cicd.oci import engine
from tests.deploy.support import base_layers
from tests.deploy.support.second import Second
from tests.deploy.support.tiny import CRASH, NAME, built, docker_target, sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import docker

    from cicd.deploy.docker.target import DockerTarget
    from cicd.forge.machine.services import Services


@pytest.fixture(scope="session")
def client() -> docker.DockerClient:
    return engine.connect()


@pytest.fixture
def sockets() -> Iterator[str]:
    """Yield a folder for a dockerd's sockets: a socket's path has at most 107 characters, `tmp_path` nearly as many."""
    engine_setup.complete_path()
    if os.geteuid() != 0 or not shutil.which("dockerd"):
        pytest.skip("no dockerd here, or not root: an engine can't be started")
    with tempfile.TemporaryDirectory(prefix="socket-", ignore_cleanup_errors=True) as folder:
        yield folder


@pytest.fixture(scope="session")
def own_services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Yield a registry and a base image for a project of another name; at the end all of that project is removed."""
    data = tmp_path_factory.mktemp("services")
    up = services.up(data, NAME, print)
    base_layers.bring(up.registry, up.base, NAME)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ML_CICD_PROXY", up.proxy)
        yield up
    services.down(data, NAME, print)


@pytest.fixture(scope="session")
def config() -> Config:
    """Return the configuration of that project; a release gets the time that a busy machine needs."""
    names = ("integration", "staging", "production")
    return Config(
        NAME,
        environments={name: Environment(name, health_timeout=20, stop_timeout=1) for name in names},
    )


@pytest.fixture(scope="session")
def release(
    client: docker.DockerClient,
    own_services: Services,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, str], str]:
    """Build and push a release whose service begins with other lines; returns it as `repository@sha256:...`."""

    def build(label: str, first_lines: str = "") -> str:
        return built(client, own_services, tmp_path_factory.mktemp(label) / "project", label, first_lines)

    return build


@pytest.fixture(scope="session")
def good(release: Callable[[str, str], str]) -> str:
    return release("good", "")


@pytest.fixture(scope="session")
def better(release: Callable[[str, str], str]) -> str:
    return release("better", "# better\n")


@pytest.fixture(scope="session")
def crashing(release: Callable[[str, str], str]) -> str:
    return release("crashing", CRASH)


@pytest.fixture
def target(client: docker.DockerClient, config: Config) -> Iterator[DockerTarget]:
    yield docker_target(client, config, "staging")
    sweep(client)


@pytest.fixture
def second(tmp_path: Path, sockets: str) -> Iterator[Second]:
    engine = Second(tmp_path, sockets)
    try:
        yield engine
        engine.end()
    finally:
        engine.namespaces.kill()
        engine.namespaces.wait()
