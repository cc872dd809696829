"""Kubernetes objects beside the release itself, as plain data: labels, the namespace, Secrets, and their names."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

from cicd import labels as names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config import Config, Environment
    from cicd.deploy.kubernetes.kubectl import Manifest


def namespace(name: str, labels: Mapping[str, str]) -> Manifest:
    """Return the namespace of an environment."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels)}}


def labels(config: Config, environment: Environment) -> dict[str, str]:
    """Return the labels of every object of an environment."""
    return {
        "app.kubernetes.io/managed-by": "ml-cicd",
        names.PROJECT: config.name,
        names.ENVIRONMENT: environment.name,
    }


def annotations_of(manifest: Manifest) -> dict[str, str]:
    """Return the annotations of an object."""
    return manifest["metadata"].get("annotations") or {}


def candidate_name(config: Config) -> str:
    """Return the name of the pod that is tested before the rollout."""
    return f"{config.name}-candidate"


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
    """Return the environment variables of a container."""
    return [{"name": name, "value": value} for name, value in sorted(values.items())]


def _secret(name: str, marks: Mapping[str, str], values: Mapping[str, str], kind: str = "Opaque") -> Manifest:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    metadata = {"name": name, "labels": dict(marks)}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "data": data}
