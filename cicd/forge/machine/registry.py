"""Run the forge's registry: a container that listens on a port of localhost."""

from __future__ import annotations

import random
import socket
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import TYPE_CHECKING

from cicd import labels
from cicd.errors import UnreachableError
from cicd.forge.machine import base_images
from cicd.oci import containers
from cicd.oci.errors import MissingError, engine_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cicd.oci.engine import Client, Container


PORTS = range(20_000, 30_000)  # below the ports that systems use for outgoing connections
INNER_PORT = "5000/tcp"
SECONDS_TO_ANSWER = 20


def start(client: Client, marks: Mapping[str, str], base: str, port: int | None, say: Callable[[str], None]) -> int:
    """Start the registry of a forge, wait until it answers, and return its port.

    `marks` are the labels of its container and its volume. A new registry listens on `port`, or on a free port where
    that is None; an existing one keeps its port. `base` is the base image of a stand-in.

    Raises:
        UnreachableError: there is no image of a registry, the port is taken, or the registry does not answer.

    """
    name = f"ml-cicd-{marks[labels.PROJECT]}-registry-{marks[labels.INSTANCE]}"
    try:
        with engine_errors(f"look for the container {name}"):
            container = client.containers.get(name)
    except MissingError:
        image = base_images.registry_image(client, base, say)
        container = _create(client, name, marks, image, port or free_port())
    port = int(container.attrs["HostConfig"]["PortBindings"][INNER_PORT][0]["HostPort"])
    if container.status != "running":
        hint = (
            "If that port is taken: free it, or run 'ml-cicd local down' and 'ml-cicd local up', which choose another "
            "one. Anything else is the engine's: look at 'docker info', or restart Docker."
        )
        with engine_errors(f"start the registry on port {port}", hint=hint):
            container.start()
    _wait(container, port)
    return port


def _create(client: Client, name: str, marks: Mapping[str, str], image: str, port: int) -> Container:
    with engine_errors(f"create the container {name}"):
        client.volumes.create(name, labels=dict(marks))
        return client.containers.create(
            image,
            **containers.NO_PROXIES,
            name=name,
            labels=dict(marks),
            ports={INNER_PORT: ("127.0.0.1", port)},
            volumes={name: {"bind": "/var/lib/registry", "mode": "rw"}},
            restart_policy={"Name": "unless-stopped"},  # type: ignore[arg-type]  # the stubs do not know this policy
        )


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise UnreachableError(
        f"The registry needs a free port between {PORTS.start} and {PORTS.stop}, and all are taken.",
        "Stop a program that listens on one of them. 'ss -ltnp' lists them.",
    )


def _wait(container: Container, port: int) -> None:
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
                f"Read its whole log: docker logs {container.name}",
            )
        time.sleep(0.05)
