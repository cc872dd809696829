"""One deployment on a Docker engine, as a list of steps: what is planned is what is done."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from docker.errors import APIError, NotFound

from cicd import failpoints
from cicd.deploy import health, secrets
from cicd.deploy.docker import release_containers
from cicd.errors import CheckFailedError
from cicd.oci import images

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docker.models.containers import Container

    from cicd.deploy.docker.proxy import Routing
    from cicd.deploy.docker.site import Site
    from cicd.deploy.target import Accept, Order

SLICE = 0.5  # seconds between two looks whether a release that comes up has ended
LOOK = 0.1  # seconds that a look takes


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
    candidate: Container | None = field(default=None, init=False)
    routing: Routing | None = field(default=None, init=False)
    switching: bool = field(default=False, init=False)
    end: float = field(default=0.0, init=False)
    """When it must be healthy: so long after the engine was told to start it."""

    def run(self) -> None:
        """Take all steps. A failure before the switch takes the new release away again.

        Raises:
            CheckFailedError: the release is bad; the old one serves.

        """
        try:
            for step in self.steps():
                sys.stdout.write(f"{step.text}\n")
                with failpoints.change(f"docker.{step.name}"):
                    step.do()
        except BaseException:
            self._take_away()
            raise

    def steps(self) -> list[Step]:
        """What is to be done, in order; empty when the release serves already.

        Raises:
            UsageError: it can't be done; nothing was changed.

        """
        site = self.site
        known, proxy = site.releases.all(), site.proxy.find()
        self.routing = site.routing()
        old = site.serving(known, self.routing)
        left = [
            one for one in known if one != old and (self._unaccepted(one) or one.status in release_containers.RUNNING)
        ]
        accepted = [one for one in known if not self._unaccepted(one)]
        fitting = [one for one in accepted if site.releases.fits(one, self.order)]
        done = [*self._infrastructure(proxy), *self._left(left)]
        new = next(iter(fitting), None)
        if old in fitting and old and self._serves(old, proxy):
            new = old
        else:
            if old in fitting:  # it does not serve: stopped, it is started again; running, it is replaced
                new, old = (None, old) if old and old.status == "running" else (old, None)
            done += self._bring(new, old)
        retained = [one for one in accepted if one != new]
        return [*done, *self._prune(retained)]

    def _unaccepted(self, container: Container) -> bool:
        return container.name == self.site.releases.candidate

    def _serves(self, old: Container, proxy: Container | None) -> bool:
        """Whether it does what it should, as far as can be told: a proxy that does not run can't be asked."""
        asked = proxy is not None and proxy.status == "running"
        return old.status == "running" and (not asked or not self.site.problem(old))

    def _infrastructure(self, container: Container | None) -> Iterator[Step]:
        """The network and the proxy."""
        site, proxy = self.site, self.site.proxy
        if not site.has_network():
            yield Step("create-network", f"create the network {site.network}", site.create_network)
        if container and not proxy.fits(container):
            where = f"{proxy.address}, port {proxy.port or 'as before'}"
            yield Step("remove-proxy", f"remove {proxy.name}, which is not on {where}", partial(_remove, container))
            container = None
        if container is None:
            where = f"port {proxy.port}" if proxy.port else "a port of its own"
            text = f"start the proxy {proxy.name} from {proxy.image()} on {where} of {proxy.address}"
            yield Step("create-proxy", text, proxy.create)
        elif container.status != "running":
            yield Step("start-proxy", f"start the proxy {proxy.name}", partial(proxy.restart, container))

    def _left(self, left: list[Container]) -> Iterator[Step]:
        """Away with what a deployment left that did not end."""
        for one in left:
            why = "left by a deployment that did not end"
            if self._unaccepted(one):
                yield Step("remove-left", f"remove {one.name}, {why}", partial(_remove, one))
            else:
                yield Step("stop-left", f"stop {one.name}, {why}", partial(self._stop, one))

    def _bring(self, retained: Container | None, old: Container | None) -> Iterator[Step]:
        """The release beside the old one, judged, switched to; and the old one drained, stopped and kept."""
        site, order, environment = self.site, self.order, self.site.environment
        if retained:
            text = f"start {retained.name}, which is retained"
            yield Step("start-retained", text, partial(self._start_again, retained))
        else:
            secrets.required(environment)  # before anything is changed
            if not images.present(site.client, order.release):
                text = f"pull {order.release}"
                yield Step("pull", text, partial(images.pull, site.client, order.release))
            name = site.releases.candidate
            yield Step("create", f"create {name} from {order.release}", self._create)
            yield Step("start", f"start {name}", self._start)
        digest = order.digest
        text = f"wait up to {environment.health_timeout:g} s until it is healthy as {digest}"
        yield Step("wait", text, self._wait)
        yield Step("judge", f"run the tests of {environment.name} against it", self._judge)
        text = f"name it {site.name}-<its id>, and let the engine restart it from now on"
        yield Step("keep", text, self._keep)
        text = f"lead all requests from {old.name} to it" if old else "lead all requests to it"
        yield Step("switch", text, partial(self._switch, old))
        if old:
            text = f"let {old.name} finish its requests for up to {site.settings.drain_timeout:g} s"
            yield Step("drain", text, self._drain)
            yield Step("stop", f"stop {old.name} and retain it", partial(self._stop, old))

    def _prune(self, retained: list[Container]) -> Iterator[Step]:
        """Away with more releases than are to be retained."""
        most = self.site.environment.retain
        for one in retained[most:]:
            yield Step("remove-old", f"remove {one.name}: {most} releases are retained", partial(_remove, one))

    @property
    def _new(self) -> Container:
        assert self.candidate is not None  # noqa: S101 -- a step before made it
        return self.candidate

    def _create(self) -> None:
        self.candidate = self.site.releases.create(self.order)

    def _start_again(self, found: Container) -> None:
        self.candidate = found
        release_containers.restart(found, always=False)
        self._start()

    def _start(self) -> None:
        self.end = time.monotonic() + self.site.environment.health_timeout
        release_containers.start(self._new)

    def _wait(self) -> None:
        """Wait until the new release is healthy as the digest that it should be."""
        digest = self.order.digest
        timeout = self.site.environment.health_timeout
        path = self.site.config.service.health
        while True:  # one look at least, however long the engine took to start it
            self._still_runs()
            left = max(LOOK, self.end - time.monotonic())
            limit = min(health.TIMEOUT, left)
            problem = self.site.proxy.probe(path, digest, container=self._new, patience=min(SLICE, left), limit=limit)
            if not problem:
                return
            if self.end - time.monotonic() <= LOOK:
                break
        self._still_runs()
        raise CheckFailedError(
            f"The new release was not healthy within {timeout:g} s ({problem}); the old one still serves.",
            "Its log is above. A slow start needs a longer health-timeout in ml-cicd.toml.",
        )

    def _still_runs(self) -> None:
        try:
            self._new.reload()
        except NotFound as error:
            raise CheckFailedError("The new release was removed while it came up; the old one still serves.") from error
        if self._new.status in ("exited", "dead"):
            code = self._new.attrs["State"]["ExitCode"]
            raise CheckFailedError(f"The new release ended with exit code {code}; the old one still serves.")

    def _judge(self) -> None:
        self.accept(self.site.inner_url(self._new), self.site.network)

    def _keep(self) -> None:
        release_containers.restart(self._new, always=True)
        if self._unaccepted(self._new):
            self._new.rename(self.site.releases.lasting(self._new))

    def _switch(self, old: Container | None) -> None:
        """Lead the requests to the new release; back again when users would not find its digest there."""
        proxy, path, digest = self.site.proxy, self.site.config.service.health, self.order.digest
        self.switching = True
        try:
            # A proxy that a step before made may remember another routing.
            self.routing, problem = proxy.switch(self._new, self.routing or proxy.routing(), path, digest)
            if problem:
                proxy.route(old, self.routing)
        except CheckFailedError:
            self.switching = False
            raise
        if problem:
            self.switching = False
            raise CheckFailedError(f"Through the proxy, {problem}; the old release serves again.")

    def _drain(self) -> None:
        assert self.routing is not None  # noqa: S101 -- the step before made it
        if not self.site.proxy.drain(self.routing, self.site.settings.drain_timeout):
            sys.stdout.write("requests are still under way; they have until the release is ended\n")

    def _stop(self, container: Container) -> None:
        container.stop(timeout=int(self.site.environment.stop_timeout))

    def _take_away(self) -> None:
        """Undo what was brought up, unless requests may reach it: then it was accepted, and both releases stay."""
        if self.candidate is None or self.switching:
            return
        sys.stdout.write(
            f"The last lines of the new release, which is taken down:\n{release_containers.log(self.candidate)}\n"
        )
        try:
            self.candidate.reload()
        except NotFound:
            return
        if self.candidate.name == self.site.releases.candidate:
            _remove(self.candidate)
        else:
            self.candidate.stop(timeout=0)


def _remove(container: Container) -> None:
    try:
        container.remove(force=True, v=True)
    except NotFound:
        pass
    except APIError as error:
        if "already in progress" not in str(error.explanation):
            raise
