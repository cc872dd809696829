"""One deployment on a Docker engine, as a list of steps: what is planned is what is done."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from docker.errors import APIError, NotFound

from cicd import health, images, steps
from cicd.deploy import releases
from cicd.errors import CheckFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docker.models.containers import Container

    from cicd.deploy.docker import DockerTarget
    from cicd.deploy.target import Accept, Order

SLICE = 0.5  # seconds between two looks whether a release that comes up has ended


@dataclass(frozen=True)
class Step:
    """One change: its name for the crash tests, a line for people, and what does it."""

    name: str
    text: str
    do: Callable[[], None]


@dataclass
class Swap:
    """Bringing one release to one environment."""

    target: DockerTarget
    order: Order
    accept: Accept
    candidate: Container | None = field(default=None, init=False)
    switching: bool = field(default=False, init=False)

    def run(self) -> None:
        """Take all steps. A failure before the switch takes the new release away again.

        Raises:
            CheckFailedError: the release is bad; the old one serves.

        """
        try:
            for step in self.steps():
                sys.stdout.write(f"{step.text}\n")
                with steps.change(f"docker.{step.name}"):
                    step.do()
        except BaseException:
            self._take_away()
            raise

    def steps(self) -> list[Step]:
        """What is to be done, in order; empty when the release serves already.

        Raises:
            UsageError: it can't be done; nothing was changed.

        """
        return [*self._prepare(), *self._bring()]

    def _prepare(self) -> Iterator[Step]:
        """The network, the proxy, and away with what a deployment left that did not end."""
        target, proxy = self.target, self.target.proxy
        if not target.client.networks.list(names=[f"^{target.network}$"]):
            yield Step("create-network", f"create the network {target.network}", target.create_network)
        container = proxy.find()
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
        for left in self.target.releases.all():
            if left.short_id == proxy.routed():
                continue
            if left.name == target.releases.candidate:
                text = f"remove {left.name}, left by a deployment that did not end"
                yield Step("remove-left", text, partial(_remove, left))
            elif left.status in releases.RUNNING:
                text = f"stop {left.name}, left by a deployment that did not end"
                yield Step("stop-left", text, partial(self._stop, left))

    def _bring(self) -> Iterator[Step]:
        """The release beside the old one, judged, switched to; and the old one drained, stopped and kept."""
        target, order, environment = self.target, self.order, self.target.environment
        known = [one for one in target.releases.all() if one.name != target.releases.candidate]
        old = target.serving()
        found = next((one for one in known if target.releases.fits(one, order)), None)
        if old and target.releases.fits(old, order):
            if old.status == "running" and (not self._proxied() or not target.problem(old)):
                return
            found, old = (None, old) if old.status == "running" else (old, None)
        if found:
            text = f"start {found.name}, which is retained"
            yield Step("start-retained", text, partial(self._start_again, found))
        else:
            target.releases.check()
            if not images.present(target.client, order.release):
                text = f"pull {order.release}"
                yield Step("pull", text, partial(images.pull, target.client, order.release))
            name = target.releases.candidate
            yield Step("create", f"create {name} from {order.release}", self._create)
            yield Step("start", f"start {name}", lambda: releases.start(self._new))
        digest = order.release.partition("@")[2]
        text = f"wait up to {environment.health_timeout:g} s until it is healthy as {digest}"
        yield Step("wait", text, self._wait)
        yield Step("judge", f"run the tests of {environment.name} against it", self._judge)
        if not found:
            yield Step("rename", f"name it {target.name}-<its id>", self._rename)
        text = f"lead all requests from {old.name} to it" if old else "lead all requests to it"
        yield Step("switch", text, partial(self._switch, old))
        if old:
            text = f"let {old.name} finish its requests for up to {environment.drain_timeout:g} s"
            yield Step("drain", text, self._drain)
            yield Step("stop", f"stop {old.name} and retain it", partial(self._stop, old))
        kept = [*([old] if old else []), *(one for one in known if one not in (found, old))]
        for one in kept[environment.retain :]:
            text = f"remove {one.name}: {environment.retain} releases are retained"
            yield Step("remove-old", text, partial(_remove, one))

    def _proxied(self) -> bool:
        """Whether the proxy runs, so that it can be asked."""
        container = self.target.proxy.find()
        return container is not None and container.status == "running"

    @property
    def _new(self) -> Container:
        assert self.candidate is not None  # noqa: S101 -- a step before made it
        return self.candidate

    def _create(self) -> None:
        self.candidate = self.target.releases.create(self.order)

    def _start_again(self, found: Container) -> None:
        self.candidate = found
        releases.start(found)

    def _wait(self) -> None:
        """Wait until the new release is healthy as the digest that it should be."""
        digest = self.order.release.partition("@")[2]
        timeout = self.target.environment.health_timeout
        path, end, problem = self.target.config.service.health, time.monotonic() + timeout, "it did not start"
        while (left := end - time.monotonic()) > 0:
            self._new.reload()
            if self._new.status == "exited" or self._new.attrs.get("RestartCount", 0) > 0:
                code = self._new.attrs["State"]["ExitCode"]
                raise CheckFailedError(f"The new release ended with exit code {code}; the old one still serves.")
            limit = min(health.TIMEOUT, left)
            problem = self.target.proxy.probe(path, digest, container=self._new, patience=min(SLICE, left), limit=limit)
            if not problem:
                return
        raise CheckFailedError(
            f"The new release was not healthy within {timeout:g} s ({problem}); the old one still serves.",
            "Its log is above. A slow start needs a longer health-timeout in ml-cicd.toml.",
        )

    def _judge(self) -> None:
        self.accept(self.target.inside(self._new), self.target.network)

    def _rename(self) -> None:
        self._new.rename(self.target.releases.lasting(self._new))

    def _switch(self, old: Container | None) -> None:
        """Lead the requests to the new release; back again when users would not find its digest there."""
        self.switching = True
        try:
            self.target.proxy.route(self._new)
            problem = self.target.problem(self._new)
            if problem:
                self.target.proxy.route(old)
        except CheckFailedError:
            self.switching = False
            raise
        if problem:
            self.switching = False
            raise CheckFailedError(f"Through the proxy, {problem}; the old release serves again.")

    def _drain(self) -> None:
        if not self.target.proxy.drain(self.target.environment.drain_timeout):
            sys.stdout.write("requests are still under way; they have until the release is ended\n")

    def _stop(self, container: Container) -> None:
        container.stop(timeout=int(self.target.environment.stop_timeout))

    def _take_away(self) -> None:
        """Undo what was brought up, unless requests may reach it: then it was accepted, and both releases stay."""
        if self.candidate is None or self.switching:
            return
        sys.stdout.write(f"The last lines of the new release, which is taken down:\n{releases.log(self.candidate)}\n")
        try:
            self.candidate.reload()
        except NotFound:
            return
        if self.candidate.name == self.target.releases.candidate:
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
