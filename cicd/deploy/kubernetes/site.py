"""What one environment has on a cluster: its namespace, its Deployment, and the URL at which it answers."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cicd import failpoints
from cicd.deploy.kubernetes import objects, pods
from cicd.deploy.kubernetes.rollouts import Rollouts
from cicd.deploy.kubernetes.standard import Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.config import Config, Environment, KubernetesSettings
    from cicd.deploy.kubernetes.kubectl import Kubectl, Manifest

    Step = tuple[str, Callable[[], None]]

SECONDS_TO_SET_UP = 20


@dataclass(frozen=True)
class Site:
    """One environment of one project: a namespace of a cluster."""

    config: Config
    environment: Environment
    settings: KubernetesSettings
    kubectl: Kubectl

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
        """Return the URL of a pod inside the cluster."""
        return f"http://{pod['status']['podIP']}:{self.config.service.port}"

    def url(self) -> str:
        """Return the URL of the Service: at a load balancer or a node if it has one, else inside the cluster."""
        service = self.kubectl.get("service", self.config.name)
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
        return f"http://{self.config.name}.{self.kubectl.namespace}.svc:{port['port']}"

    def _create_namespace(self) -> None:
        marks = objects.labels(self.config, self.environment)
        with failpoints.change("kubernetes.create-namespace"):
            self.kubectl.create(objects.namespace(self.kubectl.namespace, marks))
        end = time.monotonic() + SECONDS_TO_SET_UP
        while not self.kubectl.get("serviceaccount", "default") and time.monotonic() < end:
            time.sleep(pods.POLL)  # a pod can't be created before
