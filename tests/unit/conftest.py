"""Real git repositories for the tests of ledger and promotion: a bare remote and a clone."""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING

import hypothesis
import pytest

from cicd import github
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import CONFIG, Production, use
from tests.unit.support.registry_server import Registry, serve
from tests.unit.support.road import Road
from tests.unit.support.workspace import Workspace, new_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A machine that is busy has not done wrong.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")


@pytest.fixture(autouse=True)
def commands_of_the_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test begin as a process does: a command that ran in a job has stopped the runner's commands."""
    monkeypatch.setattr(github, "_commands", github._Commands())


@pytest.fixture(autouse=True)
def surroundings_of_a_newcomer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no variable of the kit reach a test: those of other tiers' services stay set for a worker's whole run."""
    for name in [name for name in os.environ if name.startswith("ML_CICD_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace that nobody changes; copying it is ten times as quick as making one."""
    return new_workspace(tmp_path_factory.mktemp("blank"))


@pytest.fixture
def workspace(blank: Workspace, tmp_path: Path) -> Workspace:
    return blank.copy(tmp_path / "workspace")


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """Return a running registry; the machine's credentials are hidden."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    for name in ("REGISTRY_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    yield from serve()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """Production as every test finds it; set up once, since that takes the most time."""
    folder = tmp_path_factory.mktemp("production")
    for registry in serve():
        production = Production(Road(new_workspace(folder), registry), FolderTarget(folder))
        with pytest.MonkeyPatch.context() as patch:
            use(patch, production.target, production.road.workspace.clone)
            (production.road.workspace.clone / "ml-cicd.toml").write_text(CONFIG)
            production.road.workspace.git("add", "--all")
            production.first, production.second = production.release(), production.release()
        yield production


@pytest.fixture
def production(made_once: Production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Production:
    """Return a copy of the production that all tests share."""
    folder = tmp_path / "production"
    road = copy.copy(made_once.road)
    road.workspace = made_once.road.workspace.copy(folder)
    monkeypatch.setattr(road.registry, "status", 0)
    monkeypatch.setattr(road.registry, "manifests", dict(road.registry.manifests))
    production = Production(road, FolderTarget(folder))
    production.first, production.second = made_once.first, made_once.second
    use(monkeypatch, production.target, road.workspace.clone)
    return production
