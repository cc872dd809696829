"""The objects of a release on Kubernetes, without a cluster: valid for what is current, and for what is old."""

from __future__ import annotations

import base64
import copy
import json
from dataclasses import replace
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from cicd.config import Config, Environment, KubernetesSettings, Service, ServiceDeliverable
from cicd.deploy.kubernetes import lease, manifests, objects, runner, stopping
from cicd.deploy.kubernetes.standard import Server, standard
from cicd.deploy.target import Order
from cicd.errors import UsageError

IMAGE = "ghcr.io/acme/app@sha256:" + "a" * 64
ORDER = Order(IMAGE, "1" * 40, "integration/1@abc", "staging/1@def", "somebody")
CURRENT = Server(frozenset({"policy/v1"}), 37)
OLD = Server(frozenset({"policy/v1beta1"}), 20)
SETTINGS = KubernetesSettings()
STAGING = Environment(
    "staging", SETTINGS, cpus=0.5, memory="512m", gpus=2, variables={"LEVEL": "info"}, secrets=("KEY",), retain=3
)
TESTS = {"image": IMAGE, "command": ["pytest"], "env": objects.environment_variables({"A": "b"})}
CONFIG = Config("app", environments={"staging": STAGING})
REPORT = CONFIG.of(ServiceDeliverable("report", Service(port=8501, command=("serve", "--price", "$(HOME)"))))


def rendered(
    environment: Environment = STAGING,
    server: Server = CURRENT,
    order: Order = ORDER,
    settings: KubernetesSettings = SETTINGS,
    config: Config = CONFIG,
) -> dict[str, Any]:
    """Return the kit's own objects by kind."""
    plain = standard(config, environment, settings, server)
    return {
        manifest["kind"]: manifest
        for manifest in manifests.released(
            plain, config, environment, order, secret="app-secrets-1", minor=server.minor
        )
    }


