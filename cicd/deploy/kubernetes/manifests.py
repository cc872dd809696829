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
from cicd.deploy.kubernetes import stopping
from cicd.deploy.kubernetes.objects import (
    annotations_of,
    candidate_name,
    environment_variables,
    labels,
    literal,
    pull_secret_name,
    put_shared_memory,
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
    *,
    secret: str,
    minor: int,
) -> list[Manifest]:
    """Return the objects with the release in the Deployment of the service's name.

    `secret` is the name of the Secret whose values the release finds as files; empty for none. `minor` is the minor
    version of the cluster; 0 if unknown.

    Raises:
        UsageError: there is no such Deployment, or an object belongs to another namespace.

    """
    marked = [_marked(manifest, labels(config, environment)) for manifest in manifests]
    deployment = deployment_of(marked, config)
    _put_release(deployment, config, environment, order)
    pod = deployment["spec"]["template"]["spec"]
    container = main_container(pod, config)
    put_shared_memory(pod, container, config.service.shm_size)
    stopping.serve_on(pod, container, minor)
    if secret:
        put_secrets(pod, container, secret, environment.secrets)
    digest = hashlib.sha256(json.dumps(marked, sort_keys=True).encode()).hexdigest()
    deployment["metadata"]["annotations"] |= {
        **order.facts,
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
        if deployment["metadata"]["name"] == config.service_name:
            return deployment
    present = ", ".join(deployment["metadata"]["name"] for deployment in deployments) or "none"
    raise UsageError(
        f"The manifests have no Deployment '{config.service_name}' (found: {present}).",
        f"Give the Deployment that carries the release this name: {config.service_name}.",
    )


def main_container(pod: Manifest, config: Config) -> Manifest:
    """Return the container that runs the release: the container of the service's name, or else the first."""
    containers: list[Manifest] = pod["containers"]
    return next((container for container in containers if container["name"] == config.service_name), containers[0])


def candidate(deployment: Manifest, config: Config, environment: Environment) -> Manifest:
    """Return a pod like the Deployment's, which no Service selects: it has none of the Deployment's labels."""
    spec = copy.deepcopy(deployment["spec"]["template"]["spec"])
    spec["restartPolicy"] = "Never"
    checks = stopping.check(main_container(spec, config))
    if checks:
        spec["initContainers"] = [*checks, *(spec.get("initContainers") or [])]
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


def _put_release(deployment: Manifest, config: Config, environment: Environment, order: Order) -> None:
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
    container = put_release(pod, config, environment, order)
    if config.deliverable and config.service.command:  # the image of the first service has its command
        container.setdefault("args", [literal(word) for word in config.service.command])
    host = config.service.public_host
    headers = {"httpHeaders": [{"name": "Host", "value": host}]} if host else {}
    request = {"path": config.service.health, "port": config.service.port, **headers}
    ready = {"httpGet": request, "periodSeconds": 1}
    container.setdefault("readinessProbe", ready | {"timeoutSeconds": 5, "failureThreshold": 3})


def put_release(pod: Manifest, config: Config, environment: Environment, order: Order) -> Manifest:
    """Have a pod run this release, and return the container that does."""
    pod["imagePullSecrets"] = [*(pod.get("imagePullSecrets") or []), {"name": pull_secret_name(config)}]
    container = main_container(pod, config)
    container["image"] = order.release
    values = {
        **environment.variables,
        variables.ML_CICD_DIGEST: order.digest,
        variables.ML_CICD_COMMIT: order.commit,
        variables.ML_CICD_ENVIRONMENT: environment.name,
    }
    others = [variable for variable in (container.get("env") or []) if variable["name"] not in values]
    container["env"] = [*others, *environment_variables(values)]
    return container


def put_secrets(pod: Manifest, container: Manifest, secret: str, keys: Iterable[str]) -> None:
    """Mount each value of a Secret as a file.

    The folder is not mounted: then it would be read-only, and the cluster could not put the service account's token
    into it.
    """
    volume = {"name": "ml-cicd-secrets", "secret": {"secretName": secret, "defaultMode": 0o444}}
    pod["volumes"] = [*(pod.get("volumes") or []), volume]
    mounts = [
        {"name": "ml-cicd-secrets", "mountPath": f"{SECRETS}/{key}", "subPath": key, "readOnly": True} for key in keys
    ]
    container["volumeMounts"] = [*(container.get("volumeMounts") or []), *mounts]
