"""The objects of a release on Kubernetes, without a cluster: valid for what is current, and for what is old."""

from __future__ import annotations

import base64
import copy
import json
from dataclasses import replace
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from cicd.config import Config, Environment, KubernetesSettings
from cicd.deploy.kubernetes import lease, manifests, objects, pods
from cicd.deploy.kubernetes.standard import Server, standard
from cicd.deploy.target import Order
from cicd.errors import UsageError

IMAGE = "ghcr.io/acme/app@sha256:" + "a" * 64
ORDER = Order(IMAGE, "1" * 40, "integration/1@abc", "staging/1@def", "somebody")
CURRENT = Server(frozenset({"policy/v1"}), 37)
OLD = Server(frozenset({"policy/v1beta1"}), 20)
SETTINGS = KubernetesSettings()
STAGING = Environment(
    "staging", SETTINGS, cpus=0.5, memory="512m", variables={"LEVEL": "info"}, secrets=("KEY",), retain=3
)
TESTS = {"image": IMAGE, "command": ["pytest"], "env": objects.environment_variables({"A": "b"})}
CONFIG = Config("app", environments={"staging": STAGING})


def rendered(
    environment: Environment = STAGING,
    server: Server = CURRENT,
    order: Order = ORDER,
    settings: KubernetesSettings = SETTINGS,
) -> dict[str, Any]:
    """Return the kit's own objects by kind."""
    plain = standard(CONFIG, environment, settings, server)
    return {
        manifest["kind"]: manifest
        for manifest in manifests.released(plain, CONFIG, environment, order, "app-secrets-1")
    }


def everything(server: Server) -> list[dict[str, Any]]:
    """One of each object that the kit ever writes."""
    release = rendered(server=server)
    labels = objects.labels(CONFIG, STAGING)
    return [
        *release.values(),
        objects.namespace("app-staging", labels),
        objects.pull_secret(CONFIG, STAGING, "ghcr.io", "a", "b"),
        objects.app_secret(CONFIG, STAGING, {"KEY": "value"}),
        manifests.candidate(release["Deployment"], CONFIG, STAGING),
        pods.tests(CONFIG, STAGING, TESTS, {"c": "d"}),
        lease.lease(CONFIG, STAGING, "somebody", {"ml-cicd.who": "x"}, "2026-11-21T00:00:00.000000Z"),
    ]


@pytest.mark.parametrize("version", ["1.31", kubernetes_validate.latest_version()])
def test_objects_are_valid_in_current_versions(version: str) -> None:
    for manifest in everything(CURRENT):
        kubernetes_validate.validate(manifest, version, strict=True)


def test_invalid_object_is_found() -> None:
    deployment = rendered()["Deployment"]
    deployment["spec"]["template"]["spec"]["containers"][0]["imgae"] = IMAGE
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, kubernetes_validate.latest_version(), strict=True)


