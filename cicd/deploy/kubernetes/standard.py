"""The kit's own Kubernetes objects, for projects without manifests of their own, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.deploy.kubernetes.objects import quantity

if TYPE_CHECKING:
    from cicd.config import Config, Environment, KubernetesSettings
    from cicd.deploy.kubernetes.kubectl import Manifest

NAME = "app.kubernetes.io/name"
NO_PRIVILEGES = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


@dataclass(frozen=True)
class Server:
    """What a cluster's API offers."""

    groups: frozenset[str]
    """As `policy/v1`."""
    minor: int
    """30 of version 1.30; 0 when the server does not say."""


def standard(config: Config, environment: Environment, settings: KubernetesSettings, server: Server) -> list[Manifest]:
    """Return a Service, a PodDisruptionBudget and a Deployment that has no release yet."""
    name, selector = config.service_name, {NAME: config.service_name}
    budget = "policy/v1" if "policy/v1" in server.groups else "policy/v1beta1"
    service = {"type": settings.service_type, "selector": selector, "ports": [_port(config, environment, settings)]}
    deployment = {
        "replicas": settings.replicas,
        "selector": {"matchLabels": selector},
        "template": {"metadata": {"labels": selector}, "spec": pod(environment, _container(config, environment))},
    }
    return [
        _object("v1", "Service", name, service),
        _object(budget, "PodDisruptionBudget", name, {"maxUnavailable": 1, "selector": {"matchLabels": selector}}),
        _object("apps/v1", "Deployment", name, deployment),
    ]


def _port(config: Config, environment: Environment, settings: KubernetesSettings) -> Manifest:
    port: Manifest = {"name": "http", "port": 80, "targetPort": config.service.port, "protocol": "TCP"}
    if environment.port:
        port["nodePort" if settings.service_type == "NodePort" else "port"] = environment.port
    return port


def _container(config: Config, environment: Environment) -> Manifest:
    return {
        "name": config.service_name,
        "ports": [{"containerPort": config.service.port, "protocol": "TCP"}],
        "resources": resources(environment),
        "securityContext": NO_PRIVILEGES,
    }


def pod(environment: Environment, container: Manifest) -> Manifest:
    """Return the specification of a pod with that container, which has no release yet."""
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": round(environment.stop_timeout),
        "containers": [container],
    }


def resources(environment: Environment) -> Manifest:
    """Return what a container of the environment gets of its node."""
    limits: dict[str, str] = {}
    if environment.cpus:
        limits["cpu"] = f"{round(environment.cpus * 1000)}m"
    if environment.memory:
        limits["memory"] = quantity(environment.memory)
    if environment.gpus:
        limits["nvidia.com/gpu"] = str(environment.gpus)
    return {"requests": limits, "limits": limits} if limits else {}


def _object(version: str, kind: str, name: str, spec: Manifest) -> Manifest:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}
