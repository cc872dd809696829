"""The engine and the registry that a forge starts on this machine."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from cicd.errors import UnreachableError
from cicd.forge.machine import engine_setup, registry

if TYPE_CHECKING:
    from pathlib import Path


def test_docker_host_prevents_engine_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    lines: list[str] = []
    with pytest.raises(UnreachableError, match="nonexistent"):
        engine_setup.ensure_engine(lines.append)
    assert lines == []


def test_system_folders_are_added_to_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    for path in ("/usr/bin:/bin", "/usr/bin:/bin:/sbin"):
        monkeypatch.setenv("PATH", path)
        for _ in range(2):
            with pytest.raises(UnreachableError):
                engine_setup.ensure_engine(print)
        assert os.environ["PATH"].startswith(path)
        assert sorted(os.environ["PATH"].split(":")) == ["/bin", "/sbin", "/usr/bin", "/usr/local/sbin", "/usr/sbin"]


def test_failed_engine_start_shows_its_log(tmp_path: Path) -> None:
    command = ["sh", "-c", "echo failed to mount overlay: operation not permitted; exit 1"]
    with pytest.raises(UnreachableError, match="failed to mount overlay: operation not permitted"):
        engine_setup.start_daemon(command, f"unix://{tmp_path}/docker.sock", tmp_path, lambda _: None)
    assert not (tmp_path / "dockerd.pid").exists()


def test_registry_gets_a_free_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setattr(registry, "PORTS", range(port, port + 3))
        assert {registry.free_port() for _ in range(20)} <= {port + 1, port + 2}
