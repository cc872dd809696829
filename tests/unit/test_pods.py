"""Whether a pod is healthy: what its node says, what it answers by way of the API server, and its readiness probe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from cicd.config import Config, Environment, KubernetesSettings, Service
from cicd.deploy.kubernetes import manifests, pods, runner
from cicd.deploy.kubernetes.kubectl_errors import ClusterError
from cicd.deploy.kubernetes.standard import Server, standard
from cicd.deploy.target import Order

if TYPE_CHECKING:
    from cicd.deploy.kubernetes.kubectl import Kubectl

DIGEST, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64
STAGING = Environment("staging", KubernetesSettings())
CONFIG = Config("app", environments={"staging": STAGING})
PUBLIC = replace(CONFIG, service=Service(public_host="flights.example.org"))


@dataclass
class Answers:
    """A kubectl for which every pod answers this."""

    answer: bytes | ClusterError

    def http(self, pod: str, port: int, path: str, *, timeout: float, limit: int) -> bytes:
        if isinstance(self.answer, ClusterError):
            raise self.answer
        return self.answer


def pod(image: str = f"docker-pullable://ghcr.io/acme/app@{DIGEST}", ready: str = "True") -> dict[str, Any]:
    return {
        "metadata": {"name": "app-1"},
        "spec": {"containers": [{"name": "sidecar"}, {"name": "app"}]},
        "status": {
            "conditions": [{"type": "Ready", "status": ready}],
            "containerStatuses": [
                {"name": "sidecar", "imageID": f"ghcr.io/acme/sidecar@{OTHER}"},
                {"name": "app", "imageID": image},
            ],
        },
    }


def problem(answer: bytes | ClusterError, image: dict[str, Any], config: Config = CONFIG) -> str:
    return pods.problem(cast("Kubectl", Answers(answer)), image, config, DIGEST)


NAMES = b'{"digest": "%s"}'


@pytest.mark.parametrize(
    ("answer", "image", "words"),
    [
        (b"ok", pod(), ""),
        (NAMES % DIGEST.encode(), pod(), ""),
        (NAMES % DIGEST.encode(), pod("docker://sha256:0123"), ""),
        (NAMES % OTHER.encode(), pod(), f"app-1/health names the digest {OTHER}"),
        (b"ok", pod(f"ghcr.io/acme/app@{OTHER}"), "app-1/health names no digest"),
        (b"ok", pod("docker://sha256:0123"), "app-1/health names no digest"),
        (b"x" * 70_000, pod(), "has more than 65,536 bytes"),
        (ClusterError("kubectl get failed: (BadRequest): no"), pod(), "does not answer with success: kubectl get"),
    ],
)
def test_image_that_the_node_runs_is_the_proof(answer: bytes | ClusterError, image: dict[str, Any], words: str) -> None:
    found = problem(answer, image)
    assert words in found
    assert bool(words) == bool(found)


@pytest.mark.case("K7", "a service checks the header Host")
def test_readiness_probe_counts_for_a_service_that_checks_the_host() -> None:
    refused = ClusterError("kubectl get failed: (BadRequest)")
    assert problem(refused, pod(), PUBLIC) == ""
    assert "gets no success from /health" in problem(refused, pod(ready="False"), PUBLIC)
    assert "does not say that app-1 runs" in problem(refused, pod(f"ghcr.io/acme/app@{OTHER}"), PUBLIC)


@pytest.mark.case("K7", "a service checks the header Host")
def test_public_host_is_sent_by_probe_and_tests() -> None:
    order = Order(f"ghcr.io/acme/app@{DIGEST}", "1" * 40, "integration/1@a", "", "ada")
    plain = standard(PUBLIC, STAGING, KubernetesSettings(), Server(frozenset(), 30))
    released = manifests.released(plain, PUBLIC, STAGING, order, secret="", minor=30)
    container = manifests.deployment_of(released, PUBLIC)["spec"]["template"]["spec"]["containers"][0]
    assert container["readinessProbe"]["httpGet"]["httpHeaders"] == [{"name": "Host", "value": "flights.example.org"}]
    spec = runner.pod_of(PUBLIC, STAGING, {"image": "x"}, {}, {"flights.example.org": "10.0.0.7"})["spec"]
    assert spec["hostAliases"] == [{"ip": "10.0.0.7", "hostnames": ["flights.example.org"]}]
    assert "hostAliases" not in runner.pod_of(CONFIG, STAGING, {"image": "x"}, {})["spec"]
