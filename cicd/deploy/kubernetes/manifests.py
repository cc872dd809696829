"""Kubernetes objects of a release, as plain data: the kit's own, or the project's with the release put in.

Pure: nothing here asks a cluster. What is known of the server comes in as `Server`.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd import labels as names
from cicd import variables
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cicd.config import Config, Environment, KubernetesSettings
    from cicd.deploy.target import Order

Manifest = dict[str, Any]

SECRETS = "/run/secrets"
NAME = "app.kubernetes.io/name"
LEAVING = 5
"""Seconds that a stopping pod goes on serving, while the nodes learn that it leaves the Service."""
PREFIXES = {"b": "", "k": "Ki", "m": "Mi", "g": "Gi"}


@dataclass(frozen=True)
class Server:
    """What a cluster's API offers."""

    groups: frozenset[str]
    """As `policy/v1`."""
    minor: int
    """30 of version 1.30; 0 when the server does not say."""


def namespace(name: str, labels: Mapping[str, str]) -> Manifest:
    """A namespace of its own for an environment."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels)}}


def labels(config: Config, environment: Environment) -> dict[str, str]:
    """What every object of an environment carries."""
    return {
        "app.kubernetes.io/managed-by": "ml-cicd",
        names.PROJECT: config.name,
        names.ENVIRONMENT: environment.name,
    }


def candidate_name(config: Config) -> str:
    """The pod that is judged before the rollout."""
    return f"{config.name}-candidate"


def pull_secret_name(config: Config) -> str:
    """The Secret with which the nodes pull the project's images; it outlasts every job."""
    return f"{config.name}-pull"


def pull_secret(config: Config, environment: Environment, registry: str, user: str, token: str) -> Manifest:
    """The named Secret with a registry's credentials."""
    logged_in = base64.b64encode(f"{user}:{token}".encode()).decode()
    content = {"auths": {registry: {"username": user, "password": token, "auth": logged_in}}}
    return _secret(
        pull_secret_name(config),
        labels(config, environment),
        {".dockerconfigjson": json.dumps(content)},
        kind="kubernetes.io/dockerconfigjson",
    )


def app_secret(config: Config, environment: Environment, values: Mapping[str, str]) -> Manifest:
    """The environment's secrets, in a Secret whose name changes with them: an older release keeps its own."""
    content = hashlib.sha256(json.dumps([config.name, environment.name, dict(values)], sort_keys=True).encode())
    found = _secret(f"{config.name}-secrets-{content.hexdigest()[:10]}", labels(config, environment), values)
    return {**found, "immutable": True}


def _secret(name: str, marks: Mapping[str, str], values: Mapping[str, str], kind: str = "Opaque") -> Manifest:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    metadata = {"name": name, "labels": dict(marks)}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "data": data}


def standard(config: Config, environment: Environment, settings: KubernetesSettings, server: Server) -> list[Manifest]:
    """The kit's own objects: a Service, a PodDisruptionBudget and a Deployment still without a release."""
    name, selector = config.name, {NAME: config.name}
    port: Manifest = {"name": "http", "port": 80, "targetPort": config.service.port, "protocol": "TCP"}
    if environment.port:
        port["nodePort" if settings.service_type == "NodePort" else "port"] = environment.port
    budget = "policy/v1" if "policy/v1" in server.groups else "policy/v1beta1"
    sleep = {"sleep": {"seconds": LEAVING}} if server.minor >= 30 else {"exec": {"command": ["sleep", f"{LEAVING}"]}}  # noqa: PLR2004
    container = {
        "name": name,
        "ports": [{"containerPort": config.service.port, "protocol": "TCP"}],
        "resources": _resources(environment),
        "lifecycle": {"preStop": sleep},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    pod = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": LEAVING + round(environment.stop_timeout),
        "containers": [container],
    }
    return [
        _object("v1", "Service", name, {"type": settings.service_type, "selector": selector, "ports": [port]}),
        _object(budget, "PodDisruptionBudget", name, {"maxUnavailable": 1, "selector": {"matchLabels": selector}}),
        _object(
            "apps/v1",
            "Deployment",
            name,
            {
                "replicas": settings.replicas,
                "selector": {"matchLabels": selector},
                "template": {"metadata": {"labels": selector}, "spec": pod},
            },
        ),
    ]


def _object(version: str, kind: str, name: str, spec: Manifest) -> Manifest:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}


def _resources(environment: Environment) -> Manifest:
    asked: dict[str, str] = {}
    if environment.cpus:
        asked["cpu"] = f"{round(environment.cpus * 1000)}m"
    if environment.memory:
        asked["memory"] = environment.memory[:-1] + PREFIXES[environment.memory[-1]]
    return {"requests": asked, "limits": asked} if asked else {}


def released(
    manifests: Iterable[Manifest],
    config: Config,
    environment: Environment,
    order: Order,
    secret: str = "",
) -> list[Manifest]:
    """The objects with the release in the Deployment of the project's name; `secret`: the name of the app's Secret.

    Raises:
        UsageError: there is no such Deployment, or an object belongs to another namespace.

    """
    marked = [_marked(one, labels(config, environment)) for one in manifests]
    deployment = deployment_of(marked, config)
    _put_release(deployment, config, environment, order, secret)
    digest = hashlib.sha256(json.dumps(marked, sort_keys=True).encode()).hexdigest()
    deployment["metadata"]["annotations"] |= {
        names.ENTRY: order.entry,
        names.AFTER: order.after,
        names.ACTOR: order.actor,
        names.CONTENT: digest,
        names.SETTLED: "false",
    }
    return marked


