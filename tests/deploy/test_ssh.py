"""An engine over SSH, by a real sshd on this machine: the pinned key is trusted, and no other."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from cicd.config import DockerSettings
from cicd.deploy.docker import ssh
from cicd.deploy.docker import target as docker
from cicd.errors import RefusedError, UnreachableError, UsageError
from cicd.forge.machine import apt
from tests.deploy.support.tiny import accept, digest, get, order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicd.deploy.docker.target import DockerTarget

SSHD = "/usr/sbin/sshd"


def key(path: Path) -> str:
    """Make a key pair; the public key."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return " ".join(path.with_suffix(".pub").read_text().split()[:2])


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Yield a host that accepts one user's key: its address and its host key."""
    if not shutil.which(SSHD):
        apt.update()
        apt.install(["openssh-server", "openssh-client"], print)
    folder = tmp_path_factory.mktemp("sshd")
    host_key, user_key = key(folder / "host"), key(folder / "user")
    (folder / "authorized").write_text(user_key + "\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    os.makedirs("/run/sshd", exist_ok=True)  # noqa: PTH103
    settings = {
        "HostKey": folder / "host", "AuthorizedKeysFile": folder / "authorized", "PidFile": "none",
        "ListenAddress": f"127.0.0.1:{port}", "StrictModes": "no", "UsePAM": "no",
        "PermitRootLogin": "prohibit-password",
    }  # fmt: skip
    words = [
        SSHD,
        "-D",
        "-e",
        "-f",
        "/dev/null",
        *(word for pair in settings.items() for word in ("-o", "=".join(map(str, pair)))),
    ]
    server = subprocess.Popen(words, stderr=(folder / "log").open("wb"))
    end = time.monotonic() + 10
    while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < end:
        time.sleep(0.05)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEPLOY_SSH_KEY", (folder / "user").read_text())
        yield f"ssh://{getpass.getuser()}@127.0.0.1:{port}", host_key
    server.terminate()
    server.wait()


def test_release_deployed_over_ssh_answers(target: DockerTarget, host: tuple[str, str], good: str, better: str) -> None:
    settings = DockerSettings(host=host[0], host_key=host[1], bind="127.0.0.1")
    remote = docker.target(target.site.config, target.site.environment, settings, "")
    for image in (good, better):
        running = remote.apply(order(image), accept)
        assert (running.release, running.healthy, running.url[:17]) == (image, True, "http://127.0.0.1:")
        assert get(running.url, "/health")["digest"] == digest(image)
    assert remote.observe() == target.observe()


def test_another_host_key_is_refused(host: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="does not identify itself by the `host-key`"):
        ssh.connect(host[0], key(tmp_path / "another"))


def test_rejected_key_and_missing_host_are_named(
    host: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key(tmp_path / "stranger")
    monkeypatch.setenv("DEPLOY_SSH_KEY", (tmp_path / "stranger").read_text())
    with pytest.raises(UnreachableError, match="Permission denied"):
        ssh.connect(*host)
    with pytest.raises(UnreachableError, match="Connection refused"):
        ssh.connect("ssh://nobody@127.0.0.1:1", host[1])
    monkeypatch.delenv("DEPLOY_SSH_KEY")
    with pytest.raises(UsageError, match="DEPLOY_SSH_KEY is not set"):
        ssh.connect(*host)


def test_neither_the_key_nor_the_connection_stays(
    host: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    client = ssh.connect(*host)
    (folder,) = tmp_path.iterdir()
    assert not (folder / "key").exists()
    assert client.ping()
    del client
    import gc  # noqa: PLC0415

    gc.collect()
    assert list(tmp_path.iterdir()) == []
