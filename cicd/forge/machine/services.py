"""What the forge needs running on this machine: a Docker engine, the base image, and a registry on localhost."""

from __future__ import annotations

import json
import random
import socket
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from docker.errors import APIError, NotFound

from cicd import forge_identity, labels
from cicd.errors import UnreachableError, UsageError
from cicd.forge.machine import base_images, engine_setup
from cicd.oci import engine, images

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import docker
    from docker.models.containers import Container

PORTS = range(20_000, 30_000)  # below those that systems hand out to outgoing connections
REGISTRY_PORT = "5000/tcp"
SECONDS_TO_ANSWER = 20


@dataclass(frozen=True)
class Services:
    """Where the services are.

    `base` is the base image for builds; empty: the Dockerfiles' own default. `proxy` is the image of the proxies.
    """

    registry: str
    base: str
    proxy: str
    engine: str
    runner: str = ""
    """The image in whose containers steps run; empty: on this machine itself."""


def up(data: Path, name: str, say: Callable[[str], None], runner: str | None = None) -> Services:
    """Have engine, base image and the registry of the project `name` running; what is there already is used.

    `data` keeps what was chosen (the registry's port, the images). `runner` is "" for
    steps on this machine, an image for steps in its containers, and None for what was chosen before.

    Raises:
        UsageError: steps are to run in containers, and the engine is on another machine.
        UnreachableError: something can't be had on this machine; the hint has the commands to run.

    """
    engine_setup.ensure_engine(say)
    client = engine.connect()
    file = data / "services.json"
    chosen: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    base, proxy = chosen.get("base"), chosen.get("proxy")
    if base is None or not images.present(client, base or base_images.PYTHON):
        engine_setup.ensure_build_client(say)
        base = base_images.python_image(client, say)
    if proxy is None or not images.present(client, proxy):
        proxy = base_images.proxy_image(client, base, say)
    of_registry = {labels.PROJECT: name, labels.ROLE: labels.REGISTRY, labels.INSTANCE: forge_identity.of_data(data)}
    port = _run_registry(client, of_registry, base, chosen.get("port"), say)
    runner = _runner_image(client, base, chosen.get("runner", "") if runner is None else runner, say)
    if chosen != (choice := {"base": base, "port": port, "proxy": proxy, "runner": runner}):
        data.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(choice) + "\n")
    return Services(f"localhost:{port}", base, proxy, engine.address(), runner)


def down(data: Path, name: str, say: Callable[[str], None]) -> None:
    """Remove all containers, networks and volumes of the forge that keeps its data in `data`, of project `name`.

    Images stay, since they make the next start quick, and so does the engine: it may serve others.
    """
    try:
        client = engine.connect()
    except UnreachableError:
        say("no Docker engine answers: nothing runs")
        return
    mine: dict[str, str | list[str] | bool] = {"label": f"{labels.INSTANCE}={forge_identity.of_data(data)}"}
    found = client.containers.list(all=True, filters=mine, ignore_removed=True)
    for container in found:
        with suppress(NotFound):
            container.remove(force=True, v=True)
    networks = client.networks.list(filters=mine)
    for network in networks:
        network.remove()
    volumes = client.volumes.list(filters=mine)
    for volume in volumes:
        volume.remove(force=True)
    (data / "services.json").unlink(missing_ok=True)
    say(f"{name}: removed {len(found)} containers, {len(networks)} networks, {len(volumes)} volumes; images stay")
    if pid := engine_setup.started_engine(engine_setup.STATE):
        say(f"the Docker engine that was started here stays; to stop it: kill {pid}")


def _runner_image(client: docker.DockerClient, base: str, image: str, say: Callable[[str], None]) -> str:
    """The image in whose containers steps run, there for the engine; empty where they run on this machine."""
    if not image:
        return ""
    if not engine.address().startswith("unix://"):
        raise UsageError(
            f"Steps can't run in containers of {engine.address()}: they share folders with this machine.",
            "Use an engine on this machine, or: ml-cicd local up --runner host",
        )
    return base_images.runner_image(client, base, image, say)


def _run_registry(
    client: docker.DockerClient, marks: dict[str, str], base: str, port: int | None, say: Callable[[str], None]
) -> int:
    """Have the registry answer, and return its port."""
    name = f"ml-cicd-{marks[labels.PROJECT]}-registry-{marks[labels.INSTANCE]}"
    try:
        container = client.containers.get(name)
    except NotFound:
        image = base_images.registry_image(client, base, say)
        container = _create_registry(client, name, marks, image, port or _free_port())
    port = int(container.attrs["HostConfig"]["PortBindings"][REGISTRY_PORT][0]["HostPort"])
    if container.status != "running":
        try:
            container.start()
        except APIError as error:
            raise UnreachableError(
                f"The registry can't start on port {port}: {error.explanation}",
                "Free that port, or take everything down and up again: then another port is chosen.",
            ) from error
        say(f"registry: localhost:{port}")
    _wait_for_registry(container, port)
    return port


def _create_registry(client: docker.DockerClient, name: str, marks: dict[str, str], image: str, port: int) -> Container:
    client.volumes.create(name, labels=marks)
    return client.containers.create(
        image,
        name=name,
        labels=marks,
        ports={REGISTRY_PORT: ("127.0.0.1", port)},
        volumes={name: {"bind": "/var/lib/registry", "mode": "rw"}},
        restart_policy={"Name": "unless-stopped"},  # type: ignore[arg-type]  # the stubs do not know it
    )


def _free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise UnreachableError(f"All ports from {PORTS.start} to {PORTS.stop} are taken.", "Stop what uses them.")


def _wait_for_registry(container: Container, port: int) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while True:
        try:
            with direct.open(f"http://127.0.0.1:{port}/v2/", timeout=2) as answer:
                if answer.status == HTTPStatus.OK:
                    return
        except OSError as error:
            problem: OSError = error
        if time.monotonic() > deadline:
            log = container.logs(tail=10).decode(errors="replace")
            raise UnreachableError(
                f"The registry at localhost:{port} does not answer ({problem}). The end of its log:\n{log}",
                f"See: docker logs {container.name}",
            )
        time.sleep(0.05)
