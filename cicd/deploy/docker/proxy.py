"""The proxy before an environment: HAProxy in a container, switched over its runtime API and never reloaded.

It has two slots. A switch points the idle slot to the new release, makes it ready and drains the other, so no
connection breaks. The routing is also written into the proxy's volume, by name: it outlives the proxy and the engine.
"""

from __future__ import annotations

import os
import random
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd import labels, variables
from cicd.deploy import health
from cicd.deploy.docker import routing, scripts
from cicd.deploy.docker.routing import Routing
from cicd.errors import CheckFailedError, CicdError, UsageError
from cicd.oci import archives, containers, images
from cicd.oci.errors import ConflictError, MissingError, engine_errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.oci.engine import Client, Container


IMAGE = "haproxy:3.2.4"
FOLDER, FILE = "/etc/ml-cicd", "haproxy.cfg"
PORT = 8080
PORTS = range(20_000, 30_000)  # below those that systems hand out to outgoing connections
TRIES = 20
PORT_TAKEN = re.compile(r"already (allocated|in use)")
SWITCH_SECONDS = 30


@dataclass(frozen=True)
class Proxy:
    """The proxy of one environment. `labels` say what it belongs to; `port` 0: a free one, chosen once and kept."""

    client: Client
    name: str
    network: str
    labels: Mapping[str, str]
    address: str
    port: int
    service_port: int

    @property
    def inner_port(self) -> int:
        """The proxy's port on the environment's network."""
        return PORT

    def find(self) -> Container | None:
        """Return the proxy's container, running or not; None when there is none."""
        return containers.find(self.client, self.name)

    def container(self) -> Container:
        """Return the proxy's container, running or not.

        Raises:
            CheckFailedError: there is none.

        """
        container = self.find()
        if container is None:
            raise CheckFailedError(
                f"The proxy {self.name} is gone.", "Run the deployment again: it creates a new proxy."
            )
        return container

    def is_published_as_configured(self, container: Container) -> bool:
        """Return whether the proxy's container has the configured address and port."""
        binding = _binding(container)
        return binding["HostIp"] == self.address and self.port in (0, int(binding["HostPort"]))

    def url(self, host: str) -> str:
        """Return the URL at which users reach the proxy on a machine; empty when there is no proxy."""
        container = self.find()
        return f"http://{host}:{_binding(container)['HostPort']}" if container else ""

    def image(self) -> str:
        """Return the image of the proxy."""
        return os.environ.get(variables.ML_CICD_PROXY) or IMAGE

    def create(self) -> None:
        """Create and start the proxy; the routing in its volume is kept.

        Raises:
            UsageError: the configured port is taken.
            UnreachableError: the proxy's image can't be pulled.

        """
        images.pull(
            self.client, self.image(), "Name an image with HAProxy and bash that the engine can pull in ML_CICD_PROXY."
        )
        kept = self._kept_port()
        free = random.Random(self.name).sample(PORTS, TRIES)  # noqa: S311 -- the same name gets the same port again
        ports = [self.port] if self.port else [kept] if kept else free
        for port in ports:
            if not kept:
                self.client.volumes.create(self.name, labels={**self.labels, labels.PORT: str(port)})
            container = self.client.containers.create(
                self.image(),
                name=self.name,
                user="haproxy",
                entrypoint=["haproxy", "-db", "-f", f"{FOLDER}/{FILE}"],
                labels=dict(self.labels),
                network=self.network,
                ports={f"{PORT}/tcp": (self.address, port)},
                volumes={self.name: {"bind": FOLDER, "mode": "rw"}},
                restart_policy={"Name": "unless-stopped"},  # type: ignore[arg-type]  # the stubs do not know it
            )
            problem = self._start(container)
            if not problem:
                return
            container.remove(force=True)
            if not kept:
                self.client.volumes.get(self.name).remove()
        raise UsageError(
            f"The proxy can't have port {', '.join(map(str, ports))} of {self.address}: {problem}",
            "Free that port, or set another `port` for the environment in ml-cicd.toml.",
        )

    def restart(self, container: Container) -> None:
        """Start the proxy's container again after it stopped.

        Raises:
            UsageError: its port is taken.

        """
        if problem := self._start(container):
            raise UsageError(
                f"The proxy {self.name} can't start again: {problem}",
                "Free its port, or set another `port` for the environment in ml-cicd.toml.",
            )

    def routing(self) -> Routing:
        """Return where the proxy leads."""
        container = self.find()
        return routing.read((self._configuration(container) or "") if container else "")

    def route(self, release: Container | None, before: Routing) -> Routing:
        """Lead every new request to a release, or to none, and return the new routing.

        Raises:
            CheckFailedError: the proxy does not switch; the routing is as before.

        """
        return self._route(release, before)[0]

    def switch(self, release: Container, before: Routing, path: str, digest: str) -> tuple[Routing, str]:
        """Lead every new request to a release, then ask as users do.

        Returns the new routing, and why users do not find the release healthy as `digest`; empty when they do.

        Raises:
            CheckFailedError: the proxy does not switch; the routing is as before.

        """
        after, response = self._route(release, before, scripts.probe("127.0.0.1", PORT, path, digest))
        return after, health.problem_of_response(response, digest)

    def drain(self, current: Routing, seconds: float) -> bool:
        """Wait until the slot that gets no new requests has answered its last one. Return whether it has."""
        proxy = self.container()
        end = time.monotonic() + seconds
        while True:
            tries = max(1, min(50, int(10 * (end - time.monotonic()))))
            with engine_errors(f"drain the proxy {self.name}"):
                code, _ = scripts.run(proxy, ["drain", current.idle, current.name, str(tries)])
            if code == 0 or time.monotonic() >= end:
                return code == 0

    def probe(
        self, path: str, digest: str, *, release: Container | None = None, patience: float = 0,
        limit: float = health.TIMEOUT,
    ) -> str:  # fmt: skip
        """Return why a release, or without one what users reach, is not healthy as `digest`; empty when it is.

        The proxy asks. It asks again for `patience` seconds; each answer may take up to `limit` seconds.
        """
        host, port = (address_of(release, self.network), self.service_port) if release else ("127.0.0.1", PORT)
        if not host:
            return "it has no address"
        command = scripts.probe(host, port, path, digest, patience=patience, limit=limit)
        proxy = self.container()
        try:
            with engine_errors(f"ask through the proxy {self.name}", CheckFailedError):
                _, response = scripts.run(proxy, command, seconds=patience + limit)
        except (CheckFailedError, ConflictError, MissingError) as error:
            return error.message
        return health.problem_of_response(response, digest)

    def _start(self, container: Container) -> str:
        """Start the proxy, and wait until it answers. Return why its port can't be had; empty when it runs."""
        if self._configuration(container) is None:
            content = Routing().configuration(self.name, self.service_port).encode()
            container.put_archive(FOLDER, archives.packed({FILE: content}))
        try:
            with engine_errors(f"start the proxy {self.name}"):
                container.start()
        except CicdError as error:
            if PORT_TAKEN.search(error.message):
                return error.message
            raise
        command = scripts.probe("127.0.0.1", PORT, "/", "HTTP/", patience=health.TIMEOUT)
        scripts.run(container, command, seconds=2 * health.TIMEOUT)
        return ""

    def _route(self, release: Container | None, before: Routing, *then: Sequence[str]) -> tuple[Routing, bytes]:
        """Switch, then run other scripts in the same call. Return the new routing and those scripts' output."""
        name = release.short_id if release else ""
        after = before.to(name)
        address = address_of(release, self.network) if release else ""
        content = after.configuration(self.name, self.service_port)
        words = ["route", content, after.slot, after.idle, name, address, str(self.service_port)]
        with engine_errors(f"switch the proxy {self.name}"):
            code, output = scripts.run(self.container(), words, *then, seconds=SWITCH_SECONDS)
        # What failed may be the asking: then the proxy has switched, and nothing was answered.
        if code and (after == before or self.routing() != after):
            raise CheckFailedError(
                f"The proxy {self.name} does not switch: {output.decode(errors='replace').strip()}",
                f"Read its log (docker logs {self.name}), then run the deployment again.",
            )
        return after, b"" if code else output

    def _configuration(self, container: Container) -> str | None:
        """Return HAProxy's configuration in the container's volume; None when there is none yet."""
        data = containers.archive(container, f"{FOLDER}/{FILE}")
        return archives.single_file(data).decode() if data else None

    def _kept_port(self) -> int:
        """Return the port that the proxy's volume remembers; 0 without a volume."""
        try:
            with engine_errors(f"look for the volume {self.name}"):
                volume = self.client.volumes.get(self.name)
        except MissingError:
            return 0
        return int((volume.attrs.get("Labels") or {}).get(labels.PORT, 0))


def address_of(container: Container, network: str) -> str:
    """Return the container's address on a network; empty when it has none, or is gone."""
    try:
        with engine_errors(f"look for the container {container.name}"):
            container.reload()
    except MissingError:
        return ""
    endpoint: Any = container.attrs["NetworkSettings"]["Networks"].get(network, {})
    return str(endpoint.get("IPAddress", ""))


def _binding(container: Container) -> dict[str, str]:
    """Return where the engine's machine publishes the proxy: `HostIp` and `HostPort`."""
    binding: dict[str, str] = container.attrs["HostConfig"]["PortBindings"][f"{PORT}/tcp"][0]
    return binding
