"""Real git repositories for the tests of ledger and promotion: a bare remote and a clone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.unit.support.registry_server import Registry, serve
from tests.unit.support.workspace import Workspace, new_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A machine that is busy has not done wrong.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")


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
