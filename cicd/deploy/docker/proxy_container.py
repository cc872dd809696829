"""The HAProxy container in front of an environment: its port, its volume and its configuration.

The routing is written into the proxy's volume, by name: it outlives the proxy and the engine.
"""

from __future__ import annotations

import os
import random
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd import github, labels, variables
from cicd.config import ProxySettings
from cicd.deploy import health
from cicd.deploy.docker import configuration, routing, scripts
from cicd.errors import CheckFailedError, CicdError, UsageError
from cicd.oci import archives, containers, images
from cicd.oci.errors import MissingError, engine_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.deploy.docker.routing import Routing
    from cicd.oci.engine import Client, Container


IMAGE = "haproxy:3.2.4"
FOLDER, FILE = "/etc/ml-cicd", "haproxy.cfg"
LOOPBACK, PORT = "127.0.0.1", 8080
PORTS = range(20_000, 30_000)  # below those that systems hand out to outgoing connections
TRIES = 20
RESERVE = 8  # megabytes of the engine's disk, for a rollback when the disk is full
PORT_TAKEN = re.compile(r"already (allocated|in use)")


@dataclass(frozen=True)
class ProxyContainer:
    """The container of one environment's proxy. `labels` say what it belongs to; `port` 0: a free one, then kept."""

    client: Client
    name: str
    network: str
    labels: Mapping[str, str]
    address: str
    port: int
    service_port: int
    public_host: str = ""
    """The header Host of health checks; empty: the address that is asked."""
    settings: ProxySettings = field(default_factory=ProxySettings)

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

    def difference(self, container: Container) -> str:
        """Return how the proxy's container differs from the configuration; empty when it does not."""
        binding = _binding(container)
        if binding["HostIp"] != self.address or self.port not in (0, int(binding["HostPort"])):
            return f"is not on {self.address}, port {self.port or 'as before'}"
        # Before there were settings, no proxy had the label.
        default = configuration.settings_hash(ProxySettings())
        settings = container.labels.get(labels.SETTINGS, default)
        return "" if settings == configuration.settings_hash(self.settings) else "has other settings"

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
                **containers.NO_PROXIES,
                name=self.name,
                user="haproxy",
                entrypoint=["haproxy", "-db", "-f", f"{FOLDER}/{FILE}"],
                labels={**self.labels, labels.SETTINGS: configuration.settings_hash(self.settings)},
                network=self.network,
                ports={f"{PORT}/tcp": (self.address, port)},
                volumes={self.name: {"bind": FOLDER, "mode": "rw"}},
                restart_policy={"Name": "unless-stopped"},  # type: ignore[arg-type]  # the stubs do not know it
            )
            try:
                self._configure(container, self._leads(container) if kept else routing.read(""))
                problem = self._start(container)
            except BaseException:
                containers.remove(container)
                raise
            if not problem:
                return
            containers.remove(container)
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
        self._configure(container, self._leads(container))
        if problem := self._start(container):
            raise UsageError(
                f"The proxy {self.name} can't start again: {problem}",
                "Free its port, or set another `port` for the environment in ml-cicd.toml.",
            )

    def lead_nowhere(self, container: Container) -> None:
        """Lead no requests from the next start of the proxy on; `container` is stopped."""
        self._configure(container, self._leads(container).to(""))

    def discard(self, *, with_volume: bool) -> None:
        """Remove the proxy, and with `with_volume` what it remembers: its port and where it leads."""
        if container := self.find():
            containers.remove(container)
        if with_volume:
            with suppress(MissingError), engine_errors(f"remove the volume {self.name}"):
                self.client.volumes.get(self.name).remove()

    def has_volume(self) -> bool:
        """Return whether the volume of a proxy exists."""
        return self._kept_port() > 0

    def keep_reserve(self) -> None:
        """Keep room of the engine's disk in the proxy's volume again."""
        with engine_errors(f"keep a reserve in the volume of {self.name}"):
            scripts.run(self.container(), ["reserve", str(RESERVE)])

    def free_reserve(self) -> bool:
        """Free the room that the proxy's volume keeps of the engine's disk; return whether there was some."""
        container = self.find()
        if container is None or container.status != "running":
            return False
        with engine_errors(f"free the reserve in the volume of {self.name}"):
            code, _ = scripts.run(container, ["reserve", "0"])
        if code == 0:
            github.annotate(
                "warning",
                f"The engine's disk is full. The {RESERVE} MB that {self.name} kept for this are free now.",
                title="Free space on the engine",
            )
        return code == 0

    def routing(self) -> Routing:
        """Return where the proxy leads."""
        container = self.find()
        return self._leads(container) if container else routing.read("")

    def _start(self, container: Container) -> str:
        """Start the proxy, and wait until it answers. Return why its port can't be had; empty when it runs."""
        try:
            with engine_errors(f"start the proxy {self.name}"):
                container.start()
        except CicdError as error:
            if PORT_TAKEN.search(error.message):
                return error.message
            raise
        command = scripts.probe(LOOPBACK, PORT, "/", self.public_host or LOOPBACK, patience=health.TIMEOUT)
        scripts.run(container, command, ["reserve", str(RESERVE)], seconds=2 * health.TIMEOUT)
        return ""

    def _configure(self, container: Container, leads: Routing) -> None:
        """Write the configuration for the proxy's next start into its volume."""
        content = configuration.render(leads, self.settings, self.name, self.service_port)
        with engine_errors(f"write the configuration of the proxy {self.name}"):
            container.put_archive(FOLDER, archives.packed({FILE: content.encode()}))

    def _leads(self, container: Container) -> Routing:
        """Return where HAProxy's configuration in the container's volume leads; nowhere when there is none yet."""
        data = containers.archive(container, f"{FOLDER}/{FILE}")
        return routing.read(archives.single_file(data).decode() if data else "")

    def _kept_port(self) -> int:
        """Return the port that the proxy's volume remembers; 0 without a volume."""
        try:
            with engine_errors(f"look for the volume {self.name}"):
                volume = self.client.volumes.get(self.name)
        except MissingError:
            return 0
        return int((volume.attrs.get("Labels") or {}).get(labels.PORT, 0))


def _binding(container: Container) -> dict[str, str]:
    """Return where the engine's machine publishes the proxy: `HostIp` and `HostPort`."""
    binding: dict[str, str] = container.attrs["HostConfig"]["PortBindings"][f"{PORT}/tcp"][0]
    return binding
