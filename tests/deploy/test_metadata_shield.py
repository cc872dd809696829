"""Project code in a container of the kit can't reach the metadata service of a cloud; the machine itself still can."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import pytest

from cicd.config import Train
from cicd.errors import CheckFailedError
from cicd.oci import containers, metadata_shield
from cicd.oci.output import Output
from cicd.produce import checks, training
from tests.deploy.support.bridge import gateway
from tests.deploy.support.tiny import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import docker

    from cicd.forge.machine.services import Services

ASKS = "import socket, sys; s = socket.socket(); s.settimeout(5); sys.exit(s.connect_ex(('{0}', {1})) and 7)"
"""Ends with 7 if nothing answers. The five seconds are for the kernel alone, which answers also on a busy machine."""


def _answer(server: socket.socket) -> None:
    with suppress(OSError):  # it is closed at the end of the test
        while True:
            server.accept()[0].close()


@pytest.fixture
def service() -> Iterator[tuple[str, int]]:
    """Yield a link-local address of this machine at which something answers, as a cloud's service does."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("no root, or no command ip: this machine can't be given an address")
    address = f"169.254.200.{os.getpid() % 250 + 1}"
    subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    try:
        with closing(socket.create_server((address, 0))) as server:
            threading.Thread(target=_answer, args=(server,), daemon=True).start()
            yield address, server.getsockname()[1]
    finally:
        subprocess.run(["ip", "address", "delete", f"{address}/32", "dev", "lo"], check=True)


def asks(service: tuple[str, int]) -> tuple[str, ...]:
    return ("python3", "-c", ASKS.format(*service))


@pytest.mark.case("K13", "project code asks the metadata service of the cloud for credentials")
def test_commands_can_not_reach_link_local_addresses(
    client: docker.DockerClient, own_services: Services, service: tuple[str, int], tmp_path: Path
) -> None:
    image, command = own_services.base, list(asks(service))
    plain = client.containers.create(image, command, entrypoint=[])
    try:
        plain.start()
        assert plain.wait()["StatusCode"] == 0  # without the shield
    finally:
        plain.remove(force=True)
    labels = {"ml-cicd.project": NAME}
    assert containers.run(client, image, command, labels=labels).exit_code == 7
    config: Any = type("Config", (), {"name": NAME, "checks": {"asks": tuple(command)}})
    (outcome,) = checks.run(config, image)
    assert not outcome.passed
    with pytest.raises(CheckFailedError, match="Training failed"):
        training.train(client, NAME, Train(tuple(command)), image, tmp_path, facts=training.Facts("0"))
    network = client.networks.create(f"{NAME}-shield", labels=labels)
    try:
        runner = containers.runner(client, str(network.name))
        assert runner(image, command, labels=labels, environment={}, collect=[]).exit_code == 7
    finally:
        network.remove()
    with closing(socket.create_connection(service, 60)):  # this machine's own way is open
        pass


def test_a_command_still_reaches_other_addresses(
    client: docker.DockerClient, own_services: Services, service: tuple[str, int]
) -> None:
    """Through the gateway of its network, as it reaches the internet."""
    with closing(socket.create_server(("0.0.0.0", 0))) as server:
        command = asks((gateway(client), server.getsockname()[1]))
        assert containers.run(client, own_services.base, command, labels={}).exit_code == 0


def test_containers_do_not_reach_each_other_through_it(client: docker.DockerClient, own_services: Services) -> None:
    listens = "import socket, time; s = socket.create_server(('', 4444)); time.sleep(600)"
    first = client.containers.create(own_services.base, ["python3", "-c", listens], entrypoint=[])
    try:
        metadata_shield.join(client, first)
        first.start()
        first.reload()
        address = first.attrs["NetworkSettings"]["Networks"][metadata_shield.NAME]["IPAddress"]
        assert address.startswith("169.254.")
        assert containers.run(client, own_services.base, asks((address, 4444)), labels={}).exit_code == 7
    finally:
        first.remove(force=True)


def test_where_it_is_impossible_a_warning_says_so(
    client: docker.DockerClient, own_services: Services, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(metadata_shield, "NAME", "no such name: with blanks")
    assert containers.run(client, own_services.base, ["true"], labels={}, output=Output()).exit_code == 0
    assert "may reach the metadata service" in capfd.readouterr().err
