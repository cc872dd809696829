"""Kubernetes as a deploy target: a candidate pod that no Service selects, and when it was accepted, the rollout.

The cluster alone keeps the state. Every step is decided before the first change, so the plan is what is done.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from cicd import labels
from cicd.deploy import lock
from cicd.deploy.kubernetes import cron_jobs, manifests, pods, runner
from cicd.deploy.kubernetes.delivery import Delivery, carry_out
from cicd.deploy.kubernetes.kubectl import Kubectl
from cicd.deploy.kubernetes.lease import ClusterLock
from cicd.deploy.kubernetes.objects import annotations_of
from cicd.deploy.kubernetes.rollouts import REVISION
from cicd.deploy.kubernetes.site import Site
from cicd.deploy.target import nothing, running, together
from cicd.errors import CheckFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from cicd.config import Config, Environment, KubernetesSettings
    from cicd.deploy.holder import Holder
    from cicd.deploy.kubernetes.delivery import Source
    from cicd.deploy.kubernetes.kubectl import Manifest
    from cicd.deploy.target import Accept, Finish, Order, Running
    from cicd.oci.containers import Runner


def target(
    config: Config, environment: Environment, settings: KubernetesSettings, instance: str, source: Source
) -> KubernetesTarget:
    """Return the target of an environment, in its namespace: by default named after project and environment."""
    name = settings.namespace or "-".join(filter(None, (config.name, environment.name, instance)))
    return KubernetesTarget(
        Site(config, environment, settings, Kubectl(name, settings.context, settings.login)), source
    )


@dataclass(frozen=True)
class KubernetesTarget:
    """One environment of one project on a cluster; see `Target`."""

    site: Site
    source: Source
    """Unpacks a folder of a commit: where the project's own manifests come from."""

    @cached_property
    def others(self) -> dict[str, Site]:
        """The sites of the other services, by name."""
        return {other.name: self.site.of(other) for other in self.site.config.others}

    @cached_property
    def jobs(self) -> dict[str, Site]:
        """The sites of the jobs, by name; a first one has none."""
        config = self.site.config
        first = {"": self.site} if config.job else {}
        return first | {other.name: self.site.of(other) for other in config.jobs}

    def runner(self, network: str) -> Runner:
        """See `Target.runner`: a cluster's pods reach each other, and `network` is the address of the one to test."""
        site = self.site
        addresses = {host: network} if (host := site.config.service.public_host) else {}
        for other in self.others.values():
            if (host := other.config.service.public_host) and (pod := other.judged()):
                addresses.setdefault(host, pod["status"]["podIP"])
        left = {self._folder(name): config_map for name, config_map in self._left().items()}
        return partial(runner.run, site.kubectl, site.config, site.environment, addresses=addresses, left=left)

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
        """See `Target.locked`."""
        carry_out(self.site.namespace_steps())
        return lock.hold(self._lock(), self.site.environment.name, holder, wait)

    def tidy(self, release: str, test: str) -> None:
        """See `Target.tidy`: the nodes remove images themselves."""

    def unlock(self) -> Holder | None:
        """See `Target.unlock`."""
        return lock.unlock(self._lock())

    def addresses(self) -> Mapping[str, str]:
        """See `Target.addresses`."""
        return {name: site.inner_url(pod) for name, site in self.others.items() if (pod := site.judged())}

    def outputs(self) -> Mapping[str, str]:
        """See `Target.outputs`."""
        return {name: self._folder(name) for name in self._left()}

    def _left(self) -> dict[str, str]:
        """Return the ConfigMap with what each job left whose proof is under way, by the name of the job."""
        names = {name: cron_jobs.config_map_name(site.config, cron_jobs.OUTPUT) for name, site in self.jobs.items()}
        return {
            name: config_map for name, config_map in names.items() if self.site.kubectl.get("configmap", config_map)
        }

    @staticmethod
    def _folder(job: str) -> str:
        return "-".join(filter(None, (f"{cron_jobs.FOLDER}/job-output", job)))

    def observe(self) -> Running | None:
        """See `Target.observe`. The release is healthy when every pod of the Deployment is, as its digest."""
        first, *others = [*([] if self.site.config.job else [self.site]), *self.others.values(), *self.jobs.values()]
        running = _observed(first)
        return running and together(running, {site.config.deliverable: _observed(site) for site in others})

    def retained(self) -> list[Running]:
        """See `Target.retained`: the ReplicaSets that the cluster keeps; its nodes usually have their images.

        A job has none: its CronJob comes back with the image from the registry.
        """
        sites = {**({} if self.site.config.job else {"": self.site}), **self.others}
        return [replace(release, service=name) for name, site in sites.items() for release in _retained(site)]

    def plan(self, order: Order) -> list[str]:
        """See `Target.plan`."""
        delivery = Delivery(self.site, self.source, order, lambda *_: None)
        return [text for text, _ in (*self.site.namespace_steps(), *delivery.steps())]

    def apply(self, order: Order, accept: Accept, finish: Finish = nothing) -> Running:
        """See `Target.apply`. A release that runs already as it should is only tested again."""
        Delivery(self.site, self.source, order, accept, finish).run()
        end = time.monotonic() + self.site.environment.health_timeout
        while not (observed := self.observe()) or not observed.healthy:
            if time.monotonic() > end:
                name = self.site.config.name
                raise CheckFailedError(
                    f"After the deployment, {name} is not healthy: {observed.detail if observed else 'nothing runs'}",
                    "Run the deployment again: it repairs what was changed by hand.",
                )
            time.sleep(pods.POLL)  # a pod may just have been moved to another node
        return observed

    def _lock(self) -> ClusterLock:
        return ClusterLock(self.site.config, self.site.environment, self.site.kubectl)


def _observed(site: Site) -> Running | None:
    """Return what a service runs, or what the CronJob of a job does."""
    if site.config.job:
        return _scheduled(site)
    deployment = site.rollouts.deployment()
    if deployment is None:
        return None
    problem = site.rollouts.problem(deployment)
    return _running(deployment, site.rollouts.release(deployment), url=site.url(), problem=problem)


def _scheduled(site: Site) -> Running | None:
    cron = site.cron_job()
    if cron is None:
        return None
    named = annotations_of(cron).get(labels.RELEASE, "")
    image = str(manifests.main_container(cron_jobs.pod_of(cron), site.config)["image"])
    problem = f"its CronJob has the image {image}" if image != named else ""
    if annotations_of(cron).get(labels.SETTLED) != "true":
        problem = "its release was never noted as proven"
    return _running(cron, image, url="", problem=problem)


def _retained(site: Site) -> list[Running]:
    """Return the releases of a service that the cluster keeps beside the one that runs, newest first."""
    deployment = site.rollouts.deployment()
    if deployment is None:
        return []
    revision = annotations_of(deployment).get(REVISION)
    return [
        _running(past, annotations_of(past)[labels.RELEASE], url="", problem="it is kept for a rollback")
        for past in site.rollouts.history(deployment)
        if annotations_of(past)[REVISION] != revision
    ]


def _running(manifest: Manifest, release: str, *, url: str, problem: str) -> Running:
    annotations = annotations_of(manifest)
    return running(release, annotations.get(labels.COMMIT, ""), annotations, url=url, problem=problem)
