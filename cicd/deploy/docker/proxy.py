"""The proxy before an environment: HAProxy in a container, switched over its runtime API and never reloaded.

It has two slots. A switch points the idle one to the new release, makes it ready and drains the other, so no connection
breaks. The routing is also written into the proxy's volume, by name: it outlives the proxy and the engine.
"""

from __future__ import annotations

import os
import random
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docker.errors import APIError, NotFound

from cicd import labels, variables
from cicd.deploy import health
from cicd.deploy.docker import scripts
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import archives, containers, images

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docker import DockerClient
    from docker.models.containers import Container

IMAGE = "haproxy:3.2.4"
PULL_HINT = "Set ML_CICD_PROXY to an image with HAProxy and bash that the engine has or can pull."
FOLDER, FILE = "/etc/ml-cicd", "haproxy.cfg"
PORT = 8080
PORTS = range(20_000, 30_000)  # below those that systems hand out to outgoing connections
TRIES = 20
SLOTS = ("blue", "green")
TAKEN = re.compile(r"already (allocated|in use)")
_ROUTE = re.compile(r"^  server (blue|green) ([0-9a-f]{12}):\d+$", re.MULTILINE)


@dataclass(frozen=True)
class Routing:
    """The slot that gets the requests, and the short id of the container to which it leads; empty for none."""

    slot: str = SLOTS[1]
    name: str = ""


