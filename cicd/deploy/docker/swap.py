"""One deployment on a Docker engine, as a list of steps: what is planned is what is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from cicd import failpoints
from cicd.deploy import secrets
from cicd.deploy.docker import release_containers
from cicd.deploy.docker.candidate import Candidate
from cicd.errors import CheckFailedError, CicdError
from cicd.oci import containers, images
from cicd.oci.errors import engine_errors
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicd.deploy.docker.routing import Routing
    from cicd.deploy.docker.site import Site
    from cicd.deploy.target import Accept, Order
    from cicd.oci.engine import Container


@dataclass(frozen=True)
class Step:
    """One change: its name for the crash tests, a line for people, and what does it."""

    name: str
    text: str
    do: Callable[[], None]


@dataclass
class Swap:
    """Bringing one release to one environment."""

    site: Site
    order: Order
    accept: Accept
    candidate: Candidate = field(init=False)
    routing: Routing | None = field(default=None, init=False)
    switching: bool = field(default=False, init=False)
    """Whether requests may reach the candidate."""

    def __post_init__(self) -> None:
        self.candidate = Candidate(self.site, self.order)

    def run(self) -> None:
        """Take all steps. A failure before the switch takes the new release away again.

        Raises:
            CheckFailedError: the new release is bad; the old one serves.

        """
        try:
            for step in self.steps():
                say(step.text)
                with failpoints.change(f"docker.{step.name}"), engine_errors(step.text):
                    step.do()
        except BaseException:
            self._take_away()
            raise

    def steps(self) -> list[Step]:
        """Return what is to be done, in order; empty when the release serves already.

        Raises:
            UsageError: the environment's secrets were not given.

        """
        releases, proxy = self.site.releases.all(), self.site.proxy.find()
        self.routing = self.site.routing()
        serving = self.site.serving(releases, self.routing)
        accepted = [release for release in releases if release.name != self.site.releases.candidate]
        leftovers = [
            release
            for release in releases
            if release != serving and (release not in accepted or release.status in release_containers.RUNNING)
        ]
        matching = [release for release in accepted if self.site.releases.matches(release, self.order)]
        steps = [*self._infrastructure(proxy), *self._remove_leftovers(leftovers)]
        if serving and serving in matching and self._is_healthy(serving, proxy):
            wanted: Container | None = serving
        else:
            wanted, replaced = next(iter(matching), None), serving
            if serving and serving in matching:  # restart it if stopped, replace it if unhealthy
                wanted, replaced = (None, serving) if serving.status == "running" else (serving, None)
            steps += self._bring_up(wanted, replaced)
        retained = [release for release in accepted if release != wanted]
        return [*steps, *self._prune(retained)]

    def _is_healthy(self, serving: Container, proxy: Container | None) -> bool:
        """Return whether the serving release is healthy, as far as can be told: a stopped proxy can't be asked."""
        can_ask = proxy is not None and proxy.status == "running"
        return serving.status == "running" and (not can_ask or not self.site.problem(serving))

    def _infrastructure(self, container: Container | None) -> Iterator[Step]:
        """Yield the steps after which the network exists and the proxy, now `container`, runs as configured."""
        site, proxy = self.site, self.site.proxy
        if not site.has_network():
            yield Step("create-network", f"create the network {site.network}", site.create_network)
        if container and not proxy.is_published_as_configured(container):
            text = f"remove {proxy.name}, which is not on {proxy.address}, port {proxy.port or 'as before'}"
            yield Step("remove-proxy", text, partial(containers.remove, container))
            container = None
        if container is None:
            port = f"port {proxy.port}" if proxy.port else "a port of its own"
            text = f"start the proxy {proxy.name} from {proxy.image()} on {port} of {proxy.address}"
            yield Step("create-proxy", text, proxy.create)
        elif container.status != "running":
            yield Step("start-proxy", f"start the proxy {proxy.name}", partial(proxy.restart, container))

    def _remove_leftovers(self, leftovers: list[Container]) -> Iterator[Step]:
        """Yield the steps that end what an interrupted deployment left."""
        for release in leftovers:
            why = "left by an interrupted deployment"
            if release.name == self.site.releases.candidate:
                remove = partial(release_containers.remove, release)
                yield Step("remove-leftover", f"remove {release.name}, {why}", remove)
            else:
                yield Step("stop-leftover", f"stop {release.name}, {why}", partial(self._stop, release))

    def _bring_up(self, retained: Container | None, replaced: Container | None) -> Iterator[Step]:
        """Yield the steps that bring a release up beside the old one, test it, switch to it, and stop the old one."""
        site, environment, candidate = self.site, self.site.environment, self.candidate
        if retained:
            text = f"start {retained.name}, which is retained"
            yield Step("start-retained", text, partial(candidate.start_again, retained))
        else:
            secrets.required(environment)  # before anything is changed
            release, name = self.order.release, site.releases.candidate
            if not images.present(site.client, release):
                yield Step("pull", f"pull {release}", partial(images.pull, site.client, release))
            yield Step("create", f"create {name} from {release}", candidate.create)
            yield Step("start", f"start {name}", candidate.start)
        text = f"wait up to {environment.health_timeout:g} s until it is healthy as {self.order.digest}"
        yield Step("wait", text, candidate.wait)
        yield Step("judge", f"run the tests of {environment.name} against it", self._judge)
        text = f"rename it to {site.name}-<its id>, and let the engine restart it from now on"
        yield Step("keep", text, candidate.keep)
        text = f"lead all requests from {replaced.name} to it" if replaced else "lead all requests to it"
        yield Step("switch", text, partial(self._switch, replaced))
        if replaced:
            text = f"let {replaced.name} finish its requests for up to {site.settings.drain_timeout:g} s"
            yield Step("drain", text, self._drain)
            yield Step("stop", f"stop {replaced.name} and retain it", partial(self._stop, replaced))

    def _prune(self, retained: list[Container]) -> Iterator[Step]:
        """Yield the steps that remove the oldest releases, beyond those to retain."""
        most = self.site.environment.retain
        for release in retained[most:]:
            text = f"remove {release.name}: {most} releases are retained"
            yield Step("remove-old", text, partial(release_containers.remove, release))

    def _judge(self) -> None:
        self.accept(self.site.inner_url(self.candidate.container), self.site.network)

    def _switch(self, replaced: Container | None) -> None:
        """Lead the requests to the new release, and back if users do not find its digest behind the proxy."""
        proxy, path = self.site.proxy, self.site.config.service.health
        self.switching = True
        try:
            # A proxy that a step before created may remember another routing.
            before = self.routing or proxy.routing()
            self.routing, problem = proxy.switch(self.candidate.container, before, path, self.order.digest)
            if problem:
                proxy.route(replaced, self.routing)
        except CheckFailedError:
            self.switching = False
            raise
        if problem:
            self.switching = False
            raise CheckFailedError(
                f"The new release is not healthy behind the proxy ({problem}); the old one serves again.",
                f"Read the proxy's log (docker logs {proxy.name}), then run the deployment again.",
            )

    def _drain(self) -> None:
        assert self.routing is not None  # noqa: S101 -- the switch set it
        if not self.site.proxy.drain(self.routing, self.site.settings.drain_timeout):
            say("requests are still open; they can go on until the old release is ended")

    def _stop(self, release: Container) -> None:
        release.stop(timeout=int(self.site.environment.stop_timeout))

    def _take_away(self) -> None:
        """Take the candidate away, unless requests may reach it: then it was accepted, and both releases stay."""
        if self.switching:
            return
        try:
            self.candidate.take_away()
        except CicdError as error:  # what failed before is what people need to know
            say(error.message)
