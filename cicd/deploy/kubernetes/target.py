"""Kubernetes as a deploy target: a candidate pod that no Service selects, and when it was accepted, the rollout.

The cluster alone keeps the state. Every step is decided before the first change, so the plan is what is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cicd import labels
from cicd.deploy import lock
from cicd.deploy.kubernetes import pods
from cicd.deploy.kubernetes.delivery import Delivery, carry_out
from cicd.deploy.kubernetes.kubectl import Kubectl
from cicd.deploy.kubernetes.lease import ClusterLock
from cicd.deploy.kubernetes.objects import annotations_of
from cicd.deploy.kubernetes.rollouts import REVISION
from cicd.deploy.kubernetes.site import Site
from cicd.deploy.target import Running
from cicd.errors import CheckFailedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cicd.config import Config, Environment, KubernetesSettings
    from cicd.deploy.holder import Holder
    from cicd.deploy.kubernetes.delivery import Source
    from cicd.deploy.kubernetes.kubectl import Manifest
    from cicd.deploy.target import Accept, Order
    from cicd.oci.containers import Runner


def target(
    config: Config, environment: Environment, settings: KubernetesSettings, instance: str, source: Source
) -> KubernetesTarget:
    """Return the target of an environment, in its namespace: by default named after project and environment."""
    name = settings.namespace or "-".join(filter(None, (config.name, environment.name, instance)))
    return KubernetesTarget(Site(config, environment, settings, Kubectl(name, settings.context)), source)


@dataclass(frozen=True)
class KubernetesTarget:
    """One environment of one project on a cluster; see `Target`."""

    site: Site
    source: Source
    """Unpacks a folder of a commit: where the project's own manifests come from."""

    def runner(self, network: str) -> Runner:  # noqa: ARG002 -- a cluster's pods reach each other
        """See `Target.runner`."""
        return partial(pods.run, self.site.kubectl, self.site.config, self.site.environment)

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
        """See `Target.locked`."""
        carry_out(self.site.namespace_steps())
        return lock.hold(self._lock(), self.site.environment.name, holder, wait)

    def unlock(self) -> Holder | None:
        """See `Target.unlock`."""
        return lock.unlock(self._lock())

    def observe(self) -> Running | None:
        """See `Target.observe`. The release is healthy when every pod of the Deployment is, as its digest."""
        rollouts = self.site.rollouts
        deployment = rollouts.deployment()
        if deployment is None:
            return None
        problem = rollouts.problem(deployment)
        return _running(deployment, rollouts.release(deployment), url=self.site.url(), problem=problem)

    def retained(self) -> list[Running]:
        """See `Target.retained`: the ReplicaSets that the cluster keeps; its nodes usually have their images."""
        deployment = self.site.rollouts.deployment()
        if deployment is None:
            return []
        revision = annotations_of(deployment).get(REVISION)
        history = self.site.rollouts.history(deployment)
        return [
            _running(past, annotations_of(past)[labels.RELEASE], url="", problem="it is kept for a rollback")
            for past in history
            if annotations_of(past)[REVISION] != revision
        ]

    def plan(self, order: Order) -> list[str]:
        """See `Target.plan`."""
        delivery = Delivery(self.site, self.source, order, lambda *_: None)
        return [text for text, _ in (*self.site.namespace_steps(), *delivery.steps())]

    def apply(self, order: Order, accept: Accept) -> Running:
        """See `Target.apply`. A release that runs already as it should is only tested again."""
        Delivery(self.site, self.source, order, accept).run()
        running = self.observe()
        if running is None or not running.healthy:
            name = self.site.config.name
            raise CheckFailedError(
                f"After the deployment, {name} is not healthy: {running.detail if running else 'nothing runs'}",
                "Run the deployment again: it repairs what was changed by hand.",
            )
        return running

    def _lock(self) -> ClusterLock:
        return ClusterLock(self.site.config, self.site.environment, self.site.kubectl)


def _running(manifest: Manifest, release: str, *, url: str, problem: str) -> Running:
    annotations = annotations_of(manifest)
    return Running(
        release=release,
        commit=annotations.get(labels.COMMIT, ""),
        entry=annotations.get(labels.ENTRY, ""),
        after=annotations.get(labels.AFTER, ""),
        url=url,
        healthy=not problem,
        detail=problem,
    )
