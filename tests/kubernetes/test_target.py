"""What else the kubernetes target does on a real cluster: tests as pods, secrets, own manifests, the kubeconfig."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd.deploy import secrets
from cicd.errors import CheckFailedError, RefusedError, UnreachableError, UsageError
from cicd.produce import suites
from tests.kubernetes.support import own
from tests.kubernetes.support.common import LATE, answer_of, deploy, digest, hurried, order, pods

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.deploy.kubernetes.target import KubernetesTarget
    from cicd.deploy.target import Running

TELLS = """
import json, os, pathlib
dumps = json.dumps
def dumped(body):
    folder = pathlib.Path("/run/secrets")
    files = {path.name: path.read_text() for path in folder.iterdir() if path.is_file()} if folder.is_dir() else {}
    dumped = {"secrets": files, "names": sorted(os.environ), "level": os.environ.get("LEVEL"), "user": os.getuid()}
    dumped["account"] = (folder / "kubernetes.io/serviceaccount/token").is_file()
    return dumps({**body, **dumped})
json.dumps = dumped
"""
LITERAL = "a$$b$(HOME)c$"
WRITES = """
import os, sys, urllib.request
assert sys.argv[1] == "$(HOME)$$", sys.argv
urllib.request.urlopen(os.environ["SERVICE_URL"] + "/health", timeout=60)
suite = '<testsuite name="a" errors="0" failures="{failed}" skipped="1" tests="5"><testcase/></testsuite>'
open(os.environ["ML_CICD_RESULTS"], "w").write("<testsuites>" + suite + "</testsuites>")
raise SystemExit({failed})
"""


def test_tests_run_as_a_pod_and_are_counted(make: Callable[..., KubernetesTarget], good: str) -> None:
    target = make(suffix="tests", replicas=1)
    counted: list[object] = []

    def judge(url: str, network: str) -> None:
        for failed in (0, 1):
            config = replace(
                target.site.config, tests={"acceptance": ("python3", "-c", WRITES.format(failed=failed), "$(HOME)$$")}
            )
            try:
                asked = {"SERVICE_URL": url, "EXPECTED_DIGEST": digest(good)}
                counted.append(suites.run(target.runner(network), config, "acceptance", good, asked))
            except CheckFailedError as error:
                counted.append({"failed": error.message})

    assert deploy(target, order(good), judge).healthy
    assert counted == [
        {"passed": 4, "failed": 0, "skipped": 1},
        {"failed": "The acceptance tests failed: 1 of 5 failed."},
    ]
    assert len(pods(target)) == 1


@pytest.mark.case("K12", "`$$` and `$(X)` in a variable")
def test_release_has_its_variables_and_secrets(
    make: Callable[..., KubernetesTarget], release: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = make(suffix="secrets", replicas=1, secrets=("KEY",), variables={"LEVEL": LITERAL}, retain=1)
    image = release("tells", TELLS)
    monkeypatch.delenv(secrets.VARIABLE, raising=False)
    with pytest.raises(UsageError, match="APP_SECRETS is not set"):
        deploy(target, order(image))
    for value in ("one", "two", "three", "four"):
        if value == "four":
            only_one_pod_is_left(target)  # the secret of a pod that still stops stays
        monkeypatch.setenv(secrets.VARIABLE, json.dumps({"KEY": value, "OTHER": "not asked for"}))
        answer = answer_of(deploy(target, order(image)))
        assert answer["secrets"] == {"KEY": value}
        assert (answer["level"], answer["user"], answer["account"]) == (LITERAL, 10001, False)
        assert secrets.VARIABLE not in str(answer["names"])
    kept = json.loads(target.site.kubectl.run("get", "secrets", "--selector=ml-cicd.project", "--output=json"))["items"]
    assert len(kept) <= 3, "the one that serves, one to go back to, and at most one more until the next deployment"


def only_one_pod_is_left(target: KubernetesTarget) -> None:
    """Wait until the pods that stop are gone: a node may take a minute to say so."""
    deadline = time.monotonic() + 300
    while len(target.site.kubectl.run("get", "pods", "--output=name").split()) != 1:
        assert time.monotonic() < deadline, "pods do not stop"
        time.sleep(1)


def test_nothing_of_an_undone_release_stays(
    make: Callable[..., KubernetesTarget], release: Callable[[str, str], str], good: str, better: str
) -> None:
    old = make(suffix="undone", replicas=1, variables={"OLD": "1"})
    deploy(old, order(good))
    new = make(suffix="undone", replicas=1, variables={"NEW": "1"})
    with pytest.raises(CheckFailedError):
        deploy(hurried(new), order(release("late", LATE), "2" * 40))
    assert {"OLD"} == names(old) & {"OLD", "NEW"}
    neither = make(suffix="undone", replicas=1)
    deploy(neither, order(better, "3" * 40))
    assert names(neither) & {"OLD", "NEW"} == set()


def names(target: KubernetesTarget) -> set[str]:
    """Return the names of the variables in the Deployment."""
    deployment = target.site.kubectl.get("deployment", target.site.config.name)
    assert deployment is not None
    return {variable["name"] for variable in deployment["spec"]["template"]["spec"]["containers"][0]["env"]}


def test_kustomize_builds_the_projects_manifests(
    make: Callable[..., KubernetesTarget], good: str, tmp_path: Path
) -> None:
    target = make(suffix="own", manifests=str(tmp_path))
    name = target.site.config.name
    own.write(tmp_path, name)
    running = deploy(target, order(good))
    assert answer_of(running)["digest"] == digest(good)
    assert set(pods(target).values()) == {digest(good)}
    text = (tmp_path / "app.json").read_text().replace('"Deployment"', '"DaemonSet"')
    (tmp_path / "app.json").write_text(text)
    (tmp_path / "kustomization.yaml").write_text("resources: [app.json]\n")
    with pytest.raises(UsageError, match=f"no Deployment '{name}'"):
        deploy(target, order(good, "2" * 40))
    assert target.observe() == running


def test_two_environments_in_one_namespace_are_refused(make: Callable[..., KubernetesTarget], good: str) -> None:
    deploy(make("staging", suffix="tests", replicas=1), order(good))
    with pytest.raises(RefusedError, match=r"The Deployment tiny-\w+ in the namespace tiny-\w+-tests carries"):
        deploy(make("production", suffix="tests", replicas=1), order(good))


def test_kubeconfig_text_leaves_no_file(
    target: KubernetesTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Path(os.environ["KUBECONFIG"]).read_text()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("KUBECONFIG", "/nonexistent")
    with pytest.raises(UnreachableError):
        target.observe()
    monkeypatch.setenv("KUBECONFIG_TEXT", text)
    target.observe()
    assert list(tmp_path.iterdir()) == []


def test_missing_kubectl_is_explained(target: KubernetesTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(UnreachableError, match="no command kubectl") as raised:
        target.observe()
    assert "kubernetes-client" in raised.value.hint
    assert raised.value.exit_code == 69


def test_silent_cluster_is_unreachable(
    target: KubernetesTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(Path(os.environ["KUBECONFIG"]).read_text().replace(":6443", ":1"))
    monkeypatch.setenv("KUBECONFIG", str(file))
    with pytest.raises(UnreachableError, match="does not answer"):
        target.observe()


def test_unpullable_image_is_never_rolled_out(target: KubernetesTarget, running: Running) -> None:
    gone = running.release.partition("@")[0] + "@sha256:" + "0" * 64
    with pytest.raises(CheckFailedError, match=r"did not start: (ErrImagePull|ImagePullBackOff)") as raised:
        deploy(target, order(gone, "2" * 40))
    assert "REGISTRY_TOKEN" in raised.value.hint
    assert target.observe() == running
