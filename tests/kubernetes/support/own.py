"""A project's own manifests, as a kustomize folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def write(
    folder: Path, name: str, *, pod: dict[str, Any] | None = None, others: Sequence[Any] = (), more: str = ""
) -> None:
    """Write the manifests of a Deployment with one pod and of its Service; `more` are lines of the kustomization.

    `pod` is added to the pod's specification, `others` are further objects.
    """
    labels = {"app": name}
    container = {"name": name, "image": "app", "ports": [{"containerPort": 8000, "protocol": "TCP"}]}
    added = dict(pod or {})
    spec = {"containers": [{**container, **added.pop("container", {})}], **added}
    items = [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name},
            "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name},
            "spec": {
                "type": "NodePort",
                "selector": labels,
                "ports": [{"port": 80, "targetPort": 8000, "protocol": "TCP"}],
            },
        },
        *others,
    ]
    (folder / "app.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    lines = ["resources: [app.json]", f"replicas: [{{name: {name}, count: 1}}]", more]
    (folder / "kustomization.yaml").write_text("\n".join(lines))
