"""Docker engine as a deploy target: releases beside each other, and a proxy in front that leads to one of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from cicd import github, labels
from cicd.config import Service, ServiceDeliverable
from cicd.deploy import lock
from cicd.deploy.docker import interruptions, look, outputs, release_containers, ssh
from cicd.deploy.docker.job_place import JobPlace
from cicd.deploy.docker.proof import forget, proofs
from cicd.deploy.docker.rollout import Rollout
from cicd.deploy.docker.site import Site
from cicd.deploy.docker.swap import Phase, Step, Swap
from cicd.deploy.engine_lock import EngineLock
from cicd.deploy.target import nothing, running, together
from cicd.errors import CheckFailedError, UnreachableError
from cicd.oci import containers, engine, housekeeping, repositories
from cicd.oci.errors import engine_errors
from cicd.oci.reference import ImageReference, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from cicd.config import Config, DockerSettings, Environment
    from cicd.deploy.docker.job_place import Unpacked
    from cicd.deploy.docker.rollout import Part
    from cicd.deploy.holder import Holder
    from cicd.deploy.target import Accept, Finish, Order, Running
    from cicd.oci.containers import Runner
    from cicd.oci.engine import Container


def target(
    config: Config,
    environment: Environment,
    settings: DockerSettings,
    instance: str,
    unpacked: Unpacked | None = None,
) -> DockerTarget:
    """Return the target of an environment: on its host's engine, or else on the engine that answers here.

    `instance` is the local forge that deploys. `unpacked` yields a path of a commit, for jobs beside the services.

    Raises:
        RefusedError: the host's key is not the pinned one.
        UnreachableError: no engine answers.

    """
    client = ssh.connect(settings.host, settings.host_key) if settings.host else engine.connect()
    return DockerTarget(Site(client, config, environment, settings, instance), unpacked)


@dataclass(frozen=True)
class DockerTarget:
    """One environment of one project on one engine; see `Target`."""

    site: Site
    """The site of the first service, whose network all services share."""
    unpacked: Unpacked | None = None
    """Yields a path of a commit; None for a project without jobs."""

    @cached_property
    def others(self) -> dict[str, Site]:
        """The sites of the other services, by name."""
        return {other.name: self.site.of(other) for other in self.site.config.others}

    @cached_property
    def jobs(self) -> dict[str, JobPlace]:
        """The jobs beside the services, by name."""
        if self.unpacked is None:
            return {}
        return {job.name: JobPlace(self.site.of(job), self.unpacked) for job in self.site.config.jobs}

    def runner(self, network: str) -> Runner:
        """See `Target.runner`."""
        names = {name: address for site in (self.site, *self.others.values()) for name, address in site.names().items()}
        instance, shm_size = self.site.instance, self.site.config.test_shm_size
        prepare = partial(outputs.put, self.jobs)
        return containers.runner(self.site.client, network, names, instance, shm_size=shm_size, prepare=prepare)

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
        """See `Target.locked`."""
        return lock.hold(self._lock, self.site.environment.name, holder, wait)

    def unlock(self) -> Holder | None:
        """See `Target.unlock`."""
        return lock.unlock(self._lock)

    def observe(self) -> Running | None:
        """See `Target.observe`."""
        with engine_errors(f"read what runs in {self.site.environment.name}"):
            return self._observed()

    def addresses(self) -> Mapping[str, str]:
        """See `Target.addresses`."""
        return {name: site.inner_url(site.judged()) for name, site in self.others.items() if site.proxy.find()}

    def outputs(self) -> Mapping[str, str]:
        """See `Target.outputs`."""
        return outputs.folders_of(self.jobs)

    def retained(self) -> list[Running]:
        """See `Target.retained`; those of the other services and of the jobs follow."""
        retained = []
        with engine_errors(f"read which releases {self.site.environment.name} retains"):
            for name, site in {"": self.site, **self.others}.items():
                releases = site.releases.all()
                serving = site.serving(releases, site.routing())
                stopped = [r for r in releases if r != serving and r.name != site.releases.candidate]
                retained += [replace(_running(site, r, "it is stopped"), service=name) for r in stopped]
        return retained + [replace(past, service=name) for name, job in self.jobs.items() for past in job.retained()]

    def plan(self, order: Order) -> list[str]:
        """See `Target.plan`."""
        with engine_errors(f"read what runs in {self.site.environment.name}"):
            return [step.text for step in self._rollout(Swap(self.site, order), lambda *_: None, nothing).steps()]

    def apply(self, order: Order, accept: Accept, finish: Finish = nothing) -> Running:
        """See `Target.apply`. A release that serves already is only judged again."""
        first = Swap(self.site, order)
        rollout = self._rollout(first, accept, finish)
        rollout.run()
        try:
            with engine_errors(f"read what runs in {self.site.environment.name}"):
                observed = self._observed()
        except UnreachableError as error:
            if not rollout.switching:
                raise
            text = f"{error.message} The switch had shown that users reach the new release."
            github.annotate("warning", text, title="The engine does not answer after the deployment")
            return running(order.release, order.commit, order.facts)
        if observed is None or not observed.healthy:
            problem = observed.detail if observed else "nothing serves"
            raise CheckFailedError(
                f"After the deployment, {self.site.name} is not healthy: {problem}",
                "Run the deployment again: it repairs what was changed by hand.",
            )
        if not rollout.judged:
            accept(self.site.inner_url(self.site.proxy.container()), self.site.network)
            finish()
        return observed

    def tidy(self, release: str, test: str) -> None:
        """See `Target.tidy`."""
        places = repositories.beside(ImageReference.parse(release).repository, (*self.others, *self.jobs))
        housekeeping.tidy(self.site.client, self.site.config.name, places, (release, test))

    @cached_property
    def _lock(self) -> EngineLock:
        site = self.site
        return EngineLock(site.client, f"{site.name}-lock", site.labels_for(labels.LOCK), site.proxy.free_reserve)

    def _rollout(self, first: Swap, accept: Accept, finish: Finish) -> Rollout:
        """Return the deployment of an order: it brings the services of its release up and stops all others."""
        order = first.order
        swaps = [
            Swap(self.others[name], replace(order, release=image, others={}))
            for name, image in order.others.items()
            if name in self.others
        ]
        parts: list[Part] = [first, *swaps, *proofs(self.jobs, order)]
        return Rollout(parts, accept, finish, partial(self._retirement, order))

    def _retirement(self, order: Order) -> list[Step]:
        """Return the steps that stop the services, and forget the jobs, which the release does not have."""
        names = [name for name in self._named_on_engine() if name not in order.others]
        return [step for name in names for step in (forget(self.jobs[name]) if name in self.jobs else self._end(name))]

    def _named_on_engine(self) -> list[str]:
        """Return the names of the other services that have a container, also if ml-cicd.toml no longer has them."""
        marks = [f"{key}={value}" for key, value in self.site.labels_for(labels.SERVICE).items()]
        with engine_errors(f"list the services of {self.site.environment.name}"):
            found = self.site.client.containers.list(all=True, filters={"label": marks}, ignore_removed=True)
        instance = self.site.instance
        names = {c.labels.get(labels.DELIVERABLE, "") for c in found if c.labels.get(labels.INSTANCE, "") == instance}
        return sorted(filter(None, names))

    def _end(self, name: str) -> Iterator[Step]:
        """Yield the step that stops a service which the release does not have; none if it does not run."""
        site = self.others.get(name) or self.site.of(ServiceDeliverable(name, Service()))
        serving = site.serving(site.releases.all(), site.routing())
        if serving and serving.status in release_containers.RUNNING:
            text = f"lead no requests to {serving.name}, which is no part of the release, and stop it"
            yield Step("retire", text, partial(_retire, site, serving), Phase.AFTERWARDS)

    def _observed(self) -> Running | None:
        first = _observed(self.site)
        services = {name: _observed(site) for name, site in self.others.items()}
        return first and together(first, services | {name: job.observe() for name, job in self.jobs.items()})


def _observed(site: Site) -> Running | None:
    """Return what a service runs."""
    proxy = site.proxy.find()
    if proxy is None:
        return None
    seen = look.at(site.proxy, proxy, site.config.service.health, health_request=True)
    release = site.serving(site.releases.all(), seen.routing)
    if release is None:
        return None
    problem = f"it is {release.status}"
    if release.status == "running":
        problem = seen.problem(digest_of(release.labels[labels.RELEASE]))
    return _running(site, release, problem, seen.noted.get(release.short_id), interruptions.notice(proxy, release))


def _running(
    site: Site, release: Container, problem: str, noted: Mapping[str, str] | None = None, notice: str = ""
) -> Running:
    facts = release.labels if noted is None else noted
    name, commit = release.labels[labels.RELEASE], release.labels[labels.COMMIT]
    return running(name, commit, facts, url=site.url(), problem=problem, notice=notice)


def _retire(site: Site, serving: Container) -> None:
    proxy = site.proxy.find()
    if proxy and proxy.status == "running":
        site.proxy.route(None, site.proxy.routing())
    elif proxy:
        site.proxy.lead_nowhere(proxy)
    serving.stop(timeout=int(site.environment.stop_timeout))
