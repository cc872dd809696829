"""Builds on real engines: a failure that is not the Dockerfile's names what is at fault, and what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import TYPE_CHECKING

import pytest

from cicd import cli
from cicd.errors import CheckFailedError, UnreachableError
from cicd.forge.machine import base_images
from cicd.oci import images
from tests.deploy.support.small import SmallEngine
from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import docker

TOO_OLD = "client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade your client"


@pytest.fixture(scope="module")
def base(client: docker.DockerClient) -> str:
    return base_images.python_image(client, print) or base_images.PYTHON


def build(folder: Path, *lines: str) -> str:
    (folder / "Dockerfile").write_text("\n".join(lines) + "\n")
    return images.build(folder, folder / "Dockerfile", tag="ml-cicd-test/never:built")


class TooNew(BaseHTTPRequestHandler):
    """An engine that answers a ping, and refuses the client's version otherwise."""

    def do_GET(self) -> None:
        ping = self.path.endswith("/_ping")
        content = b"OK" if ping else json.dumps({"message": TOO_OLD}).encode()
        self.send_response(HTTPStatus.OK if ping else HTTPStatus.BAD_REQUEST)
        for name, value in (
            ("Api-Version", "1.41"), ("Builder-Version", "2"), ("Content-Type", "application/json"),
            ("Content-Length", str(len(content))),
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_POST = do_HEAD = do_GET  # noqa: N815 -- the names that the server looks for

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Relay(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True

    def get_request(self) -> tuple[object, tuple[str, int]]:  # type: ignore[override]
        return self.socket.accept()[0], ("local", 0)


@pytest.fixture
def too_new(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    path = tmp_path_factory.mktemp("s") / "s"
    with Relay(str(path), TooNew) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
        yield
        server.shutdown()
        thread.join()


@pytest.mark.case("K1", "an engine that refuses the builder's version")
@pytest.mark.usefixtures("too_new")
def test_engine_that_refuses_the_client_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="is too old") as caught:
        build(tmp_path, "FROM scratch", "COPY Dockerfile /")
    assert "Upgrade Docker" in caught.value.hint


@pytest.mark.case("K1", "a name that does not resolve")
def test_name_that_does_not_resolve_is_named(tmp_path: Path, base: str) -> None:
    with pytest.raises(UnreachableError, match=r"base\.invalid"):
        build(tmp_path, "FROM base.invalid/acme/base:1")
    code = "import urllib.request; urllib.request.urlopen('http://mirror.invalid')"
    with pytest.raises(UnreachableError, match=r"not known|resolution"):
        build(tmp_path, f"FROM {base}", f'RUN python3 -c "{code}"')


def test_fault_of_the_dockerfile_is_the_dockerfiles(tmp_path: Path, base: str) -> None:
    for line, words in (("RUN exit 3", "exit code 3"), ("COPY missing /", "missing"), ("FOO", "FOO")):
        with pytest.raises(CheckFailedError, match=f"Dockerfile does not build: .*{words}"):
            build(tmp_path, f"FROM {base}", line)


@pytest.mark.case("K1", "the engine's disk is full")
def test_full_disk_is_named(
    client: docker.DockerClient, tmp_path: Path, sockets: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    project = tmp_path / "project"
    project.mkdir()
    (project / "ml-cicd.toml").write_text('name = "app"\n[tests]\nunit = ["true"]\n[checks]\nlint = ["true"]\n')
    (project / "large").write_bytes(bytes(10**6))
    with SmallEngine(client, tmp_path / "engine", sockets) as small:
        base = small.load()
        monkeypatch.setenv("DOCKER_HOST", small.address)
        words = ["--image", base, "--directory", str(project)]
        assert [cli.main(["test", *words]), cli.main(["check", *words])] == [0, 0]
        capsys.readouterr()
        small.fill()
        for command in ("test", "check"):
            assert cli.main([command, *words]) == UnreachableError.exit_code
            said = capsys.readouterr().err
            assert "no space left on device" in said
            assert "docker system df" in said
        with pytest.raises(UnreachableError, match="no space left on device") as caught:
            build(project, f"FROM {base}", "COPY large /")
        assert "docker builder prune" in caught.value.hint
        small.free()
        assert cli.main(["test", *words]) == 0


def acted_on(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines that a runner reads for commands: none between `::stop-commands::TOKEN` and `::TOKEN::`."""
    token = ""
    for line in lines:
        if token:
            token = "" if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif line:
            yield line


@pytest.mark.case("K13", "a build that prints workflow commands")
@pytest.mark.parametrize("code", [0, 3])
def test_workflow_commands_that_a_build_prints_do_nothing(tmp_path: Path, base: str, code: int) -> None:
    (tmp_path / "cicd" / "build").mkdir(parents=True)
    command = f"printf '::set-output name=image::forged\\n##[add-mask]all\\n::stop-commands::mine\\n'; exit {code}"
    (tmp_path / "cicd" / "build" / "Dockerfile").write_text(f"FROM {base}\nRUN {command}\n")
    (tmp_path / "ml-cicd.toml").write_text('name = "commands"\n')
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    done = subprocess.run(
        [sys.executable, "-m", "cicd.cli", "build"],
        cwd=tmp_path, env={**inherited, "GITHUB_ACTIONS": "true", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == (1 if code else 0)
    shown = done.stdout.split("\n")
    acted = list(acted_on(shown))
    assert not [line for line in acted if "forged" in line or "mine" in line]
    assert [line for line in acted if line.startswith("::error::")] == ([] if code == 0 else [acted[-1]])
    assert [line for line in shown if "name=image::forged" in line], "the build's output is shown"
