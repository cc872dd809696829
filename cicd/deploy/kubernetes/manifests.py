"""A release in Kubernetes objects, as plain data: put into a Deployment, taken back to, and as a single pod.

Pure: nothing here asks a cluster.
"""

from __future__ import annotations

import copy
import hashlib
import json
from typing import TYPE_CHECKING

from cicd import labels as names
from cicd import variables
from cicd.deploy.kubernetes.objects import (
    annotations_of,
    candidate_name,
    environment_variables,
    labels,
    pull_secret_name,
)
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cicd.config import Config, Environment
    from cicd.deploy.kubernetes.kubectl import Manifest
    from cicd.deploy.target import Order

SECRETS = "/run/secrets"


def released(
    manifests: Iterable[Manifest],
    config: Config,
    environment: Environment,
    order: Order,
    secret: str = "",
) -> list[Manifest]:
    """Return the objects with the release in the Deployment of the project's name.

    `secret` is the name of the Secret that the release finds as files; empty for none.

    Raises:
        UsageError: there is no such Deployment, or an object belongs to another namespace.

    """
    marked = [_marked(manifest, labels(config, environment)) for manifest in manifests]
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
    """Return a Deployment, as it was applied, with the release of one of its ReplicaSets."""
    template = copy.deepcopy(replica_set["spec"]["template"])
    template["metadata"]["labels"].pop("pod-template-hash", None)
    template["metadata"].pop("creationTimestamp", None)
    annotations = {
        name: value
        for name, value in annotations_of(replica_set).items()
        if not name.startswith("deployment.kubernetes.io/")
    }
    metadata = {**deployment["metadata"], "annotations": annotations}
    return {**deployment, "metadata": metadata, "spec": {**deployment["spec"], "template": template}}


def deployment_of(manifests: Sequence[Manifest], config: Config) -> Manifest:
    """Return the Deployment that carries the release.

    Raises:
        UsageError: there is none.

    """
    deployments = [manifest for manifest in manifests if manifest["kind"] == "Deployment"]
    for deployment in deployments:
        if deployment["metadata"]["name"] == config.name:
            return deployment
    present = ", ".join(deployment["metadata"]["name"] for deployment in deployments) or "none"
    raise UsageError(
        f"The manifests have no Deployment '{config.name}' (found: {present}).",
        f"Name the Deployment that carries the release after the project: {config.name}.",
    )


def main_container(pod: Manifest, config: Config) -> Manifest:
    """Return the container that runs the release: the container of the project's name, or else the first."""
    containers: list[Manifest] = pod["containers"]
    return next((container for container in containers if container["name"] == config.name), containers[0])


def candidate(deployment: Manifest, config: Config, environment: Environment) -> Manifest:
    """Return a pod like the Deployment's, which no Service selects: it has none of the Deployment's labels."""
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


def _marked(manifest: Manifest, marks: Mapping[str, str]) -> Manifest:
    """Return the object with the labels of its environment."""
    marked = copy.deepcopy(manifest)
    metadata = marked.setdefault("metadata", {})
    if metadata.get("namespace"):
        raise UsageError(
            f"{marked['kind']} {metadata['name']} names the namespace {metadata['namespace']}.",
            "Remove that line: every object goes to the environment's namespace.",
        )
    metadata["labels"] = {**(metadata.get("labels") or {}), **marks}
    return marked


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
    values = {
        **environment.variables,
        variables.ML_CICD_DIGEST: order.digest,
        variables.ML_CICD_COMMIT: order.commit,
        variables.ML_CICD_ENVIRONMENT: environment.name,
    }
    others = [variable for variable in container.get("env", []) if variable["name"] not in values]
    container["env"] = [*others, *environment_variables(values)]
    if secret:
        volume = {"name": "ml-cicd-secrets", "secret": {"secretName": secret, "defaultMode": 0o444}}
        pod["volumes"] = [*pod.get("volumes", []), volume]
        mount = {"name": "ml-cicd-secrets", "mountPath": SECRETS, "readOnly": True}
        container["volumeMounts"] = [*container.get("volumeMounts", []), mount]
