"""Housekeeping of others on the cluster breaks neither lock nor rollback, and old releases leave nothing behind."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import labels
from cicd.deploy import holder, secrets
from cicd.deploy.kubernetes import pods as single_pods
from cicd.errors import CheckFailedError, CicdError, RefusedError
from cicd.produce import suites
from tests.kubernetes.support import own
from tests.kubernetes.support.common import MUTE, NAME, answer_of, deploy, digest, order, pods
from tests.kubernetes.support.load import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cicd.deploy.kubernetes.target import KubernetesTarget
    from cicd.deploy.target import Running


def when_it_runs(target: KubernetesTarget, pod: str, do: Callable[[], object]) -> threading.Thread:
    """Do something as soon as a pod runs, beside the test."""

    def watch() -> None:
        end = time.monotonic() + 300
        while time.monotonic() < end:
            manifest = target.site.kubectl.get("pod", pod)
            if manifest and manifest["status"]["phase"] == "Running":
                do()
                return
            time.sleep(0.2)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


@pytest.mark.case("K6", "`kubectl delete lease` during a deployment")
def test_deleted_lease_stops_the_deployment_before_its_switch(
    target: KubernetesTarget, running: Running, better: str
) -> None:
    second = target.locked(holder.this_process("a second deployment"), 0)
    with target.locked(holder.this_process("somebody"), 0) as check_lock:

        def judge(url: str, network: str) -> None:
            target.site.kubectl.run("delete", "lease", "--all")
            second.__enter__()
            check_lock()

        with pytest.raises(RefusedError, match=r"was removed while .* a second deployment .* holds it now") as raised:
            target.apply(order(better, "2" * 40), judge)
    assert "ml-cicd unlock" in raised.value.hint
    assert target.observe() == running
    with pytest.raises(RefusedError, match="by a second deployment"), target.locked(holder.this_process("third"), 0):
        pass
    second.__exit__(None, None, None)
    assert target.unlock() is None


@pytest.mark.case("K6", "somebody deletes the candidate")
def test_deleted_candidate_is_told(
    target: KubernetesTarget, running: Running, release: Callable[[str, str], str]
) -> None:
    candidate = f"{NAME}-candidate"
    deletion = when_it_runs(
        target, candidate, lambda: target.site.kubectl.run("delete", "pod", candidate, "--wait=false")
    )
    with pytest.raises(CheckFailedError, match=f"{candidate} was removed by somebody else") as raised:
        deploy(target, order(release("bad", MUTE), "2" * 40))
    deletion.join()
    assert "drained" in raised.value.hint
    assert target.observe() == running
    assert target.unlock() is None


@pytest.mark.case("K6", "an eviction ends the tests")
def test_deleted_tests_did_not_pass(target: KubernetesTarget, running: Running, better: str) -> None:
    name = f"{NAME}-tests"
    config = replace(target.site.config, tests={"acceptance": ("sleep", "600")})

    def judge(url: str, network: str) -> None:
        deletion = when_it_runs(target, name, lambda: evict(target, name))
        try:
            suites.run(target.runner(network), config, "acceptance", better)
        finally:
            deletion.join()

    with pytest.raises(CheckFailedError, match=f"{name} was removed by somebody else, .* before its command ended"):
        deploy(target, order(better, "2" * 40), judge)
    assert target.observe() == running


def evict(target: KubernetesTarget, pod: str) -> None:
    """Remove a pod as an autoscaler or a drain does: its PodDisruptionBudget may refuse.

    Raises:
        CicdError: the cluster refuses.

    """
    version = "policy/v1" if target.site.server.minor >= 22 else "policy/v1beta1"
    content = {"apiVersion": version, "kind": "Eviction", "metadata": {"name": pod}}
    path = f"/api/v1/namespaces/{target.site.kubectl.namespace}/pods/{pod}/eviction"
    target.site.kubectl.run("create", "--raw", path, "--filename=-", stdin=json.dumps(content))


@pytest.mark.case("K6", "an autoscaler evicts pods that serve")
@pytest.mark.usefixtures("usual_stops")
def test_evictions_fail_no_request_and_no_deployment(
    make: Callable[..., KubernetesTarget], good: str, better: str
) -> None:
    target = make(suffix="evicted")
    running = deploy(target, order(good))
    answer_of(running)

    def judge(url: str, network: str) -> None:
        first, second = pods_that_serve(target)
        evict(target, first)
        with pytest.raises(CicdError, match="disruption budget"):
            evict(target, second)

    with load(running.url, keeping=0, closing=4) as users:
        deployed = deploy(target, order(better, "2" * 40), judge)
        assert deploy(target, order(good)).healthy
    assert deployed.release == better
    assert users.failed == []
    assert set(users.digests) == {digest(good), digest(better)}


def pods_that_serve(target: KubernetesTarget) -> list[str]:
    return [name for name in pods(target) if not name.endswith(("-candidate", "-tests"))]


@pytest.fixture
def drained(target: KubernetesTarget) -> Iterator[None]:
    """Drain the only node of the pods of this project, for a while."""
    kubectl = target.site.kubectl
    nodes = kubectl.run("get", "nodes", "--output=name").split()
    if len(nodes) > 1:
        pytest.skip("the cluster has several nodes: a drain would only move the pods")
    (node,) = (name.removeprefix("node/") for name in nodes)
    options = ["--force", "--ignore-daemonsets", f"--pod-selector={labels.PROJECT}={NAME}", "--timeout=15s"]
    try:
        with pytest.raises(CicdError):  # the last pod is kept by the PodDisruptionBudget
            kubectl.run("drain", node, *options, timeout=60)
        yield
    finally:
        kubectl.run("uncordon", node)


@pytest.mark.case("K6", "a node is drained")
def test_drained_node_is_told_and_breaks_no_lock(
    running: Running,
    target: KubernetesTarget,
    better: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request.getfixturevalue("drained")
    observed = target.observe()
    assert observed is not None
    assert (observed.release, observed.detail) == (running.release, "1 of 2 pods are ready")
    answer_of(running)
    monkeypatch.setattr(single_pods, "SECONDS_TO_START", 10)
    with pytest.raises(CheckFailedError, match=r"candidate did not start: Unschedulable: .* unschedulable"):
        deploy(target, order(better, "2" * 40))
    assert target.unlock() is None


@pytest.mark.case("K6", "after a drain, deployments and rollbacks work")
def test_after_a_drain_all_works(target: KubernetesTarget, running: Running, better: str) -> None:
    assert deploy(target, order(better, "2" * 40)).healthy
    assert deploy(target, order(target.retained()[0].release)) == running


@pytest.mark.case("K6", "somebody deletes objects of the release")
def test_deployment_repairs_what_others_deleted(
    make: Callable[..., KubernetesTarget], good: str, better: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = make(suffix="repaired", replicas=1, secrets=("KEY",))
    monkeypatch.setenv(secrets.VARIABLE, json.dumps({"KEY": "a"}))
    deploy(target, order(good))
    running = deploy(target, order(better, "2" * 40))
    assert target.plan(order(better, "2" * 40)) == []
    kubectl = target.site.kubectl
    for kind in ("secrets", "services", "poddisruptionbudgets"):
        kubectl.run("delete", kind, "--selector", labels.PROJECT)
        assert target.plan(order(better, "2" * 40)) != [], kind
        repaired = deploy(target, order(better, "2" * 40))
        assert answer_of(repaired)["digest"] == digest(better)
    (old,) = [past for past in kubectl.list("replicaset", labels.PROJECT) if past["spec"]["replicas"] == 0]
    kubectl.delete("replicaset", old["metadata"]["name"])
    assert target.retained() == []
    assert deploy(target, order(good)).release == good
    assert running.release == better


@pytest.mark.case("K6", "old ReplicaSets, Secrets and ConfigMaps are removed")
def test_many_releases_leave_a_bounded_number_of_objects(
    make: Callable[..., KubernetesTarget], good: str, better: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    retain = 1
    target = make(suffix="many", manifests=str(tmp_path), secrets=("KEY",), retain=retain)
    kubectl, name = target.site.kubectl, target.site.config.name
    kept = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "for-a-job"}, "stringData": {"a": "b"}}
    for number in range(6):
        monkeypatch.setenv(secrets.VARIABLE, json.dumps({"KEY": f"{number}"}))
        settings = f"configMapGenerator: [{{name: settings, literals: [NUMBER={number}]}}]"
        container = {"envFrom": [{"configMapRef": {"name": "settings"}}]}
        own.write(tmp_path, name, pod={"container": container}, others=[kept], more=settings)
        assert deploy(target, order((good, better)[number % 2], f"{number}" * 40)).healthy
        counts = {
            kind: len([item for item in kubectl.list(kind, "") if name_of(item).startswith(prefix)])
            for kind, prefix in {"replicaset": name, "secret": f"{name}-secrets", "configmap": "settings"}.items()
        }
        assert counts["replicaset"] <= retain + 1
        assert counts["secret"] <= retain + 2
        assert counts["configmap"] <= retain + 2
        assert kubectl.get("secret", "for-a-job"), "an object of the project's manifests stays"
    assert list(pods_that_serve(target)) == list(pods(target)), "no pod of candidates or tests stays"
    assert len(pods(target)) == 1
    assert target.retained()[0].release == good


def name_of(manifest: dict[str, dict[str, str]]) -> str:
    return manifest["metadata"]["name"]
