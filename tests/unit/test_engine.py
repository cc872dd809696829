"""The address of the Docker engine, and the docker command that builds."""

from __future__ import annotations

import json
import os
import socket
import socketserver
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from cicd import authorities
from cicd.errors import UnreachableError, UsageError
from cicd.oci import engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _docker(folder: Path, version: str, *, buildx: bool = False) -> Path:
    """Write a docker command that prints a version, and that has buildx or not."""
    folder.mkdir()
    file = folder / "docker"
    file.write_text(
        f'#!/bin/sh\n[ "$1" = buildx ] && exit {0 if buildx else 1}\necho "Docker version {version}, build 1"\n'
    )
    file.chmod(0o755)
    return file


def test_docker_host_is_the_only_address() -> None:
    assert engine.addresses({"DOCKER_HOST": "ssh://box", "HOME": "/root"}) == ["ssh://box"]


def test_docker_context_precedes_the_default_socket(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"currentContext": "desktop-linux"}')
    meta = tmp_path / "contexts" / "meta" / "abc" / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": "desktop-linux", "Endpoints": {"docker": {"Host": "unix:///desktop.sock"}}}))
    environment = {"DOCKER_CONFIG": str(tmp_path), "HOME": "/nonexistent"}
    assert engine.addresses(environment) == ["unix:///desktop.sock", "unix:///var/run/docker.sock"]
    assert engine.addresses({**environment, "DOCKER_CONTEXT": "default"}) == ["unix:///var/run/docker.sock"]


def test_broken_docker_configuration_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(UsageError, match=str(tmp_path / "config.json")):
        engine.addresses({"DOCKER_CONFIG": str(tmp_path), "HOME": "/nonexistent"})


@pytest.mark.parametrize("address", ["ssh://127.0.0.1:1", "tcp://127.0.0.1:1", "unix:///nonexistent", "nonsense"])
def test_unreachable_engine_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreachableError, match=f"Could not connect to the Docker engine at {address}: "):
        engine.client(address)


def test_desktop_and_rootless_sockets_are_found(tmp_path: Path) -> None:
    desktop, rootless = tmp_path / ".docker" / "run" / "docker.sock", tmp_path / "docker.sock"
    desktop.parent.mkdir(parents=True)
    desktop.touch()
    rootless.touch()
    addresses = engine.addresses({"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)})
    assert addresses == ["unix:///var/run/docker.sock", f"unix://{desktop}", f"unix://{rootless}"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\nOK", ""),
        (b"HTTP/1.0 503 no\r\n", "503"),
        (b"HTTP/1.0 200 OK\r\nApi-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\n\r\nOK", "it is Podman"),
    ],
)
def test_ping_tells_whether_an_engine_answers(tmp_path: Path, answer: bytes, problem: str) -> None:
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
        answer_problem = engine.problem(f"unix://{path}")
        thread.join()
    assert problem in answer_problem
    assert bool(answer_problem) == bool(problem)


def test_silent_engine_ends_with_69(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    with pytest.raises(UnreachableError, match=r"unix:///nonexistent/docker\.sock: No such file") as error:
        engine.connect()
    assert error.value.exit_code == 69
    assert error.value.hint


def _answer(status: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "Content-Length: 2", "Connection: close", "", "OK"]).encode()


@contextmanager
def _serves(folder: Path, answer: bytes) -> Iterator[tuple[str, list[str]]]:
    """Yield the address of an engine that gives every request the same answer, and the first line of each request."""
    requests: list[str] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            requests.append(self.request.recv(10000).decode().partition("\r\n")[0])
            self.request.sendall(answer)

    path = folder / "docker.sock"
    with socketserver.UnixStreamServer(str(path), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"unix://{path}", requests
        server.shutdown()


def test_client_speaks_the_api_version_of_the_engine_after_one_ping(tmp_path: Path) -> None:
    with _serves(tmp_path, _answer("200 OK", "Api-Version: 1.43")) as (address, requests):
        assert engine.client(address).api.api_version == "1.43"
    assert requests == ["GET /_ping HTTP/1.1"]


@pytest.mark.case("K19", "Podman's socket in place of Docker's")
def test_podman_is_refused_by_its_name(tmp_path: Path) -> None:
    answer = _answer("200 OK", "Api-Version: 1.41", "Libpod-Api-Version: 4.3.1")
    with (
        _serves(tmp_path, answer) as (address, _),
        pytest.raises(UnreachableError, match=r"it is Podman, which has no BuildKit") as error,
    ):
        engine.client(address)
    assert error.value.exit_code == 69


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (_answer("403 Forbidden", "Api-Version: 1.43"), "403"),
        (_answer("200 OK"), "has no header Api-Version"),
        (_answer("200 OK", "Api-Version: 1.12"), "below 1.24"),
        (b"", "Connection aborted"),
    ],
)
def test_answer_that_is_no_engines_is_named(tmp_path: Path, answer: bytes, words: str) -> None:
    with _serves(tmp_path, answer) as (address, _), pytest.raises(UnreachableError, match=words) as error:
        engine.client(address)
    assert f"Could not connect to the Docker engine at {address}: " in error.value.message
    assert error.value.hint


def test_client_with_buildx_is_preferred(tmp_path: Path) -> None:
    old, new = _docker(tmp_path / "a", "20.10.24"), _docker(tmp_path / "b", "28.2.2", buildx=True)
    assert engine.build_client(f"{old.parent}:{new.parent}") == (str(new), "buildx", "build", "--load")


def test_only_old_clients_build_without_buildx(tmp_path: Path) -> None:
    new, old = _docker(tmp_path / "a", "28.2.2"), _docker(tmp_path / "b", "20.10.24+dfsg1")
    assert engine.build_client(f"{new.parent}:{old.parent}") == (str(old), "build")
    with pytest.raises(UnreachableError, match=f"{new} has no plug-in buildx") as error:
        engine.build_client(str(new.parent))
    assert "docker-buildx" in error.value.hint


def test_clients_are_tried_in_path_order(tmp_path: Path) -> None:
    second, first = _docker(tmp_path / "z", "22.0.0"), _docker(tmp_path / "a", "20.10.0")
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "docker").symlink_to(first)
    path = os.pathsep.join(map(str, (first.parent, tmp_path / "link", second.parent, tmp_path / "missing")))
    assert engine.build_client(path)[0] == str(first)
    with pytest.raises(UnreachableError, match="there is no docker command"):
        engine.build_client(str(tmp_path / "missing"))


def test_builds_get_the_ca_bundle_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    assert engine.ca_secret() == ["--secret", f"id=ca,src={bundle}"]


def test_builds_without_ca_bundle_get_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(authorities, "CA_BUNDLES", ())
    assert engine.ca_secret() == []
