"""What one environment has on one Docker engine: its names, network, proxy and releases, and which release serves.

`<name>` is `<project>-<environment>`, and the instance of a local forge where one deploys. Nothing is remembered
outside of the engine: `<name>-proxy` with its volume says which release serves, and the labels say what each container
is.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cicd import labels
from cicd.deploy.docker.proxy import Proxy, address_of
from cicd.deploy.docker.release_containers import Releases
from cicd.oci.errors import ConflictError, MissingError, engine_errors
from cicd.oci.reference import digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config import Config, DockerSettings, Environment, JobDeliverable, ServiceDeliverable
    from cicd.deploy.docker.routing import Routing
    from cicd.oci.engine import Client, Container

LOOPBACK, EVERY_ADDRESS = "127.0.0.1", "0.0.0.0"  # noqa: S104 -- a named host must be reachable by users


@dataclass(frozen=True)
class Site:
    """One environment of one project on one engine."""

    client: Client
    config: Config
    environment: Environment
    settings: DockerSettings
    instance: str = ""
    """The local forge that deploys: each has environments of its own on the engine."""

    @property
    def deliverable(self) -> str:
        """The name of the service, in an environment with several; empty for the first one."""
        return self.config.deliverable

    @property
    def name(self) -> str:
        """The beginning of the names of all that belongs to the service."""
        return self._named(self.deliverable)

    @property
    def network(self) -> str:
        """The name of the environment's network, which all its services share."""
        return f"ml-cicd-{self._named('')}"

    def _named(self, deliverable: str) -> str:
        return "-".join(filter(None, (self.config.name, self.environment.name, deliverable, self.instance)))

    def of(self, other: ServiceDeliverable | JobDeliverable) -> Site:
        """Return the site of another service or job in the same environment."""
        return replace(self, config=self.config.of(other), environment=self.environment.of(other.name))

    @cached_property
    def proxy(self) -> Proxy:
        """The proxy that users reach."""
        return Proxy(
            client=self.client,
            name=f"{self.name}-proxy",
            network=self.network,
            labels=self.labels_for(labels.PROXY),
            address=self.settings.bind or (EVERY_ADDRESS if self.settings.host else LOOPBACK),
            port=self.environment.port,
            service_port=self.config.service.port,
            public_host=self.config.service.public_host,
            settings=self.config.service.proxy,
        )

    @cached_property
    def releases(self) -> Releases:
        """The containers behind the proxy."""
        return Releases(
            self.client,
            self.name,
            self.network,
            self.environment,
            self.settings,
            self.labels_for(labels.SERVICE),
            self.config.service.shm_size,
            command=self.config.service.command if self.deliverable else (),
        )

    def labels_for(self, role: str) -> dict[str, str]:
        """Return the labels of an object of the environment in that role."""
        return labels.of_environment(self.config.name, self.environment.name, role, self.instance, self.deliverable)

    def create_network(self) -> None:
        """Create the environment's network."""
        with engine_errors(f"create the network {self.network}"):
            self.client.networks.create(self.network, labels=self.labels_for(labels.NETWORK), check_duplicate=True)

    def remove_network(self) -> None:
        """Remove the environment's network; one that is gone already, or that others use, is no error."""
        with suppress(MissingError, ConflictError), engine_errors(f"remove the network {self.network}"):
            self.client.networks.get(self.network).remove()

    def has_network(self) -> bool:
        """Return whether the environment's network exists."""
        with engine_errors(f"look for the network {self.network}"):
            return bool(self.client.networks.list(names=[f"^{self.network}$"]))

    def routing(self) -> Routing | None:
        """Return where the proxy leads; None when somebody removed the proxy."""
        return self.proxy.routing() if self.proxy.find() else None

    def serving(self, releases: Sequence[Container], routing: Routing | None) -> Container | None:
        """Return the release to which the proxy leads; without a proxy, the accepted one that runs."""
        if routing is None:
            accepted = (release for release in releases if release.name != self.releases.candidate)
            return next((release for release in accepted if release.status == "running"), None)
        return next((release for release in releases if release.short_id == routing.name), None)

    def problem(self, release: Container) -> str:
        """Return why users do not find this release, healthy, behind the proxy; empty when they do."""
        digest = digest_of(release.labels[labels.RELEASE])
        return self.proxy.probe(self.config.service.health, digest)

    def url(self) -> str:
        """Return the URL at which users reach the environment; empty when there is no proxy."""
        machine = urlsplit(self.settings.host).hostname if self.settings.host else LOOPBACK
        return self.proxy.url(machine or LOOPBACK if self.proxy.address == EVERY_ADDRESS else self.proxy.address)

    def inner_url(self, container: Container) -> str:
        """Return the URL for the tests of the proxy or of a release, on the environment's network.

        With a `public-host` the URL has that name, so that the tests send it as the header Host; see `names`.
        """
        port = self.proxy.inner_port if container.name == self.proxy.name else self.config.service.port
        return f"http://{self.config.service.public_host or container.name}:{port}"

    def names(self) -> dict[str, str]:
        """Return the address of the name `public-host` for the tests: of the release that comes up, or of the proxy."""
        public_host = self.config.service.public_host
        if not public_host:
            return {}
        return {public_host: address_of(self.judged(), self.network)}

    def judged(self) -> Container:
        """Return the container that the tests send requests to: the new release that comes up, or else the proxy."""
        serving = self.routing()
        running = (release for release in self.releases.all() if release.status == "running")
        coming = (release for release in running if serving is None or release.short_id != serving.name)
        return next(coming, None) or self.proxy.container()
