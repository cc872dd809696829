"""The services of the forge against the real engine: they come up, stay apart, come back, and go."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import urllib.request
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import docker
import pytest
import requests
from docker.models.containers import Container

from cicd import forge_identity
from cicd.errors import UnreachableError
from cicd.forge.machine import base_images, engine_setup, services
from cicd.forge.running import cleanup
from cicd.forge.state import Forge
from cicd.oci import engine, images
from tests.deploy.support.printed import printed_by

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    name = f"test-{uuid.uuid4().hex[:8]}"
    yield tmp_path, name
    services.down(tmp_path, name, print)


def _name(data: Path, project: str) -> str:
    """Return the name of the registry's container."""
    return f"ml-cicd-{project}-registry-{forge_identity.of_data(data)}"


def _digest(registry: str, repository: str, tag: str) -> str:
    request = urllib.request.Request(
        f"http://{registry}/v2/{repository}/manifests/{tag}",
        headers={"Accept": "application/vnd.docker.distribution.manifest.v2+json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.headers["Docker-Content-Digest"])


def _build_and_push(client: docker.DockerClient, up: services.Services, context: Path, lines: str) -> tuple[str, str]:
    """Build an image as every build does, and push it. Returns its name and its digest."""
    (context / "Dockerfile").write_text(lines)
    name = f"{up.registry}/team/model"
    command, environment = engine.build_command()
    argument = ["--build-arg", f"BASE={up.base}"] if up.base else []
    subprocess.run(
        [*command, *argument, *engine.ca_secret(), "--tag", f"{name}:1", context], env=environment, check=True
    )
    digest = images.push(client, f"{name}:1", name, "1").partition("@")[2]
    client.images.remove(f"{name}:1")
    return name, digest


def test_built_image_is_pulled_by_digest(client: docker.DockerClient, project: tuple[Path, str]) -> None:
    data, name = project
    up = services.up(data, name, print)
    lines = f"ARG BASE={base_images.PYTHON}\nFROM ${{BASE}}\nRUN --mount=type=secret,id=ca python -m venv /opt/venv\n"
    image, digest = _build_and_push(client, up, data, lines)
    assert _digest(up.registry, "team/model", "1") == digest
    client.images.pull(image, tag=digest)
    try:
        assert printed_by(client, f"{image}@{digest}", "/opt/venv/bin/python", "--version").startswith("Python 3.11.")
    finally:
        client.images.remove(f"{image}@{digest}")


def test_second_up_changes_nothing(
    client: docker.DockerClient, project: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, name = project
    first = services.up(data, name, print)
    container = client.containers.get(_name(data, name)).id
    lines: list[str] = []
    asked: set[str] = set()
    send = requests.Session.send

    def asks(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        asked.add(str(request.method))
        return send(self, request, **options)

    monkeypatch.setattr(requests.Session, "send", asks)
    assert services.up(data, name, lines.append) == first
    assert asked == {"GET"}
    assert lines == []
    assert client.containers.get(_name(data, name)).id == container


@pytest.mark.parametrize("loss", ["stopped", "removed", "forgotten"])
def test_lost_registry_comes_back_with_its_content(
    client: docker.DockerClient, project: tuple[Path, str], loss: str
) -> None:
    data, name = project
    first = services.up(data, name, print)
    _, digest = _build_and_push(client, first, data, "FROM scratch\nCOPY Dockerfile /\n")
    container = client.containers.get(_name(data, name))
    if loss == "stopped":
        container.kill()
    elif loss == "removed":
        container.remove(force=True)
    else:
        (data / "services.json").unlink()
    assert services.up(data, name, print) == first
    assert _digest(first.registry, "team/model", "1") == digest


@pytest.mark.parametrize("same_name", [False, True], ids=["another project", "a second clone of it"])
def test_two_projects_do_not_meet(
    client: docker.DockerClient, project: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory, same_name: bool
) -> None:
    data, name = project
    other, other_data = name if same_name else f"{name}-other", tmp_path_factory.mktemp("other")
    first, second = services.up(data, name, print), services.up(other_data, other, print)
    assert first.registry != second.registry
    services.down(other_data, other, print)
    assert services.up(data, name, print) == first
    label = {"label": f"ml-cicd.instance={forge_identity.of_data(other_data)}"}
    assert not client.containers.list(all=True, filters=label, ignore_removed=True)  # type: ignore[arg-type]
    assert client.containers.get(_name(data, name)).status == "running"


def test_down_removes_all_of_the_project(client: docker.DockerClient, project: tuple[Path, str]) -> None:
    data, name = project
    labels = {"ml-cicd.instance": forge_identity.of_data(data)}
    label = {"label": f"ml-cicd.instance={forge_identity.of_data(data)}"}
    up = services.up(data, name, print)
    network = client.networks.create(f"ml-cicd-{name}-integration", labels=labels)
    client.containers.create(up.base or base_images.PYTHON, ["sleep", "9"], labels=labels, network=network.name).start()
    lines: list[str] = []
    services.down(data, name, lines.append)
    assert lines[0] == f"{name}: removed 2 containers, 1 networks, 1 volumes; images stay"
    assert not client.containers.list(all=True, filters=label, ignore_removed=True)  # type: ignore[arg-type]
    assert not client.networks.list(filters=label)
    assert not client.volumes.list(filters=label)
    assert not (data / "services.json").exists()
    services.down(data, name, lines.append)
    assert f"{name}: removed 0 containers, 0 networks, 0 volumes; images stay" in lines


@pytest.mark.case("K5", "containers of others on the networks of a local forge")
def test_down_leaves_foreign_containers_alone(client: docker.DockerClient, project: tuple[Path, str]) -> None:
    data, name = project
    labels = {"ml-cicd.instance": forge_identity.of_data(data)}
    up = services.up(data, name, print)
    network = client.networks.create(f"ml-cicd-{name}-integration", labels=labels)
    foreign = client.containers.create(
        up.base or base_images.PYTHON, ["sleep", "60"], name=f"{name}-foreign", network=network.name,
        volumes=[f"{_name(data, name)}:/data"],
    )  # fmt: skip
    try:
        foreign.start()
        lines: list[str] = []
        services.down(data, name, lines.append)
        assert f"detached the container {foreign.name}, which stays, from the network {network.name}" in lines
        assert any(line.startswith(f"the volume {_name(data, name)} stays. ") for line in lines)
        assert f"{name}: removed 1 containers, 1 networks, 0 volumes; images stay" in lines
        foreign.reload()
        assert foreign.status == "running"
        assert not client.networks.list(names=[network.name or ""])
    finally:
        foreign.remove(force=True)


def test_killed_run_leaves_only_its_deployment(client: docker.DockerClient, project: tuple[Path, str]) -> None:
    data, name = project
    base = services.up(data, name, print).base or base_images.PYTHON
    marks = {"ml-cicd.instance": forge_identity.of_data(data)}
    volumes = [client.volumes.create(f"{name}-{part}", labels=marks).name for part in ("job", "job-env", "cache")]

    def create(suffix: str, run: str, role: str, *mounted: str) -> None:
        labels = {**marks, "ml-cicd.run": run, "ml-cicd.role": role}
        binds = [f"{volume}:/{volume}" for volume in mounted]
        client.containers.create(base, ["true"], name=f"{name}-{suffix}", labels=labels, volumes=binds)

    create("job", "1", "", *volumes)
    create("tests", "1", "tests")
    create("service", "1", "service")
    create("another-candidate", "1", "service")
    create("other", "2", "")
    cleanup.clean(Forge(data), [1])
    label = {"label": f"ml-cicd.instance={marks['ml-cicd.instance']}"}
    left = client.containers.list(all=True, filters=label, ignore_removed=True)  # type: ignore[arg-type]
    assert {item.name for item in left if item.labels.get("ml-cicd.run")} == {f"{name}-service", f"{name}-other"}
    assert {item.name for item in client.volumes.list(filters=label)} - {_name(data, name)} == {f"{name}-cache"}


def test_vanishing_container_does_not_stop_a_clean_up(
    client: docker.DockerClient, project: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, name = project
    up = services.up(data, name, print)
    labels = {"ml-cicd.instance": forge_identity.of_data(data), "ml-cicd.run": "1"}
    remove = Container.remove

    def twice(self: Container, **options: bool) -> None:
        """As if somebody had been quicker."""
        remove(self, **options)
        remove(self, **options)

    monkeypatch.setattr(Container, "remove", twice)
    client.containers.create(up.base or base_images.PYTHON, ["true"], labels=labels)
    cleanup.clean(Forge(data), [1])
    client.containers.create(up.base or base_images.PYTHON, ["true"], labels=labels)
    services.down(data, name, print)
    label = {"label": f"ml-cicd.instance={forge_identity.of_data(data)}"}
    assert not client.containers.list(all=True, filters=label, ignore_removed=True)  # type: ignore[arg-type]


def test_taken_registry_port_is_named(project: tuple[Path, str]) -> None:
    data, name = project
    first = services.up(data, name, print)
    engine.connect().containers.get(_name(data, name)).kill()
    port = int(first.registry.rpartition(":")[2])
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(UnreachableError, match=f"Could not start the registry on port {port}") as error:
            services.up(data, name, print)
        assert error.value.exit_code == 69
    assert services.up(data, name, print) == first


def test_choices_are_kept_beside_the_project(project: tuple[Path, str]) -> None:
    data, name = project
    up = services.up(data, name, print)
    assert json.loads((data / "services.json").read_text()) == {
        "base": up.base,
        "builds_on": "",
        "port": int(up.registry.rpartition(":")[2]),
        "proxy": up.proxy,
        "runner": "",
    }


def test_started_engine_outlives_its_starter(tmp_path: Path, sockets: str) -> None:
    address = f"unix://{sockets}/docker.sock"
    folders = [f"--data-root={tmp_path}/data", f"--exec-root={sockets}", f"--pidfile={tmp_path}/own.pid"]
    # In namespaces of its own it leaves no mount, and the interfaces of the engine that the other tests use alone.
    command = ["unshare", "--net", "--mount", "dockerd", "--host", address, *folders]
    engine_setup.start_daemon(command, address, tmp_path, print)
    process = int((tmp_path / "dockerd.pid").read_text())
    try:
        second = docker.DockerClient(base_url=address)
        assert second.info()["DockerRootDir"] == f"{tmp_path}/data"
        lines: list[str] = []
        engine_setup.stop_engine(second, tmp_path, lines.append)
        assert lines == ["stopped the Docker engine that ml-cicd started"]
        assert engine.problem(address)
        assert not (tmp_path / "dockerd.pid").exists()
    finally:
        os.kill(process, signal.SIGTERM)  # a child that ended stays until it is waited for


@pytest.mark.case("K6", "images of a forge that is taken down")
def test_down_with_images_removes_what_this_forge_built(
    client: docker.DockerClient, project: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, name = project
    up = services.up(data, name, print)
    (tmp_path / "context").mkdir()
    built = {}
    for owner in (forge_identity.of_data(data), "0ther000", ""):
        monkeypatch.setenv("ML_CICD_INSTANCE", owner)
        for kind in ("pushed", "local", "kept"):
            file = tmp_path / f"{kind}.Dockerfile"
            file.write_text(f'FROM scratch\nLABEL unique="{uuid.uuid4().hex}" made="{owner}"\n')
            place = {"pushed": f"{up.registry}/acme/{kind}", "local": f"ml-cicd/{name}-{owner or 'none'}", "kept": name}
            tag = f"{place[kind]}:{owner or 'none'}"
            built[owner, kind] = images.build(tmp_path / "context", file, tag=tag)
    images.push(client, built["", "pushed"], f"{up.registry}/acme/pushed", "1")
    used = client.containers.create(f"{up.registry}/acme/pushed:0ther000", ["x"])
    lines: list[str] = []
    try:
        services.down(data, name, lines.append, with_images=True)
        left = {key for key, identity in built.items() if images.present(client, identity)}
        own = forge_identity.of_data(data)
        assert left == {(own, "kept"), ("0ther000", "pushed"), ("0ther000", "local"), ("0ther000", "kept"),
                        ("", "local"), ("", "kept")}  # fmt: skip
        assert images.present(client, up.base or base_images.PYTHON)
        assert images.present(client, up.proxy)
        assert lines[-1].endswith("; 3 images") or any("; 3 images" in line for line in lines)
        assert any("stays" in line and "0ther000" in line for line in lines)
    finally:
        used.remove(force=True)
        for identity in built.values():
            with suppress(docker.errors.ImageNotFound):
                client.images.remove(identity, force=True)