def returned(deployment: Manifest, replica_set: Manifest) -> Manifest:
    """What brings a Deployment, as it was applied, back to the release of one of its ReplicaSets."""
    template = copy.deepcopy(replica_set["spec"]["template"])
    template["metadata"]["labels"].pop("pod-template-hash", None)
    template["metadata"].pop("creationTimestamp", None)
    told = replica_set["metadata"].get("annotations") or {}
    kept = {name: value for name, value in told.items() if not name.startswith("deployment.kubernetes.io/")}
    metadata = {**deployment["metadata"], "annotations": kept}
    return {**deployment, "metadata": metadata, "spec": {**deployment["spec"], "template": template}}


def deployment_of(manifests: Sequence[Manifest], config: Config) -> Manifest:
    """The Deployment that carries the release.

    Raises:
        UsageError: there is none.

    """
    named = [one for one in manifests if one["kind"] == "Deployment"]
    for one in named:
        if one["metadata"]["name"] == config.name:
            return one
    found = ", ".join(one["metadata"]["name"] for one in named) or "none"
    raise UsageError(
        f"The manifests have no Deployment '{config.name}' (found: {found}).",
        "The Deployment that carries the release has the project's name.",
    )


def _marked(manifest: Manifest, marks: Mapping[str, str]) -> Manifest:
    one = copy.deepcopy(manifest)
    metadata = one.setdefault("metadata", {})
    if metadata.get("namespace"):
        raise UsageError(
            f"{one['kind']} {metadata['name']} names the namespace {metadata['namespace']}.",
            "Leave it out: the environment's namespace is used.",
        )
    metadata["labels"] = {**(metadata.get("labels") or {}), **marks}
    return one


def _put_release(deployment: Manifest, config: Config, environment: Environment, order: Order, secret: str) -> None:
    """Have the Deployment run this release, never with fewer pods than before, and remember the releases before it."""
    metadata, spec = deployment["metadata"], deployment["spec"]
    metadata["annotations"] = {
        **(metadata.get("annotations") or {}),
        names.RELEASE: order.release,
        names.COMMIT: order.commit,
    }
    spec["revisionHistoryLimit"] = environment.retain
    spec["progressDeadlineSeconds"] = max(1, round(environment.health_timeout))
    surge = spec.get("strategy", {}).get("rollingUpdate", {}).get("maxSurge", 1)
    spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": surge}}
    template = spec["template"]
    template["metadata"]["labels"] |= {**labels(config, environment), names.ROLE: names.SERVICE}
    pod = template["spec"]
    pod["imagePullSecrets"] = [*pod.get("imagePullSecrets", []), {"name": pull_secret_name(config)}]
    container = main_container(pod, config)
    container["image"] = order.release
    ready = {"httpGet": {"path": config.service.health, "port": config.service.port}, "periodSeconds": 1}
    container.setdefault("readinessProbe", ready | {"timeoutSeconds": 5, "failureThreshold": 3})
    given = {
        **environment.variables,
        variables.ML_CICD_DIGEST: order.digest,
        variables.ML_CICD_COMMIT: order.commit,
        variables.ML_CICD_ENVIRONMENT: environment.name,
    }
    kept = [one for one in container.get("env", []) if one["name"] not in given]
    container["env"] = [*kept, *environment_variables(given)]
    if secret:
        volume = {"name": "ml-cicd-secrets", "secret": {"secretName": secret, "defaultMode": 0o444}}
        pod["volumes"] = [*pod.get("volumes", []), volume]
        mount = {"name": "ml-cicd-secrets", "mountPath": SECRETS, "readOnly": True}
        container["volumeMounts"] = [*container.get("volumeMounts", []), mount]


def main_container(pod: Manifest, config: Config) -> Manifest:
    """The container that runs the release: the one of the project's name, or else the first."""
    containers: list[Manifest] = pod["containers"]
    return next((one for one in containers if one["name"] == config.name), containers[0])


def environment_variables(given: Mapping[str, str]) -> list[Manifest]:
    """The environment variables of a container."""
    return [{"name": name, "value": value} for name, value in sorted(given.items())]


def candidate(deployment: Manifest, config: Config, environment: Environment) -> Manifest:
    """One pod as the Deployment would make it, which no Service selects: it has none of the Deployment's labels."""
    spec = copy.deepcopy(deployment["spec"]["template"]["spec"])
    spec["restartPolicy"] = "Never"
    for container in spec["containers"]:
        container.setdefault("terminationMessagePolicy", "FallbackToLogsOnError")
    metadata = {
        "name": candidate_name(config),
        "labels": {**labels(config, environment), names.ROLE: names.CANDIDATE},
        "annotations": dict(deployment["spec"]["template"]["metadata"].get("annotations") or {}),
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
