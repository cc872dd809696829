"""Bringing one release to one service of an environment, as a list of steps; `rollout` takes those of all services."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING

from cicd import github
from cicd.deploy import secrets
from cicd.deploy.docker import interruptions, look, notes, release_containers
from cicd.deploy.docker.candidate import Candidate
from cicd.deploy.docker.proxy_container import FOLDER
from cicd.errors import CheckFailedError, CicdError
from cicd.oci import containers, images
from cicd.oci.errors import DiskFullError, engine_errors
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicd.deploy.docker.look import Look
    from cicd.deploy.docker.proxy import Switched
    from cicd.deploy.docker.routing import Routing
    from cicd.deploy.docker.site import Site
    from cicd.deploy.target import Order
    from cicd.oci.engine import Container


class Phase(IntEnum):
    """When a step is taken: no service begins a phase before all services have ended the one before."""

    BRING_UP = 0
    """Nothing changes for users."""
    SWITCH = 1
    """Users reach the new release; a failure undoes it."""
    HOLD = 2
    """The environment holds the new release of a job; a failure undoes the switches too."""
    AFTERWARDS = 3
    """The deployment succeeded already: a failure leaves something over, and nothing else."""


@dataclass(frozen=True)
class Step:
    """One change: its name for the crash tests, a line for people, and what does it."""

    name: str
    text: str
    do: Callable[[], None]
    phase: Phase = Phase.BRING_UP


@dataclass
class Swap:
    """Bringing one release to one service of an environment."""

    site: Site
    order: Order
    candidate: Candidate = field(init=False)
    seen: Look | None = field(default=None, init=False)
    """What the proxy showed before this deployment; None if there was no proxy."""
    routing: Routing | None = field(default=None, init=False)
    switching: bool = field(default=False, init=False)
    """Whether requests may reach the candidate."""
    switched: Switched | None = field(default=None, init=False)
    made: set[str] = field(default_factory=set, init=False)
    """Which of `create-network` and `create-proxy` were begun: both are undone if the environment gets no release."""
    remembers: bool = field(default=False, init=False)
    """Whether the volume of an earlier proxy exists: it is not removed with the new proxy."""
    replaced: Container | None = field(default=None, init=False)
    """The release that served before."""
    notice: str = field(default="", init=False)
    """When users were not served before this deployment, as a warning; empty if they always were."""

    def __post_init__(self) -> None:
        self.candidate = Candidate(self.site, self.order)

    def steps(self) -> list[Step]:
        """Return what is to be done, in order; empty when the release serves already.

        Raises:
            UsageError: the environment's secrets were not given.

        """
        releases, proxy = self.site.releases.all(), self.site.proxy.find()
        self.seen = look.at(self.site.proxy, proxy, self.site.config.service.health) if proxy else None
        self.routing = self.seen.routing if self.seen else None
        serving = self.site.serving(releases, self.routing)
        self.notice = interruptions.notice(proxy, serving) if proxy and serving else ""
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

    def take(self, step: Step) -> None:
        """Take a step; on a full disk, once more with the room that the proxy keeps. A pull would need all of it."""
        try:
            with engine_errors(step.text):
                step.do()
        except DiskFullError:
            if step.name == "pull" or not self.site.proxy.free_reserve():
                raise
            with engine_errors(step.text):
                step.do()

    def _is_healthy(self, serving: Container, proxy: Container | None) -> bool:
        """Return whether the serving release is healthy, as far as can be told: a stopped proxy can't be asked."""
        can_ask = proxy is not None and proxy.status == "running"
        return serving.status == "running" and (not can_ask or not self.site.problem(serving))

    def _infrastructure(self, container: Container | None) -> Iterator[Step]:
        """Yield the steps after which the network exists and the proxy, now `container`, runs as configured."""
        site, proxy = self.site, self.site.proxy
        if not site.deliverable and not site.has_network():  # the first service makes the network of all
            yield Step("create-network", f"create the network {site.network}", site.create_network)
        if container and (difference := proxy.difference(container)):
            text = f"remove {proxy.name}, which {difference}"
            yield Step("remove-proxy", text, partial(containers.remove, container))
            container = None
        if container is None:
            self.remembers = proxy.has_volume()
            port = f"port {proxy.port}" if proxy.port else "a port of its own"
            text = f"start the proxy {proxy.name} from {proxy.image()} on {port} of {proxy.address}"
            yield Step("create-proxy", text, proxy.create)
        elif container.status != "running":
            text = f"start the proxy {proxy.name}, {interruptions.ending(container)}"
            yield Step("start-proxy", text, partial(proxy.restart, container))

    def _remove_leftovers(self, leftovers: list[Container]) -> Iterator[Step]:
        """Yield the steps that end what an interrupted deployment left."""
        for release in leftovers:
            why = "left by an interrupted deployment"
            if release.name == self.site.releases.candidate:
                remove = partial(release_containers.remove, release)
                yield Step("remove-leftover", f"remove {release.name}, {why}", remove)
            else:
                text = f"let {release.name}, {why}, finish its requests, and stop it"
                yield Step("stop-leftover", text, partial(self._end_leftover, release))

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
        text = f"rename it to {site.name}-<its id>, and let the engine restart it from now on"
        yield Step("keep", text, candidate.keep, Phase.SWITCH)
        text = f"lead all requests from {replaced.name} to it" if replaced else "lead all requests to it"
        yield Step("switch", text, partial(self._switch, replaced), Phase.SWITCH)
        if replaced:
            text = f"let {replaced.name} finish its requests for up to {site.settings.drain_timeout:g} s"
            yield Step("drain", text, self._drain, Phase.AFTERWARDS)
            yield Step("stop", f"stop {replaced.name} and retain it", partial(self._stop, replaced), Phase.AFTERWARDS)

    def _prune(self, retained: list[Container]) -> Iterator[Step]:
        """Yield the steps that remove the oldest releases, beyond those to retain."""
        most = self.site.environment.retain
        for release in retained[most:]:
            text = f"remove {release.name}: {most} releases are retained"
            yield Step("remove-old", text, partial(release_containers.remove, release), Phase.AFTERWARDS)

    @property
    def network(self) -> str:
        """The network on which the tests reach the service."""
        return self.site.network

    def inner_url(self) -> str:
        """Return the URL for the tests: of the release that comes up, or of the one that serves already."""
        return self.site.inner_url(self.candidate.container if self.candidate.exists else self.site.proxy.container())

    def _switch(self, replaced: Container | None) -> None:
        """Lead the requests to the new release, and back if users do not find its digest behind the proxy."""
        proxy, path = self.site.proxy, self.site.config.service.health
        # A proxy that a step before created may remember a routing and notes.
        before = self.seen or look.at(proxy, proxy.container(), path)
        kept = {name: facts for name, facts in before.noted.items() if replaced and name == replaced.short_id}
        notes.write(proxy.container(), FOLDER, kept, self.order, self.candidate.container)
        self.switching, self.replaced = True, replaced
        try:
            self.switched = proxy.switch(self.candidate.container, before.routing, path, self.order.digest)
            self.routing, problem = self.switched.routing, self.switched.problem
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

    def undo(self) -> None:
        """Lead all requests back to the release before, if they were led to the new one."""
        if not self.switching or self.switched is None or self.routing is None:
            return
        say(
            f"lead all requests back to {self.replaced.name}"
            if self.replaced
            else f"lead no requests to {self.site.name}"
        )
        self.routing = self.site.proxy.route(self.replaced, self.routing)
        self.switching = False
        if self.replaced:
            self._drain()

    def _drain(self) -> None:
        assert self.routing is not None  # noqa: S101 -- the switch set it
        seconds, proxy = self.site.settings.drain_timeout, self.site.proxy
        cut = proxy.drain(self.routing, seconds) if self.switched is None or self.switched.requests else 0
        if self.switched and not self.switched.reserve:
            proxy.keep_reserve()
        if cut:
            requests = "1 request was" if cut == 1 else f"{cut} requests were"
            github.annotate(
                "warning",
                f"{requests} cut in {self.site.environment.name}: still open {seconds:g} s after the switch, when the "
                "old release was told to end. For longer streams, set `drain-timeout` in ml-cicd.toml.",
            )

    def _end_leftover(self, release: Container) -> None:
        if self.routing and self.routing.name:  # killed after the switch, it may not have finished its requests
            self._drain()
        self._stop(release)

    def _stop(self, release: Container) -> None:
        release.stop(timeout=int(self.site.environment.stop_timeout))

    def take_away(self) -> None:
        """Take the candidate away, unless requests may reach it: then it was accepted, and both releases stay."""
        if self.switching:
            return
        try:
            self.candidate.take_away()
            if self.made and not self.site.releases.all():
                self._remove_infrastructure()
        except CicdError as error:  # what failed before is what people need to know
            say(error.message)

    def _remove_infrastructure(self) -> None:
        """Remove what this deployment made for an environment without a release."""
        if "create-proxy" in self.made:
            self.site.proxy.discard(with_volume=not self.remembers)
        if "create-network" in self.made:
            self.site.remove_network()
