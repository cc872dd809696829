"""What one environment has on a cluster: its namespace, its Deployment, and the URL at which it answers."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from cicd import failpoints, labels
from cicd.deploy.kubernetes import cron_jobs, objects, pods
from cicd.deploy.kubernetes.rollouts import Rollouts
from cicd.deploy.kubernetes.standard import Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.config import Config, Environment, JobDeliverable, KubernetesSettings, ServiceDeliverable
    from cicd.deploy.kubernetes.kubectl import Kubectl, Manifest

    Step = tuple[str, Callable[[], None]]

SECONDS_TO_SET_UP = 20


@dataclass(frozen=True)
class Site:
    """One service of one environment of a project, in the environment's namespace of a cluster."""

    config: Config
    environment: Environment
    settings: KubernetesSettings
    kubectl: Kubectl

    def of(self, other: ServiceDeliverable | JobDeliverable) -> Site:
        """Return the site of another service or job in the same environment."""
        return replace(self, config=self.config.of(other), environment=self.environment.of(other.name))

    @cached_property
    def rollouts(self) -> Rollouts:
        """The Deployment that carries the releases."""
        return Rollouts(self.config, self.environment, self.kubectl)

    @cached_property
    def server(self) -> Server:
        """What the cluster's API offers."""
        version = json.loads(self.kubectl.run("get", "--raw", "/version"))
        minor = "".join(filter(str.isdigit, version["minor"]))
        return Server(frozenset(self.kubectl.run("api-versions").split()), int(minor or 0))

    def namespace_steps(self) -> list[Step]:
        """Return the step that creates the namespace; none when it exists."""
        name = self.kubectl.namespace
        if self.kubectl.get("namespace", name):
            return []
        return [(f"create the namespace {name}", self._create_namespace)]

    def inner_url(self, pod: Manifest) -> str:
        """Return the URL of a pod for the tests; `public-host` in it stands for the pod's address."""
        return f"http://{self.config.service.public_host or pod['status']['podIP']}:{self.config.service.port}"

    def cron_job(self) -> Manifest | None:
        """Return the CronJob of the job as it is; None for none.

        Raises:
            RefusedError: it belongs to another environment or project.

        """
        existing = self.kubectl.get("cronjob", self.config.service_name)
        if existing:
            objects.check_owner(existing, self.config, self.environment, self.kubectl.namespace)
        return existing

    def cron_job_before(self, commit: str) -> Manifest | None:
        """Return the CronJob to return to if the next release fails: the newest one, or the one of a commit."""
        existing = self.cron_job()
        known = cron_jobs.healthy(existing) if existing else []
        of_commit = (past for past in known if objects.annotations_of(past).get(labels.COMMIT) == commit)
        return next(of_commit, known[0] if known else None)

    def is_unsettled(self) -> bool:
        """Return whether the service or job carries a release that was never noted as healthy."""
        existing = self.cron_job() if self.config.job else self.rollouts.deployment()
        return existing is not None and objects.annotations_of(existing).get(labels.SETTLED) == "false"

    def judged(self) -> Manifest | None:
        """Return the pod for the tests: the candidate, or else one that serves; None for none."""
        if candidate := self.kubectl.get("pod", objects.candidate_name(self.config)):
            return candidate
        deployment = self.rollouts.deployment()
        return next(iter(self.rollouts.pods(deployment)), None) if deployment else None

    def url(self) -> str:
        """Return the URL of the Service: at a load balancer or a node if it has one, else inside the cluster."""
        service = self.kubectl.get("service", self.config.service_name)
        if service is None:
            return ""
        port = service["spec"]["ports"][0]
        for balancer in service.get("status", {}).get("loadBalancer", {}).get("ingress") or []:
            return f"http://{balancer.get('hostname') or balancer.get('ip')}:{port['port']}"
        if service["spec"]["type"] == "NodePort":
            nodes = json.loads(self.kubectl.run("get", "nodes", "--output=json"))["items"]
            addresses = nodes[0]["status"]["addresses"]
            internal = next(address["address"] for address in addresses if address["type"] == "InternalIP")
            return f"http://{internal}:{port['nodePort']}"
        return f"http://{self.config.service_name}.{self.kubectl.namespace}.svc:{port['port']}"

    def _create_namespace(self) -> None:
        marks = objects.labels(self.config, self.environment)
        with failpoints.change("kubernetes.create-namespace"):
            self.kubectl.create(objects.namespace(self.kubectl.namespace, marks))
        end = time.monotonic() + SECONDS_TO_SET_UP
        while not self.kubectl.get("serviceaccount", "default") and time.monotonic() < end:
            time.sleep(pods.POLL)  # a pod can't be created before
