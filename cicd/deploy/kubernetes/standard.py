"""The kit's own Kubernetes objects, for projects without manifests of their own, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicd.config import Config, Environment, KubernetesSettings
    from cicd.deploy.kubernetes.kubectl import Manifest

NAME = "app.kubernetes.io/name"
LEAVING = 5
"""Seconds that a stopping pod goes on serving, while the nodes learn that it leaves the Service."""
FIRST_WITH_SLEEP = 30
"""The minor version from which on a pod can sleep without a command in its image."""
UNITS = {"b": "", "k": "Ki", "m": "Mi", "g": "Gi"}


@dataclass(frozen=True)
class Server:
    """What a cluster's API offers."""

    groups: frozenset[str]
    """As `policy/v1`."""
    minor: int
    """30 of version 1.30; 0 when the server does not say."""


def standard(config: Config, environment: Environment, settings: KubernetesSettings, server: Server) -> list[Manifest]:
    """Return a Service, a PodDisruptionBudget and a Deployment that has no release yet."""
    name, selector = config.name, {NAME: config.name}
    budget = "policy/v1" if "policy/v1" in server.groups else "policy/v1beta1"
    service = {"type": settings.service_type, "selector": selector, "ports": [_port(config, environment, settings)]}
    deployment = {
        "replicas": settings.replicas,
        "selector": {"matchLabels": selector},
        "template": {"metadata": {"labels": selector}, "spec": _pod(config, environment, server)},
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


def _pod(config: Config, environment: Environment, server: Server) -> Manifest:
    can_sleep = server.minor >= FIRST_WITH_SLEEP
    sleep = {"sleep": {"seconds": LEAVING}} if can_sleep else {"exec": {"command": ["sleep", f"{LEAVING}"]}}
    container = {
        "name": config.name,
        "ports": [{"containerPort": config.service.port, "protocol": "TCP"}],
        "resources": _resources(environment),
        "lifecycle": {"preStop": sleep},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": LEAVING + round(environment.stop_timeout),
        "containers": [container],
    }


def _resources(environment: Environment) -> Manifest:
    limits: dict[str, str] = {}
    if environment.cpus:
        limits["cpu"] = f"{round(environment.cpus * 1000)}m"
    if environment.memory:
        limits["memory"] = environment.memory[:-1] + UNITS[environment.memory[-1]]
    return {"requests": limits, "limits": limits} if limits else {}


def _object(version: str, kind: str, name: str, spec: Manifest) -> Manifest:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}