@dataclass(frozen=True)
class Proxy:
    """The proxy of one environment. `labels` say to what it belongs; `port` 0: a free one, chosen once and kept."""

    client: DockerClient
    name: str
    network: str
    labels: Mapping[str, str]
    address: str
    port: int
    service_port: int

    @property
    def inner_port(self) -> int:
        """Its port on the environment's network."""
        return PORT

    def find(self) -> Container | None:
        """Its container, running or not."""
        try:
            return self.client.containers.get(self.name)
        except NotFound:
            return None

    def fits(self, container: Container) -> bool:
        """Whether it is published where the configuration says."""
        bound = _bound(container)
        return bound["HostIp"] == self.address and self.port in (0, int(bound["HostPort"]))

    def url(self, host: str) -> str:
        """Where users reach it; empty when it is not there."""
        container = self.find()
        return f"http://{host}:{_bound(container)['HostPort']}" if container else ""

    def image(self) -> str:
        """The image to make it from."""
        return os.environ.get(variables.ML_CICD_PROXY) or IMAGE

    def create(self) -> None:
        """Create and start it; the routing that its volume remembers is kept.

        Raises:
            UsageError: the configured port is taken.
            UnreachableError: its image can't be had.

        """
        images.pull(self.client, self.image(), PULL_HINT)
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
            problem = self.start(container)
            if not problem:
                return
            container.remove(force=True)
            if not kept:
                self.client.volumes.get(self.name).remove()
        raise UsageError(
            f"The proxy can't have port {', '.join(map(str, ports))} of {self.address}: {problem}",
            "Free it, or set another `port` for the environment in ml-cicd.toml.",
        )

    def start(self, container: Container) -> str:
        """Start it, and wait until it answers. Returns why its port can't be had; empty when it runs."""
        if self._config(container) is None:
            container.put_archive(FOLDER, archives.packed({FILE: self._rendered(Routing()).encode()}))
        try:
            container.start()
        except APIError as error:
            if TAKEN.search(str(error.explanation)):
                return str(error.explanation)
            raise
        self._answer("127.0.0.1", PORT, "/", "HTTP/", patience=health.TIMEOUT)
        return ""

    def restart(self, container: Container) -> None:
        """Start it again after it was stopped.

        Raises:
            UsageError: its port is taken.

        """
        if problem := self.start(container):
            raise UsageError(f"The proxy {self.name} can't start again: {problem}", "Free its port.")

    def container(self) -> Container:
        """Its container.

        Raises:
            CheckFailedError: there is none.

        """
        container = self.find()
        if container is None:
            raise CheckFailedError(f"The proxy {self.name} is gone.", "Run the deployment again: it makes a new one.")
        return container

    def routing(self) -> Routing:
        """Where it leads."""
        container = self.find()
        found = _ROUTE.search((self._config(container) or "") if container else "")
        return Routing(found[1], found[2]) if found else Routing()

    def route(self, container: Container | None, was: Routing) -> Routing:
        """Lead every new request to `container`, or none anywhere.

        Raises:
            CheckFailedError: it can't; the routing is as before.

        """
        return self._route(container, was)[0]

    def switch(self, container: Container, was: Routing, path: str, digest: str) -> tuple[Routing, str]:
        """Lead every new request to `container`, and ask as users do. Also returns why that is not healthy as `digest`.

        Raises:
            CheckFailedError: it can't; the routing is as before.

        """
        routing, answer = self._route(container, was, scripts.probe("127.0.0.1", PORT, path, digest))
        return routing, health.judged(answer, digest)

    def _route(self, container: Container | None, was: Routing, *then: Sequence[str]) -> tuple[Routing, bytes]:
        wanted = container.short_id if container else ""
        now = Routing(_other(was.slot) if wanted not in ("", was.name) else was.slot, wanted)
        inside = address_of(container, self.network) if container else ""
        words = [self._rendered(now), now.slot, _other(now.slot), wanted, inside, str(self.service_port)]
        code, said = scripts.run(self.container(), ["route", *words], *then)
        # What failed may be the asking: then it has switched, and nothing was answered.
        if code and (now == was or self.routing() != now):
            raise CheckFailedError(
                f"The proxy {self.name} does not switch: {said.decode(errors='replace').strip()}",
                f"See: docker logs {self.name}",
            )
        return now, b"" if code else said

    def drain(self, routing: Routing, seconds: float) -> bool:
        """Wait until the slot that gets no new requests has answered its last one; whether it has."""
        proxy = self.container()
        end = time.monotonic() + seconds
        while True:
            tries = max(1, min(50, int(10 * (end - time.monotonic()))))
            code, _ = scripts.run(proxy, ["drain", _other(routing.slot), routing.name, str(tries)])
            if code == 0 or time.monotonic() >= end:
                return code == 0

    def probe(
        self, path: str, digest: str, *, container: Container | None = None, patience: float = 0,
        limit: float = health.TIMEOUT,
    ) -> str:  # fmt: skip
        """Why `container`, or what users reach, is not healthy as `digest`.

        Asked anew for `patience` seconds; each answer may take up to `limit` seconds.
        """
        where, port = (address_of(container, self.network), self.service_port) if container else ("127.0.0.1", PORT)
        if not where:
            return "it has no address"
        try:
            return health.judged(self._answer(where, port, path, digest, patience=patience, limit=limit), digest)
        except APIError as error:
            return f"the proxy {self.name} can't be used: {error.explanation}"

    def _answer(
        self, where: str, port: int, path: str, wanted: str, *, patience: float, limit: float = health.TIMEOUT
    ) -> bytes:
        """What is answered, as soon as it holds what is `wanted`, else when the `patience` ends."""
        command = scripts.probe(where, port, path, wanted, patience=patience, limit=limit)
        return scripts.run(self.container(), command, seconds=patience + limit)[1]

    def _config(self, container: Container) -> str | None:
        data = containers.archive(container, f"{FOLDER}/{FILE}")
        return archives.single_file(data).decode() if data else None

    def _rendered(self, to: Routing) -> str:
        off = {one: "" if to.name and one == to.slot else " disabled" for one in SLOTS}
        lines = [f"  server {one} {to.name or self.name}:{self.service_port}{off[one]}" for one in SLOTS]
        return (scripts.FOLDER / FILE).read_text("utf-8") + "\n".join(lines) + "\n"

    def _kept_port(self) -> int:
        try:
            worn: dict[str, str] = self.client.volumes.get(self.name).attrs.get("Labels") or {}
        except NotFound:
            return 0
        return int(worn.get(labels.PORT, 0))


def address_of(container: Container, network: str) -> str:
    """The container's address on a network; empty when it has none."""
    container.reload()
    found: Any = container.attrs["NetworkSettings"]["Networks"].get(network, {})
    return str(found.get("IPAddress", ""))


def _bound(container: Container) -> dict[str, str]:
    found: dict[str, str] = container.attrs["HostConfig"]["PortBindings"][f"{PORT}/tcp"][0]
    return found


def _other(slot: str) -> str:
    return SLOTS[1 - SLOTS.index(slot)]
