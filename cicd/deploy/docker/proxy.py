"""The proxy before an environment: HAProxy in a container, switched over its runtime API and never reloaded.

It has two slots. A switch points the idle slot to the new release, makes it ready and drains the other, so no
connection breaks.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd.deploy import health
from cicd.deploy.docker import configuration, scripts
from cicd.deploy.docker.proxy_container import LOOPBACK, PORT, ProxyContainer
from cicd.errors import CheckFailedError
from cicd.oci.errors import ConflictError, MissingError, engine_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.deploy.docker.routing import Routing
    from cicd.oci.engine import Container

SWITCH_SECONDS = 30


@dataclass(frozen=True)
class Switched:
    """What a switch led to."""

    routing: Routing
    problem: str
    """Why users do not find the release healthy behind the proxy; empty when they do."""
    requests: int
    """How many requests the release before still has to answer."""
    reserve: bool
    """Whether the proxy's volume keeps the reserve of the engine's disk."""


@dataclass(frozen=True)
class Proxy(ProxyContainer):
    """The proxy of one environment, as it leads requests."""

    def route(self, release: Container | None, before: Routing) -> Routing:
        """Lead every new request to a release, or to none, and return the new routing.

        Raises:
            CheckFailedError: the proxy does not switch; the routing is as before.

        """
        return self._route(release, before)[0]

    def switch(self, release: Container, before: Routing, path: str, digest: str) -> Switched:
        """Lead every new request to a release, then ask as users do whether it is healthy as `digest`.

        Raises:
            CheckFailedError: the proxy does not switch; the routing is as before.

        """
        host = self.public_host or LOOPBACK
        after, output = self._route(release, before, scripts.probe(LOOPBACK, PORT, path, host, digest))
        numbers, _, response = output.partition(b"\n")
        requests, missing = map(int, numbers.split() or (1, 0))
        return Switched(after, health.problem_of_response(response, digest, host), requests, reserve=not missing)

    def drain(self, current: Routing, seconds: float) -> int:
        """Wait until the slot that gets no new requests has answered its last one. Return how many are still open."""
        proxy = self.container()
        end = time.monotonic() + seconds
        while True:
            tries = max(1, min(50, int(10 * (end - time.monotonic()))))
            with engine_errors(f"drain the proxy {self.name}"):
                code, output = scripts.run(proxy, ["drain", current.idle, current.name, str(tries)])
            requests = int(output) if code == 0 else 0
            if requests == 0 or time.monotonic() >= end:
                return requests

    def probe(
        self, path: str, digest: str, *, release: Container | None = None, patience: float = 0,
        limit: float = health.TIMEOUT,
    ) -> str:  # fmt: skip
        """Return why a release, or without one what users reach, is not healthy as `digest`; empty when it is.

        The proxy asks. It asks again for `patience` seconds; each answer may take up to `limit` seconds.
        """
        address, port = (address_of(release, self.network), self.service_port) if release else (LOOPBACK, PORT)
        if not address:
            return "it has no address"
        host = self.public_host or address
        command = scripts.probe(address, port, path, host, digest, patience=patience, limit=limit)
        proxy = self.container()
        try:
            with engine_errors(f"ask through the proxy {self.name}", CheckFailedError):
                _, response = scripts.run(proxy, command, seconds=patience + limit)
        except (CheckFailedError, ConflictError, MissingError) as error:
            return error.message
        return health.problem_of_response(response, digest, host)

    def _route(self, release: Container | None, before: Routing, *then: Sequence[str]) -> tuple[Routing, bytes]:
        """Switch, then run other scripts in the same call. Return the new routing and those scripts' output."""
        name = release.short_id if release else ""
        after = before.to(name)
        address = address_of(release, self.network) if release else ""
        content = configuration.render(after, self.settings, self.name, self.service_port)
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


def address_of(container: Container, network: str) -> str:
    """Return the container's address on a network; empty when it has none, or is gone."""
    try:
        with engine_errors(f"look for the container {container.name}"):
            container.reload()
    except MissingError:
        return ""
    endpoint: Any = container.attrs["NetworkSettings"]["Networks"].get(network, {})
    return str(endpoint.get("IPAddress", ""))
