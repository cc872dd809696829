"""Which Docker engine is used, which command builds, and what happens on a machine that has none."""

from __future__ import annotations

import json
import os
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from cicd.errors import UnreachableError, UsageError
from cicd.forge.machine import engine_setup
from cicd.oci import engine

if TYPE_CHECKING:
    from pathlib import Path


def _docker(folder: Path, version: str, *, buildx: bool = False) -> Path:
    """A stand-in for a docker command of another machine: it knows its version, and buildx or not."""
    folder.mkdir()
    file = folder / "docker"
    file.write_text(
        f'#!/bin/sh\n[ "$1" = buildx ] && exit {0 if buildx else 1}\necho "Docker version {version}, build 1"\n'
    )
    file.chmod(0o755)
    return file


def test_the_engine_asked_for_is_the_only_one_tried() -> None:
    assert engine.addresses({"DOCKER_HOST": "ssh://box", "HOME": "/root"}) == ["ssh://box"]


def test_the_docker_commands_own_context_comes_before_the_usual_socket(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"currentContext": "desktop-linux"}')
    meta = tmp_path / "contexts" / "meta" / "abc" / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": "desktop-linux", "Endpoints": {"docker": {"Host": "unix:///desktop.sock"}}}))
    environment = {"DOCKER_CONFIG": str(tmp_path), "HOME": "/nonexistent"}
    assert engine.addresses(environment) == ["unix:///desktop.sock", "unix:///var/run/docker.sock"]
    assert engine.addresses({**environment, "DOCKER_CONTEXT": "default"}) == ["unix:///var/run/docker.sock"]


def test_a_broken_docker_configuration_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(UsageError, match=str(tmp_path / "config.json")):
        engine.addresses({"DOCKER_CONFIG": str(tmp_path), "HOME": "/nonexistent"})


@pytest.mark.parametrize("address", ["ssh://127.0.0.1:1", "tcp://127.0.0.1:1", "unix:///nonexistent", "nonsense"])
def test_an_engine_that_cant_be_reached_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreachableError, match=f"Could not connect to the Docker engine at {address}: "):
        engine.client(address)


def test_sockets_of_docker_desktop_and_of_a_rootless_engine_are_found(tmp_path: Path) -> None:
    desktop, rootless = tmp_path / ".docker" / "run" / "docker.sock", tmp_path / "docker.sock"
    desktop.parent.mkdir(parents=True)
    desktop.touch()
    rootless.touch()
    found = engine.addresses({"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)})
    assert found == ["unix:///var/run/docker.sock", f"unix://{desktop}", f"unix://{rootless}"]


@pytest.mark.parametrize(("answer", "problem"), [(b"HTTP/1.0 200 OK\r\n\r\nOK", ""), (b"HTTP/1.0 503 no\r\n", "503")])
def test_an_engine_is_there_when_it_answers_a_ping(tmp_path: Path, answer: bytes, problem: str) -> None:
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        found = engine.problem(f"unix://{path}")
        thread.join()
    assert problem in found
    assert bool(found) == bool(problem)


def test_an_engine_that_does_not_answer_is_exit_69_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    with pytest.raises(UnreachableError, match=r"unix:///nonexistent/docker\.sock: No such file") as error:
        engine.connect()
    assert error.value.exit_code == 69
    assert error.value.hint


def test_a_client_with_buildx_builds_even_if_another_comes_first(tmp_path: Path) -> None:
    old, new = _docker(tmp_path / "a", "20.10.24"), _docker(tmp_path / "b", "28.2.2", buildx=True)
    assert engine.build_client(f"{old.parent}:{new.parent}") == (str(new), "buildx", "build", "--load")


def test_without_buildx_an_old_client_builds_and_a_new_one_does_not(tmp_path: Path) -> None:
    new, old = _docker(tmp_path / "a", "28.2.2"), _docker(tmp_path / "b", "20.10.24+dfsg1")
    assert engine.build_client(f"{new.parent}:{old.parent}") == (str(old), "build")
    with pytest.raises(UnreachableError, match=f"{new} has no plug-in buildx") as error:
        engine.build_client(str(new.parent))
    assert "docker-buildx" in error.value.hint


def test_clients_keep_the_order_of_the_path_and_a_link_counts_once(tmp_path: Path) -> None:
    second, first = _docker(tmp_path / "z", "22.0.0"), _docker(tmp_path / "a", "20.10.0")
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "docker").symlink_to(first)
    path = os.pathsep.join(map(str, (first.parent, tmp_path / "link", second.parent, tmp_path / "missing")))
    assert engine.build_client(path)[0] == str(first)
    with pytest.raises(UnreachableError, match="there is no docker command"):
        engine.build_client(str(tmp_path / "missing"))


def test_the_ca_bundle_that_the_environment_names_is_handed_to_builds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    assert engine.ca_secret() == ["--secret", f"id=ca,src={bundle}"]


def test_a_machine_without_a_ca_bundle_hands_none_to_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(engine, "CA_BUNDLES", ())
    assert engine.ca_secret() == []


def test_no_engine_is_installed_in_place_of_one_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    said: list[str] = []
    with pytest.raises(UnreachableError, match="nonexistent"):
        engine_setup.ensure_engine(said.append)
    assert said == []


def test_what_only_root_usually_finds_is_found_whatever_the_path_and_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    for given in ("/usr/bin:/bin", "/usr/bin:/bin:/sbin"):
        monkeypatch.setenv("PATH", given)
        for _ in range(2):
            with pytest.raises(UnreachableError):
                engine_setup.ensure_engine(print)
        assert os.environ["PATH"].startswith(given)
        assert sorted(os.environ["PATH"].split(":")) == ["/bin", "/sbin", "/usr/bin", "/usr/local/sbin", "/usr/sbin"]


def test_an_engine_that_can_not_start_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    command = ["sh", "-c", "echo failed to mount overlay: operation not permitted; exit 1"]
    with pytest.raises(UnreachableError, match="failed to mount overlay: operation not permitted"):
        engine_setup.start_daemon(command, f"unix://{tmp_path}/docker.sock", tmp_path, lambda _: None)
    assert not (tmp_path / "dockerd.pid").exists()
