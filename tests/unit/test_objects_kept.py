"""What the kit tells a cluster, as it is kept in `support/objects`: a changed line is another object for everybody.

`UPDATE_OBJECTS=1 pytest tests/unit/test_objects_kept.py` writes it anew. Look at the difference.
"""

from __future__ import annotations

import copy
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cicd.config import KubernetesSettings
from cicd.deploy.kubernetes import manifests
from tests.unit.test_manifests import CONFIG, CURRENT, OLD, ORDER, OWN, STAGING, everything, rendered

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = Path(__file__).parent / "support" / "objects"
BARE = replace(STAGING, cpus=None, memory="", gpus=0, variables={}, secrets=(), port=30080)


def projects_own() -> list[dict[str, Any]]:
    """Return a project's own objects with the release: what the project wrote stays."""
    own = copy.deepcopy(OWN)
    for manifest in own:
        manifest["metadata"]["labels"] = {"team": "flights"}
    deployment = next(manifest for manifest in own if manifest["kind"] == "Deployment")
    deployment["metadata"]["annotations"] = {"note": "ours"}
    deployment["spec"]["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 2, "maxUnavailable": 1}}
    spec = deployment["spec"]["template"]["spec"]
    spec["imagePullSecrets"] = [{"name": "ours"}]
    spec["volumes"] = [{"name": "cache", "emptyDir": {}}]
    container = spec["containers"][1]
    container["env"] = [{"name": "OURS", "value": "1"}, {"name": "LEVEL", "value": "debug"}]
    container["volumeMounts"] = [{"name": "cache", "mountPath": "/cache"}]
    released = manifests.released(own, CONFIG, STAGING, ORDER, secret="app-secrets-1", minor=30)
    return [*released, manifests.candidate(manifests.deployment_of(released, CONFIG), CONFIG, STAGING)]


OBJECTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "current": lambda: everything(CURRENT),
    "old": lambda: everything(OLD),
    "own": projects_own,
    "bare": lambda: [*rendered(BARE, settings=KubernetesSettings(service_type="NodePort", replicas=3)).values()],
    "balanced": lambda: [*rendered(BARE, settings=KubernetesSettings(service_type="LoadBalancer")).values()],
}


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_are_those_that_are_kept(name: str) -> None:
    made, file = OBJECTS[name](), KEPT / f"{name}.json"
    if os.environ.get("UPDATE_OBJECTS"):
        KEPT.mkdir(exist_ok=True)
        file.write_text(json.dumps(made, indent=1) + "\n")
    assert json.loads(json.dumps(made)) == json.loads(file.read_text())