def everything(server: Server) -> list[dict[str, Any]]:
    """One of each object that the kit ever writes."""
    release, report = rendered(server=server), rendered(server=server, config=REPORT)
    labels = objects.labels(CONFIG, STAGING)
    return [
        *release.values(),
        *report.values(),
        manifests.candidate(report["Deployment"], REPORT, STAGING),
        objects.namespace("app-staging", labels),
        objects.pull_secret(CONFIG, STAGING, "ghcr.io", "a", "b"),
        objects.app_secret(CONFIG, STAGING, {"KEY": "value"}),
        manifests.candidate(release["Deployment"], CONFIG, STAGING),
        runner.pod_of(CONFIG, STAGING, TESTS, {"c": "d"}, {"report.example.org": "10.0.0.7"}),
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


@pytest.mark.case("K12", "no `sleep` in the image")
def test_image_without_sleep_is_found_by_the_candidate() -> None:
    old = manifests.candidate(rendered(server=OLD)["Deployment"], CONFIG, STAGING)
    (check,) = old["spec"]["initContainers"]
    assert (check["image"], check["command"]) == (IMAGE, ["sleep", "0"])
    assert check["securityContext"] == old["spec"]["containers"][0]["securityContext"]
    assert "initContainers" not in manifests.candidate(rendered()["Deployment"], CONFIG, STAGING)["spec"]
    ended = {"name": check["name"], "state": {"terminated": {"exitCode": 128, "message": "not in $PATH"}}}
    assert stopping.problem({"status": {"initContainerStatuses": [ended]}}) == "not in $PATH"
    assert stopping.problem({"status": {}}) == ""


@pytest.mark.parametrize(
    ("hook", "check"),
    [
        ({"exec": {"command": ["/bin/sleep", "9"]}}, ["/bin/sleep", "0"]),
        ({"exec": {"command": ["/bin/sh", "-c", "sleep 9; nginx -s quit"]}}, ["/bin/sh", "-c", "sleep 0"]),
        ({"exec": {"command": ["bash", "-c", "sleep 9"]}}, ["bash", "-c", "sleep 0"]),
        ({"exec": {"command": ["/bin/ash", "-c", "sleep 9"]}}, ["/bin/ash", "-c", "sleep 0"]),
        ({"exec": {"command": ["dash", "-ec", "sleep 9"]}}, ["dash", "-c", "sleep 0"]),
        ({"exec": {"command": ["sh", "-c", "nginx -s quit"]}}, None),
        ({"exec": {"command": ["nginx", "-s", "quit"]}}, None),
        ({"httpGet": {"path": "/stop", "port": 8000}}, None),
    ],
)
@pytest.mark.case("K12", "no `sleep` in the image")
def test_projects_hook_is_kept_and_checked(hook: dict[str, Any], check: list[str] | None) -> None:
    project = copy.deepcopy(OWN)
    spec = project[1]["spec"]["template"]["spec"]
    spec["containers"][1]["lifecycle"] = {"preStop": hook}
    spec["initContainers"] = [{"name": "migrate", "image": "app"}]
    released = manifests.deployment_of(manifests.released(project, CONFIG, STAGING, ORDER, secret="", minor=20), CONFIG)
    container = released["spec"]["template"]["spec"]["containers"][1]
    assert container["lifecycle"] == {"preStop": hook}
    assert "terminationGracePeriodSeconds" not in released["spec"]["template"]["spec"]
    first, *others = manifests.candidate(released, CONFIG, STAGING)["spec"]["initContainers"]
    assert [first.get("command"), len(others)] == ([check, 1] if check else [None, 0])


@pytest.mark.case("K12", "no `sleep` in the image")
def test_projects_pods_serve_on_before_they_stop() -> None:
    released = manifests.deployment_of(manifests.released(OWN, CONFIG, STAGING, ORDER, secret="", minor=30), CONFIG)
    spec = released["spec"]["template"]["spec"]
    assert spec["containers"][1]["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
    assert "lifecycle" not in spec["containers"][0]
    assert spec["terminationGracePeriodSeconds"] == 35


@pytest.mark.case("K12", "`$$` and `$(X)` in a variable")
def test_cluster_expands_nothing_in_a_value() -> None:
    assert objects.environment_variables({"A": "a$$b$(X)c$d"}) == [{"name": "A", "value": "a$$$$b$$(X)c$$d"}]


@pytest.mark.case("K12", "secrets beside the service account's token")
def test_folder_of_secrets_is_not_mounted() -> None:
    (mount,) = pod(rendered())["containers"][0]["volumeMounts"]
    assert (mount["mountPath"], mount["subPath"]) == ("/run/secrets/KEY", "KEY")


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
    assert container["resources"]["limits"] == {"cpu": "500m", "memory": "512Mi", "nvidia.com/gpu": "2"}
    assert pod(release)["securityContext"]["runAsNonRoot"]
    assert pod(release)["imagePullSecrets"] == [{"name": "app-pull"}]
    assert container["volumeMounts"] == [
        {"name": "ml-cicd-secrets", "mountPath": "/run/secrets/KEY", "subPath": "KEY", "readOnly": True}
    ]


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
        runner.pod_of(CONFIG, STAGING, TESTS, {}),
    ):
        assert not selector & manifest["metadata"]["labels"].items()


def test_objects_of_another_service_are_named_after_it() -> None:
    release, first = rendered(config=REPORT), rendered()
    assert {manifest["metadata"]["name"] for manifest in release.values()} == {"app-report"}
    assert {manifest["metadata"]["labels"]["ml-cicd.deliverable"] for manifest in release.values()} == {"report"}
    selector = release["Service"]["spec"]["selector"]
    assert selector == {"app.kubernetes.io/name": "app-report"}
    assert not selector.items() & first["Deployment"]["spec"]["template"]["metadata"]["labels"].items()
    container = pod(release)["containers"][0]
    assert (container["name"], container["args"]) == ("app-report", ["serve", "--price", "$$(HOME)"])
    assert "args" not in pod(first)["containers"][0], "the image of the first service has its command"
    assert pod(release)["imagePullSecrets"] == pod(first)["imagePullSecrets"]


def test_tests_get_no_secret() -> None:
    written = json.dumps(runner.pod_of(CONFIG, STAGING, TESTS, {}))
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
    released = manifests.released(OWN, CONFIG, STAGING, ORDER, secret="", minor=CURRENT.minor)
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
        manifests.released(other, CONFIG, STAGING, ORDER, secret="", minor=CURRENT.minor)


def test_manifests_may_not_name_a_namespace() -> None:
    other = copy.deepcopy(OWN)
    other[0]["metadata"]["namespace"] = "kube-system"
    with pytest.raises(UsageError, match="ConfigMap settings names the namespace kube-system"):
        manifests.released(other, CONFIG, STAGING, ORDER, secret="", minor=CURRENT.minor)


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


def mounts_of(spec: dict[str, Any], container: dict[str, Any]) -> list[tuple[str, str]]:
    """Return where a container has volumes in memory, and how large they may be."""
    sizes = {volume["name"]: volume["emptyDir"]["sizeLimit"] for volume in spec["volumes"] if "emptyDir" in volume}
    return [(mount["mountPath"], sizes[mount["name"]]) for mount in container["volumeMounts"] if mount["name"] in sizes]


@pytest.mark.case("K9", "a service or a test that needs more shared memory, on a cluster")
def test_service_and_tests_get_shared_memory() -> None:
    project = replace(CONFIG, service=Service(shm_size="1g"), test_shm_size="256m")
    plain = standard(project, STAGING, SETTINGS, CURRENT)
    released = manifests.released(plain, project, STAGING, ORDER, secret="app-secrets-1", minor=CURRENT.minor)
    deployment = manifests.deployment_of(released, project)
    service = deployment["spec"]["template"]["spec"]
    tests = runner.pod_of(project, STAGING, TESTS, {})
    assert mounts_of(service, service["containers"][0]) == [("/dev/shm", "1Gi")]
    assert mounts_of(tests["spec"], tests["spec"]["containers"][0]) == [("/dev/shm", "256Mi")]
    for manifest in (deployment, tests, manifests.candidate(deployment, project, STAGING)):
        kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


def test_shared_memory_of_a_projects_manifest_is_kept() -> None:
    container = {"name": "app", "volumeMounts": [{"name": "mine", "mountPath": "/dev/shm"}]}
    pod_spec: dict[str, Any] = {"containers": [container]}
    objects.put_shared_memory(pod_spec, container, "1g")
    objects.put_shared_memory(pod_spec, {"name": "other"}, None)
    assert "volumes" not in pod_spec
