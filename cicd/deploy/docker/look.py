"""A look at an environment through its proxy: where it leads, what it noted, and how it answers users.

A proxy that runs is asked all three in one call: each call costs the engine's machine 0.1 s.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.deploy import health
from cicd.deploy.docker import notes, routing, scripts
from cicd.deploy.docker.proxy_container import FILE, FOLDER, LOOPBACK, PORT
from cicd.errors import CheckFailedError
from cicd.oci.errors import ConflictError, MissingError, engine_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.deploy.docker.proxy import Proxy
    from cicd.deploy.docker.routing import Routing
    from cicd.oci.engine import Container

FILES = (f"{FOLDER}/{FILE}", f"{FOLDER}/{notes.FILE}")


@dataclass(frozen=True)
class Look:
    """What a look showed."""

    proxy: Proxy
    path: str
    """The path of health requests."""
    routing: Routing
    noted: Mapping[str, Mapping[str, str]]
    """The facts of each noted deployment, by the short id of its container."""
    response: bytes | None = None
    """The response to a health request as users send it; None if none was sent."""

    def problem(self, digest: str) -> str:
        """Return why users do not reach the release with `digest`, healthy; empty when they do."""
        if self.response is None:
            return self.proxy.probe(self.path, digest)
        return health.problem_of_response(self.response, digest, self.proxy.public_host or LOOPBACK)


def at(proxy: Proxy, container: Container, path: str, *, health_request: bool = False) -> Look:
    """Return what a look at the proxy shows; `container` is the proxy's, `path` that of health requests.

    With `health_request` a proxy that runs is sent one at once, which may take `health.TIMEOUT`.
    """
    if container.status == "running":
        with suppress(CheckFailedError, ConflictError, MissingError):
            probes = [scripts.probe(LOOPBACK, PORT, path, proxy.public_host or LOOPBACK)] if health_request else []
            with engine_errors(f"ask through the proxy {proxy.name}", CheckFailedError):
                _, output = scripts.run(container, ["files", *FILES], *probes, seconds=health.TIMEOUT)
            (content, noted), response = scripts.parts(output, len(FILES))
            if content:
                leads = routing.read(content.decode())
                return Look(proxy, path, leads, notes.parse(noted), response if health_request else None)
    return Look(proxy, path, proxy.routing(), notes.read(container, FOLDER))
