"""What a namespace has and no release needs: pods of interrupted deployments, old Secrets, services of old releases."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from cicd import failpoints, labels
from cicd.deploy.kubernetes import objects, pods
from cicd.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cicd.deploy.kubernetes.kubectl import Manifest
    from cicd.deploy.kubernetes.site import Site, Step

OF_A_SERVICE = ("deployment", "service", "poddisruptionbudget")
"""The kinds of objects that a service has. A job has a CronJob."""


def interrupted(site: Site) -> list[Manifest]:
    """Return the pods that an interrupted deployment left, and what the proofs of jobs were given and left."""
    kinds = {"pod": f"{labels.ROLE}!={labels.SERVICE}"}
    if site.config.job or site.config.jobs:
        kinds["configmap"] = f"{labels.ROLE}={labels.CANDIDATE}"
    return [manifest for kind, role in kinds.items() for manifest in site.kubectl.list(kind, f"{_marks(site)},{role}")]


def unused(site: Site, needed: Sequence[Manifest]) -> list[Manifest]:
    """Return the Secrets and ConfigMaps of earlier releases that neither `needed` nor a retained release uses."""
    kubectl = site.kubectl
    kinds = ("secret", "configmap") if site.settings.manifests else ("secret",)
    existing = [manifest for kind in kinds for manifest in kubectl.list(kind, _marks(site))]
    if not existing:
        return []
    live = [pod for pod in kubectl.list("pod", "") if not pods.has_stopped(pod)]
    used = json.dumps([*kubectl.list("replicaset", ""), *live, *needed])
    return [
        manifest
        for manifest in existing
        if manifest.get("type", "Opaque") == "Opaque" and f'"{objects.name_of(manifest)}"' not in used
    ]


def retired(site: Site, services: Collection[str]) -> list[Manifest]:
    """Return the objects of the services and jobs beside the first one that are not among `services`."""
    kubectl, marks = site.kubectl, _marks(site)
    carriers = [*kubectl.list("deployment", marks), *_cron_jobs(site)]
    names = {_service_of(carrier) for carrier in carriers} - {"", *services}
    if not names:
        return []
    existing = [manifest for kind in OF_A_SERVICE for manifest in kubectl.list(kind, marks)]
    return [manifest for manifest in (*existing, *_cron_jobs(site)) if _service_of(manifest) in names]


def _cron_jobs(site: Site) -> list[Manifest]:
    """Return the CronJobs of the environment; none if an account without rights on them deploys services alone."""
    try:
        return site.kubectl.list("cronjob", _marks(site))
    except UnreachableError:
        if site.config.job or site.config.jobs:
            raise
        return []


def removal(site: Site, manifests: list[Manifest], why: str = "which nothing uses", *, now: bool = True) -> list[Step]:
    """Return the step that removes objects; none if there are no such objects. `now`: their pods need not finish."""
    remove = partial(_remove, site, manifests, now=now)
    return [(f"remove {objects.names_of(manifests)}, {why}", remove)] if manifests else []


def _remove(site: Site, manifests: list[Manifest], *, now: bool) -> None:
    for manifest in manifests:
        with failpoints.change("kubernetes.remove-leftover"):
            site.kubectl.delete(manifest["kind"], objects.name_of(manifest), now=now)


def _service_of(manifest: Manifest) -> str:
    return str((manifest["metadata"].get("labels") or {}).get(labels.DELIVERABLE, ""))


def _marks(site: Site) -> str:
    return f"{labels.PROJECT}={site.config.name},{labels.ENVIRONMENT}={site.environment.name}"