def test_old_server_gets_old_apis() -> None:
    old, current = rendered(server=OLD), rendered()
    assert old["PodDisruptionBudget"]["apiVersion"] == "policy/v1beta1"
    assert current["PodDisruptionBudget"]["apiVersion"] == "policy/v1"
    assert pod(old)["containers"][0]["lifecycle"] == {"preStop": {"exec": {"command": ["sleep", "5"]}}}
    assert pod(current)["containers"][0]["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}


def pod(release: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = release["Deployment"]["spec"]["template"]["spec"]
    return spec


def test_deployment_never_has_fewer_pods() -> None:
    release = rendered()
    spec, container = release["Deployment"]["spec"], pod(release)["containers"][0]
    assert container["image"] == IMAGE
    assert {variable["name"]: variable["value"] for variable in container["env"]} == {
        "LEVEL": "info",
        "ML_CICD_COMMIT": "1" * 40,
        "ML_CICD_DIGEST": "sha256:" + "a" * 64,
        "ML_CICD_ENVIRONMENT": "staging",
    }
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    assert spec["revisionHistoryLimit"] == 3
    assert container["readinessProbe"]["httpGet"] == {"path": "/health", "port": 8000}
    assert container["resources"]["limits"] == {"cpu": "500m", "memory": "512Mi"}
    assert pod(release)["securityContext"]["runAsNonRoot"]
    assert pod(release)["imagePullSecrets"] == [{"name": "app-pull"}]
    assert container["volumeMounts"] == [{"name": "ml-cicd-secrets", "mountPath": "/run/secrets", "readOnly": True}]


def test_order_of_another_person_changes_no_pod() -> None:
    other = replace(ORDER, entry="integration/9@fff", after="staging/8@eee", actor="another")
    first, second = rendered()["Deployment"], rendered(order=other)["Deployment"]
    assert first["spec"] == second["spec"]
    assert first["metadata"]["annotations"]["ml-cicd.content"] == second["metadata"]["annotations"]["ml-cicd.content"]
    changed = rendered(settings=KubernetesSettings(replicas=5))["Deployment"]["metadata"]["annotations"]
    assert changed["ml-cicd.content"] != first["metadata"]["annotations"]["ml-cicd.content"]


def test_service_selects_neither_candidate_nor_tests() -> None:
    release = rendered()
    selector = release["Service"]["spec"]["selector"].items()
    assert selector <= release["Deployment"]["spec"]["template"]["metadata"]["labels"].items()
    for manifest in (
        manifests.candidate(release["Deployment"], CONFIG, STAGING),
        pods.tests(CONFIG, STAGING, TESTS, {}),
    ):
        assert not selector & manifest["metadata"]["labels"].items()


def test_tests_get_no_secret() -> None:
    written = json.dumps(pods.tests(CONFIG, STAGING, TESTS, {}))
    assert "secrets" not in written.replace("imagePullSecrets", "")
    assert json.loads(written)["spec"]["automountServiceAccountToken"] is False


def test_app_secrets_name_changes_with_its_values() -> None:
    names = {objects.app_secret(CONFIG, STAGING, {"KEY": value})["metadata"]["name"] for value in "abb"}
    assert len(names) == 2
    first, second = (objects.pull_secret(CONFIG, STAGING, "ghcr.io", "me", token) for token in "ab")
    assert first["metadata"]["name"] == second["metadata"]["name"] == "app-pull"
    content = json.loads(base64.b64decode(first["data"][".dockerconfigjson"]))
    assert content["auths"]["ghcr.io"]["auth"] == base64.b64encode(b"me:a").decode()


OWN: list[dict[str, Any]] = [
    {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}},
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "app"},
        "spec": {
            "replicas": 4,
            "strategy": {"rollingUpdate": {"maxUnavailable": 2, "maxSurge": "50%"}},
            "selector": {"matchLabels": {"app": "app"}},
            "template": {
                "metadata": {"labels": {"app": "app"}},
                "spec": {
                    "containers": [
                        {"name": "proxy", "image": "example.com/proxy:1"},
                        {
                            "name": "app",
                            "image": "app",
                            "env": [{"name": "OWN", "value": "1"}, {"name": "LEVEL", "value": "debug"}],
                            "readinessProbe": {"tcpSocket": {"port": 8000}},
                        },
                    ]
                },
            },
        },
    },
]


def test_projects_manifests_get_the_release() -> None:
    before = copy.deepcopy(OWN)
    released = manifests.released(OWN, CONFIG, STAGING, ORDER, "")
    assert before == OWN, "what is given is not changed"
    deployment = manifests.deployment_of(released, CONFIG)
    sidecar, container = deployment["spec"]["template"]["spec"]["containers"]
    assert (sidecar["image"], container["image"]) == ("example.com/proxy:1", IMAGE)
    assert {"OWN": "1", "LEVEL": "info"}.items() <= {
        variable["name"]: variable["value"] for variable in container["env"]
    }.items()
    assert container["readinessProbe"] == {"tcpSocket": {"port": 8000}}
    assert deployment["spec"]["replicas"] == 4
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": "50%"}
    assert all(manifest["metadata"]["labels"]["ml-cicd.environment"] == "staging" for manifest in released)
    for manifest in released:
        kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


def test_manifests_without_the_deployment_are_refused() -> None:
    other = copy.deepcopy(OWN)
    other[1]["metadata"]["name"] = "another"
    with pytest.raises(UsageError, match="no Deployment 'app' \\(found: another\\)"):
        manifests.released(other, CONFIG, STAGING, ORDER, "")


def test_manifests_may_not_name_a_namespace() -> None:
    other = copy.deepcopy(OWN)
    other[0]["metadata"]["namespace"] = "kube-system"
    with pytest.raises(UsageError, match="ConfigMap settings names the namespace kube-system"):
        manifests.released(other, CONFIG, STAGING, ORDER, "")


def test_return_restores_pods_and_annotations() -> None:
    new = rendered(order=replace(ORDER, release=IMAGE.replace("a" * 64, "b" * 64)))["Deployment"]
    old = copy.deepcopy(rendered()["Deployment"])
    old["metadata"]["annotations"] |= {"deployment.kubernetes.io/revision": "3", "ml-cicd.settled": "true"}
    old["spec"]["template"]["metadata"]["labels"]["pod-template-hash"] = "123"
    back = manifests.returned(new, old)
    assert back["spec"] == rendered()["Deployment"]["spec"]
    assert back["metadata"]["annotations"]["ml-cicd.release"] == IMAGE
    assert back["metadata"]["annotations"]["ml-cicd.settled"] == "true"
    assert "deployment.kubernetes.io/revision" not in back["metadata"]["annotations"]
