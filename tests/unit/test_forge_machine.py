"""The engine and the registry that a forge starts on this machine."""

from __future__ import annotations

import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from cicd.errors import UnreachableError
from cicd.forge.machine import apt, base_images, engine_setup, registry
from cicd.oci import engine, images

if TYPE_CHECKING:
    from collections.abc import Callable
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


@pytest.mark.parametrize("chosen", ["", "50"])
def test_engine_collects_garbage_less_often_unless_the_user_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    monkeypatch.delenv("GOGC", raising=False)
    if chosen:
        monkeypatch.setenv("GOGC", chosen)
    command = ["sh", "-c", "echo share of $GOGC; exit 1"]
    with pytest.raises(UnreachableError, match=f"share of {chosen or 400}"):
        engine_setup.start_daemon(command, f"unix://{tmp_path}/docker.sock", tmp_path, lambda _: None)


def test_registry_gets_a_free_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setattr(registry, "PORTS", range(port, port + 3))
        assert {registry.free_port() for _ in range(20)} <= {port + 1, port + 2}


class Machine:
    """A machine that lacks something which two commands need at the same time."""

    def __init__(self) -> None:
        self.has: set[str] = set()
        self.made: list[str] = []
        self.second_waits = threading.Event()

    def say(self, text: str) -> None:
        if text.startswith("waiting for another command"):
            self.second_waits.set()

    def make(self, what: str) -> None:
        assert self.second_waits.wait(60)
        self.made.append(what)
        self.has.add(what)


def twice(work: Callable[[], object]) -> list[object]:
    """Do some work in two threads at the same time."""
    with ThreadPoolExecutor(2) as threads:
        return [done.result() for done in [threads.submit(work), threads.submit(work)]]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    return Machine()


class TestTwoCommandsAtOnce:
    """Both find something missing: one makes it, the other waits and takes it."""

    @pytest.mark.parametrize("which", ["python", "registry", "proxy", "runner"])
    def test_image_is_made_once(self, machine: Machine, monkeypatch: pytest.MonkeyPatch, which: str) -> None:
        client: Any = None
        monkeypatch.setattr(base_images, "_pull", lambda *_: "it can't be pulled")
        monkeypatch.setattr(images, "present", lambda _, name: name in machine.has)
        monkeypatch.setattr(base_images, "_bootstrap", lambda *_: machine.make(base_images.PYTHON_STANDIN))
        monkeypatch.setattr(base_images, "_build", lambda tag, *_: machine.make(tag))
        image = {
            "python": lambda: base_images.python_image(client, machine.say),
            "registry": lambda: base_images.registry_image(client, "", machine.say),
            "proxy": lambda: base_images.proxy_image(client, "", machine.say),
            "runner": lambda: base_images.runner_image(client, "", base_images.RUNNER, machine.say),
        }[which]
        one, other = twice(image)
        assert machine.made == [one] == [other]

    def test_engine_is_started_once(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        def address() -> str:
            if "engine" not in machine.has:
                raise UnreachableError("no engine answers", "start one")
            return "unix:///var/run/docker.sock"

        monkeypatch.delenv("DOCKER_HOST", raising=False)
        monkeypatch.setattr(engine, "address", address)
        monkeypatch.setattr("sys.platform", "linux")
        monkeypatch.setattr(apt, "usable", lambda: True)
        monkeypatch.setattr("shutil.which", lambda name: f"/usr/sbin/{name}")
        monkeypatch.setattr(engine_setup, "start_engine", lambda _: machine.make("engine"))
        twice(lambda: engine_setup.ensure_engine(machine.say))
        assert machine.made == ["engine"]

    def test_build_client_is_installed_once(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        def build_command() -> str:
            if "docker.io" not in machine.has:
                raise UnreachableError("no command builds", "install one")
            return "docker build"

        monkeypatch.setattr(engine, "build_command", build_command)
        monkeypatch.setattr(apt, "usable", lambda: True)
        monkeypatch.setattr(apt, "update", lambda: None)
        monkeypatch.setattr(apt, "has_package", lambda _: False)
        monkeypatch.setattr(apt, "install", lambda packages, _: machine.make(*packages))
        twice(lambda: engine_setup.ensure_build_client(machine.say))
        assert machine.made == ["docker.io"]


def apt_get(folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str) -> Path:
    """Put an apt-get first on PATH that gives this answer once, then succeeds; return its list of calls."""
    (folder / "apt-get").write_text(
        f"#!/bin/sh\necho call >>{folder}/calls\n"
        f"[ $(grep -c . {folder}/calls) -gt 1 ] || {{ echo '{answer}'; exit 100; }}\n"
    )
    (folder / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("time.sleep", lambda _: None)
    return folder / "calls"


def test_package_lists_that_another_fetches_are_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`apt-get update` does not: its option for a timeout is for the lock of installations."""
    locked = "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 2385 (apt-get)"
    calls = apt_get(tmp_path, monkeypatch, locked)
    apt.update()
    assert calls.read_text() == "call\n" * 2


def test_lists_that_stay_locked_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls = apt_get(tmp_path, monkeypatch, "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 2385")
    monkeypatch.setattr(apt, "SECONDS_TO_WAIT", -1)
    with pytest.raises(UnreachableError, match="held by process 2385"):
        apt.update()
    assert calls.read_text() == "call\n"


def test_other_faults_of_the_package_manager_are_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls = apt_get(tmp_path, monkeypatch, "E: The repository is not signed.")
    with pytest.raises(UnreachableError, match="not signed"):
        apt.update()
    assert calls.read_text() == "call\n"
