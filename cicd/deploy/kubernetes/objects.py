"""Kubernetes objects beside the release itself, as plain data: labels, the namespace, Secrets, and their names."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

from cicd import labels as names
from cicd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Config, Environment
    from cicd.deploy.kubernetes.kubectl import Manifest

UNITS = {"b": "", "k": "Ki", "m": "Mi", "g": "Gi"}
SHARED_MEMORY = "/dev/shm"  # noqa: S108 -- in the pod


def namespace(name: str, labels: Mapping[str, str]) -> Manifest:
    """Return the namespace of an environment."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels)}}


def labels(config: Config, environment: Environment) -> dict[str, str]:
    """Return the labels of every object of an environment; those of a service beside the first one name it."""
    return {
        "app.kubernetes.io/managed-by": "ml-cicd",
        names.PROJECT: config.name,
        names.ENVIRONMENT: environment.name,
        **({names.DELIVERABLE: config.deliverable} if config.deliverable else {}),
    }


def name_of(manifest: Manifest) -> str:
    """Return the name of an object."""
    return str(manifest["metadata"]["name"])


def names_of(manifests: Sequence[Manifest]) -> str:
    """Return kinds and names of objects, for people."""
    return ", ".join(f"{manifest['kind']} {name_of(manifest)}" for manifest in manifests)


def annotations_of(manifest: Manifest) -> dict[str, str]:
    """Return the annotations of an object."""
    return manifest["metadata"].get("annotations") or {}


def check_owner(manifest: Manifest, config: Config, environment: Environment, namespace: str) -> None:
    """Raise for an object that carries another environment or project; one without labels belongs to nobody.

    Raises:
        RefusedError: it does.

    """
    marks = manifest["metadata"].get("labels") or {}
    for label, name in {names.ENVIRONMENT: environment.name, names.PROJECT: config.name}.items():
        if marks.get(label, "") not in ("", name):
            raise RefusedError(
                f"The {manifest['kind']} {name_of(manifest)} in the namespace {namespace} "
                f"carries the {label.partition('.')[2]} {marks[label]}.",
                f"Set another `namespace` for {environment.name} in ml-cicd.toml.",
            )


def candidate_name(config: Config) -> str:
    """Return the name of the pod that is tested before the rollout."""
    return f"{config.service_name}-candidate"


def failpoint(change: str, config: Config) -> str:
    """Return the name of a change for the crash tests."""
    return "-".join(filter(None, (f"kubernetes.{change}", config.deliverable)))


def pull_secret_name(config: Config) -> str:
    """Return the name of the pull secret, with which the nodes pull the project's images; it outlasts every job."""
    return f"{config.name}-pull"


def pull_secret(config: Config, environment: Environment, registry: str, user: str, token: str) -> Manifest:
    """Return the pull secret with a registry's credentials."""
    login = base64.b64encode(f"{user}:{token}".encode()).decode()
    content = {"auths": {registry: {"username": user, "password": token, "auth": login}}}
    return _secret(
        pull_secret_name(config),
        labels(config, environment),
        {".dockerconfigjson": json.dumps(content)},
        kind="kubernetes.io/dockerconfigjson",
    )


def app_secret(config: Config, environment: Environment, values: Mapping[str, str]) -> Manifest:
    """Return the environment's secrets, in a Secret whose name changes with them: an older release keeps its own."""
    content = hashlib.sha256(json.dumps([config.name, environment.name, dict(values)], sort_keys=True).encode())
    secret = _secret(f"{config.name}-secrets-{content.hexdigest()[:10]}", labels(config, environment), values)
    return {**secret, "immutable": True}


def environment_variables(values: Mapping[str, str]) -> list[Manifest]:
    """Return the environment variables of a container, which finds exactly these values."""
    return [{"name": name, "value": literal(value)} for name, value in sorted(values.items())]


def literal(text: str) -> str:
    """Return a text for a variable, command or argument from which the cluster expands nothing, such as `$(NAME)`."""
    return text.replace("$", "$$")


def _secret(name: str, marks: Mapping[str, str], values: Mapping[str, str], kind: str = "Opaque") -> Manifest:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    metadata = {"name": name, "labels": dict(marks)}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "data": data}


def quantity(size: str) -> str:
    """Return a size such as `512m` as the cluster writes it."""
    return size[:-1] + UNITS[size[-1]]


def put_shared_memory(pod: Manifest, container: Manifest, size: str | None) -> None:
    """Give a container this much shared memory, unless its manifest gives it some already; None: the cluster's 64m."""
    mounts = container.get("volumeMounts") or []
    if size is None or any(mount["mountPath"] == SHARED_MEMORY for mount in mounts):
        return
    volume = {"name": "ml-cicd-shm", "emptyDir": {"medium": "Memory", "sizeLimit": quantity(size)}}
    pod["volumes"] = [*(pod.get("volumes") or []), volume]
    container["volumeMounts"] = [*mounts, {"name": "ml-cicd-shm", "mountPath": SHARED_MEMORY}]
