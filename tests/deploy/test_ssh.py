"""An engine over SSH, by a real sshd on this machine: the pinned key is trusted, and no other."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd.config import DockerSettings
from cicd.deploy.docker import ssh
from cicd.deploy.docker import target as docker
from cicd.errors import RefusedError, UnreachableError, UsageError
from tests.deploy.support.sshd import key, serving
from tests.deploy.support.tiny import accept, digest, get, order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.deploy.docker.target import DockerTarget


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Yield a host that accepts one user's key: its address and its host key."""
    with serving(tmp_path_factory.mktemp("sshd")) as host, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEPLOY_SSH_KEY", host.private_key)
        yield host.address, host.key


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
    place = Path(tempfile.mkdtemp(dir="/tmp"))
    monkeypatch.setattr("tempfile.tempdir", str(place))
    client = ssh.connect(*host)
    (folder,) = place.iterdir()
    assert not (folder / "key").exists()
    assert client.ping()
    del client
    import gc  # noqa: PLC0415

    gc.collect()
    assert list(place.iterdir()) == []
    place.rmdir()


@pytest.mark.case("K26", "a temporary directory whose path is too long for a socket")
def test_temporary_directory_with_a_long_path(
    host: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / ("long" * 25)
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    assert ssh.connect(*host).ping()
