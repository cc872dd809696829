"""Start the services of a forge (Docker engine, images, registry), and remove its containers, networks and volumes."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd import forge_identity, labels
from cicd.errors import UnreachableError, UsageError
from cicd.forge.machine import base_images, built_images, engine_setup, registry
from cicd.oci import engine, images
from cicd.oci.errors import ConflictError, MissingError, engine_errors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cicd.oci.engine import Client, Network, Volume


@dataclass(frozen=True)
class Services:
    """The services of a forge that runs."""

    registry: str
    """Host and port."""
    base: str
    """The base image of builds; empty: the default of each Dockerfile."""
    proxy: str
    """The image of the proxies in front of the environments."""
    engine: str
    """The value of DOCKER_HOST."""
    runner: str = ""
    """The image of the job containers; empty: steps run on this machine itself."""


def up(
    data: Path, name: str, say: Callable[[str], None], runner: str | None = None, builds_on: str | None = None
) -> Services:
    """Start the engine and the registry of project `name`, and pull or build the images; keep what already exists.

    The file `data/services.json` keeps the choices (images, the registry's port) for the next start. `runner` is "" for
    steps on this machine, the image of job containers, or None for the choice of the last start. `builds_on` is the
    base image of builds, "" for the usual one, or None for the choice of the last start.

    Raises:
        UsageError: jobs should run in containers, but the engine is on another machine.
        UnreachableError: this machine lacks something; the hint has the commands to run.

    """
    engine_setup.ensure_engine(say)
    client = engine.connect()
    file = data / "services.json"
    last: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    base, proxy = last.get("base"), last.get("proxy")
    if base is None or not images.present(client, base or base_images.PYTHON):
        engine_setup.ensure_build_client(say)
        base = base_images.python_image(client, say)
    if proxy is None or not images.present(client, proxy):
        proxy = base_images.proxy_image(client, base, say)
    marks = {labels.PROJECT: name, labels.ROLE: labels.REGISTRY, labels.INSTANCE: forge_identity.of_data(data)}
    port = registry.start(client, marks, base, last.get("port"), say)
    runner = _runner_image(client, base, last.get("runner", "") if runner is None else runner, say)
    builds_on = last.get("builds_on", "") if builds_on is None else builds_on
    if builds_on:
        base_images.ensure(client, builds_on, say)
    choices = {"base": base, "port": port, "proxy": proxy, "runner": runner, "builds_on": builds_on}
    if last != choices:
        data.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(choices) + "\n")
    return Services(f"localhost:{port}", builds_on or base, proxy, engine.address(), runner)


def down(data: Path, name: str, say: Callable[[str], None], *, with_images: bool = False) -> None:
    """Remove all containers, networks and volumes of the forge in the folder `data`, of project `name`.

    Images stay, which makes the next start quick, unless `with_images` removes those that this forge built. What the
    forges of this machine share stays in any case. The engine stays too: other programs may use it.
    """
    try:
        client = engine.connect()
    except UnreachableError:
        say("no Docker engine answers, so there are no containers to remove")
        return
    of_forge: dict[str, str | list[str] | bool] = {"label": f"{labels.INSTANCE}={forge_identity.of_data(data)}"}
    with engine_errors(f"remove the containers of {name}"):
        containers = client.containers.list(all=True, filters=of_forge, ignore_removed=True)
        for container in containers:
            # A conflict: the engine is already removing it.
            with suppress(MissingError, ConflictError), engine_errors(f"remove the container {container.name}"):
                container.remove(force=True, v=True)
        networks = client.networks.list(filters=of_forge)
        for network in networks:
            _remove_network(network, say)
        volumes = client.volumes.list(filters=of_forge)
        removed = sum(_remove_volume(volume, say) for volume in volumes)
    file, kept = data / "services.json", "images stay"
    if with_images:
        port = json.loads(file.read_text())["port"] if file.exists() else 0
        registry_name = f"localhost:{port}" if port else ""
        gone = built_images.remove(client, forge_identity.of_data(data), registry_name, say)
        kept = f"{gone} images"
    file.unlink(missing_ok=True)
    say(f"{name}: removed {len(containers)} containers, {len(networks)} networks, {removed} volumes; {kept}")
    if pid := engine_setup.started_engine(engine_setup.STATE):
        say(f"the Docker engine that ml-cicd started keeps running; to stop it: kill {pid}")


def _remove_network(network: Network, say: Callable[[str], None]) -> None:
    """Remove a network; containers that others attached to it are detached and stay."""
    with suppress(MissingError), engine_errors(f"remove the network {network.name}"):
        network.reload()
        for identity, endpoint in network.attrs["Containers"].items():
            with suppress(MissingError), engine_errors(f"detach {endpoint['Name']} from the network {network.name}"):
                network.disconnect(identity, force=True)
                say(f"detached the container {endpoint['Name']}, which stays, from the network {network.name}")
        network.remove()


def _remove_volume(volume: Volume, say: Callable[[str], None]) -> bool:
    """Remove a volume; return False if another container uses it, after saying so."""
    try:
        with suppress(MissingError), engine_errors(f"remove the volume {volume.name}"):
            volume.remove(force=True)
    except ConflictError as error:
        say(f"the volume {volume.name} stays. {error.message}")
        say(f"remove that container, then run: docker volume rm {volume.name}")
        return False
    return True


def _runner_image(client: Client, base: str, image: str, say: Callable[[str], None]) -> str:
    """Pull or build the image of the job containers, and return it; empty where steps run on this machine."""
    if not image:
        return ""
    if not engine.address().startswith("unix://"):
        raise UsageError(
            f"Jobs can't run in containers of the engine at {engine.address()}: they share folders with this machine.",
            "Use an engine on this machine, or run: ml-cicd local up --runner host",
        )
    return base_images.runner_image(client, base, image, say)
