"""A Docker engine as the target of batch jobs alone: nothing serves, a release is held after it was run as a proof."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from cicd import labels
from cicd.deploy import lock
from cicd.deploy.docker import outputs, ssh
from cicd.deploy.docker.job_place import JobPlace, running_of
from cicd.deploy.docker.proof import Proof, forget, proofs
from cicd.deploy.docker.rollout import Rollout
from cicd.deploy.docker.site import Site
from cicd.deploy.engine_lock import EngineLock
from cicd.deploy.target import nothing, together
from cicd.oci import containers, engine, housekeeping, repositories
from cicd.oci.reference import ImageReference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from cicd.config import Config, DockerSettings, Environment
    from cicd.deploy.docker.job_place import Unpacked
    from cicd.deploy.docker.swap import Step
    from cicd.deploy.holder import Holder
    from cicd.deploy.target import Accept, Finish, Order, Running
    from cicd.oci.containers import Runner


def target(
    config: Config, environment: Environment, settings: DockerSettings, instance: str, unpacked: Unpacked
) -> JobTarget:
    """Return the target of an environment without a service.

    `instance` is the local forge that deploys. `unpacked` yields a path of a commit.

    Raises:
        RefusedError: the host's key is not the pinned one.
        UnreachableError: no engine answers.

    """
    client = ssh.connect(settings.host, settings.host_key) if settings.host else engine.connect()
    return JobTarget(Site(client, config, environment, settings, instance), unpacked)


@dataclass(frozen=True)
class JobTarget:
    """One environment of a project's batch jobs on one engine; see `Target`."""

    site: Site
    unpacked: Unpacked
    """Yields a path of a commit."""

    @cached_property
    def first(self) -> JobPlace:
        """The first job."""
        return JobPlace(self.site, self.unpacked)

    @cached_property
    def others(self) -> dict[str, JobPlace]:
        """The jobs beside the first one, by name."""
        return {other.name: JobPlace(self.site.of(other), self.unpacked) for other in self.site.config.jobs}

    @property
    def places(self) -> dict[str, JobPlace]:
        """All jobs, by name; the first one has none."""
        return {"": self.first, **self.others}

    def runner(self, network: str) -> Runner:
        """See `Target.runner`."""
        site = self.site
        prepare = partial(outputs.put, self.places)
        shm_size = site.config.test_shm_size
        return containers.runner(site.client, network, {}, site.instance, shm_size=shm_size, prepare=prepare)

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
        """See `Target.locked`."""
        return lock.hold(self._lock, self.site.environment.name, holder, wait)

    def unlock(self) -> Holder | None:
        """See `Target.unlock`."""
        return lock.unlock(self._lock)

    def addresses(self) -> Mapping[str, str]:
        """See `Target.addresses`: there is no service."""
        return {}

    def outputs(self) -> Mapping[str, str]:
        """See `Target.outputs`."""
        return outputs.folders_of(self.places)

    def observe(self) -> Running | None:
        """See `Target.observe`: the release that was proven last."""
        first = self.first.observe()
        return first and together(first, {name: place.observe() for name, place in self.others.items()})

    def retained(self) -> list[Running]:
        """See `Target.retained`."""
        return [replace(past, service=name) for name, place in self.places.items() for past in place.retained()]

    def plan(self, order: Order) -> list[str]:
        """See `Target.plan`."""
        begun, end = self._proofs(order), partial(self._retirement, order)
        return [step.text for step in Rollout(begun, lambda *_: None, retirement=end).steps()]

    def apply(self, order: Order, accept: Accept, finish: Finish = nothing) -> Running:
        """See `Target.apply`: run each job once, and hold the release if all pass."""
        begun = self._proofs(order)
        Rollout(begun, accept, finish, partial(self._retirement, order)).run()
        first, *others = (running_of(proof.container) for proof in begun)
        return together(first, dict(zip((proof.site.deliverable for proof in begun[1:]), others, strict=True)))

    def tidy(self, release: str, test: str) -> None:
        """See `Target.tidy`."""
        places = repositories.beside(ImageReference.parse(release).repository, tuple(self.others))
        housekeeping.tidy(self.site.client, self.site.config.name, places, (release, test))

    @cached_property
    def _lock(self) -> EngineLock:
        return EngineLock(self.site.client, f"{self.site.name}-lock", self.site.labels_for(labels.LOCK))

    def _proofs(self, order: Order) -> list[Proof]:
        return [Proof(self.first, order), *proofs(self.others, order)]

    def _retirement(self, order: Order) -> list[Step]:
        """Return the steps that forget the jobs which the release does not have."""
        return [step for name, place in self.others.items() if name not in order.others for step in forget(place)]
