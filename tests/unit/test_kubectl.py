"""The boundary to kubectl, with a kubectl that prints what the real one prints."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from cicd.config import Config, Environment, KubernetesSettings
from cicd.deploy.kubernetes import runner
from cicd.deploy.kubernetes.kubectl import Kubectl
from cicd.deploy.kubernetes.kubectl_errors import ClusterError
from cicd.deploy.kubernetes.lease import ClusterLock
from cicd.errors import CheckFailedError, CicdError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STAGING = Environment("staging", KubernetesSettings(), health_timeout=0.5)
CONFIG = Config("app", environments={"staging": STAGING})
NO_PLUGIN = """\
Unable to connect to the server: getting credentials: exec: executable kubelogin not found

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
"""
FAILED_PLUGIN = (
    "Unable to connect to the server: getting credentials: exec: executable kubelogin failed with exit code 1"
)
REFUSED = """\
E1126 06:10:00.000000    1 memcache.go:265] "Unhandled Error" err="couldn't get current server API group list"
The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?
"""
INVALID = """\
Warning: would violate PodSecurity
The Deployment "app" is invalid:
* spec.replicas: Invalid value: -1: must be greater than or equal to 0
* spec.template.spec.containers[0].name: \x1b[31mRequired value
"""


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Kubectl]:
    """Return a function that installs a Python program as kubectl; `W` is the text of its arguments."""

    def install(program: str) -> Kubectl:
        script = tmp_path / "kubectl"
        script.write_text(f"#!{sys.executable} -S\nimport os, sys\nW = ' '.join(sys.argv[1:])\n{program}\n")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        return Kubectl("app-staging")

    return install


def prints(errors: str) -> str:
    return f"sys.stderr.write({errors!r}); sys.exit(1)"


@pytest.mark.case("K1", "a kubeconfig calls a plug-in that is not installed")
def test_missing_plugin_is_named(kubectl: Callable[[str], Kubectl]) -> None:
    with pytest.raises(UnreachableError) as raised:
        kubectl(prints(NO_PLUGIN)).get("pod", "x")
    assert raised.value.message == "The kubeconfig calls 'kubelogin', which is not here."
    assert "Install kubelogin" in raised.value.hint
    with pytest.raises(UnreachableError, match="calls 'kubelogin', which failed with exit code 1"):
        kubectl(prints(FAILED_PLUGIN)).get("pod", "x")


def test_kubeconfig_without_a_user_is_named(kubectl: Callable[[str], Kubectl]) -> None:
    with pytest.raises(UnreachableError, match="the kubeconfig has no user") as raised:
        kubectl(prints("error: EOF\n")).get("pod", "x")
    assert "id-token: write" in raised.value.hint
    with pytest.raises(UnreachableError, match="does not answer"):
        kubectl(prints("Unable to connect to the server: EOF\n")).get("pod", "x")


def test_user_that_the_cluster_does_not_know_lacks_no_rights(kubectl: Callable[[str], Kubectl]) -> None:
    with pytest.raises(UnreachableError, match="does not allow kubectl get") as raised:
        kubectl(prints("error: You must be logged in to the server (Unauthorized)\n")).get("pod", "x")
    assert "[environments.<name>.login]" in raised.value.hint
    assert "Deployments" not in raised.value.hint


@pytest.mark.case("K1", "only the last of kubectl's lines is kept")
@pytest.mark.parametrize(
    ("errors", "kind", "words"),
    [
        (REFUSED, UnreachableError, "not answer: The connection to the server 10.0.0.1:6443 was refused - did"),
        (INVALID, ClusterError, 'get failed: The Deployment "app" is invalid: * spec.replicas: Invalid value: -1: '),
        (INVALID, ClusterError, "name: Required value"),
        ('Error from server (Forbidden): pods "x" is forbidden', UnreachableError, 'get: (Forbidden): pods "x" is'),
        ("", ClusterError, "kubectl get failed"),
    ],
)
def test_error_keeps_the_clusters_words(
    kubectl: Callable[[str], Kubectl], errors: str, kind: type[CicdError], words: str
) -> None:
    with pytest.raises(kind) as raised:
        kubectl(prints(errors)).get("pod", "x")
    assert words in raised.value.message
    assert "\x1b" not in raised.value.message
    assert "memcache" not in raised.value.message
    assert raised.value.hint


@pytest.mark.case("K1", "a proxy answers instead of the cluster")
def test_output_without_json_is_an_error(kubectl: Callable[[str], Kubectl]) -> None:
    answering = kubectl("print('<html>Log in</html>')")
    for ask in (lambda: answering.get("pod", "x"), lambda: answering.list("pod", "a=b")):
        with pytest.raises(UnreachableError, match=r"printed no JSON .*<html>Log in"):
            ask()
    assert kubectl("").get("pod", "x") is None


def test_list_without_items_is_empty(kubectl: Callable[[str], Kubectl]) -> None:
    """The API leaves `items` out, or says null, where an object kind has none."""
    for output in ("", "{}", '{"items": null}', '{"items": []}'):
        assert kubectl(f"sys.stdout.write({output!r})").list("pod", "a=b") == []


def test_objects_reach_the_cluster_by_the_standard_input(kubectl: Callable[[str], Kubectl], tmp_path: Path) -> None:
    """What stands in an argument is visible to every process of the machine: a Secret is not."""
    manifest = {"kind": "Secret", "metadata": {"name": "x"}}
    client = kubectl(f"text = sys.stdin.read(); open({str(tmp_path / 'given')!r}, 'w').write(text + W); print(text)")

    def given(*words: str) -> bool:
        text = (tmp_path / "given").read_text()
        objects, _, arguments = text.rpartition("}")
        assert "Secret" not in arguments
        return '"Secret"' in objects and all(word in arguments for word in words)

    assert client.create(manifest) == manifest
    assert given("create", "--field-manager=ml-cicd", "--filename=-", "--output=json", "--namespace app-staging")
    assert client.existing([manifest]) == [("Secret", "x")]
    assert given("get", "--filename=-", "--ignore-not-found", "--output=json")
    assert kubectl("print(sys.stdin.read())").existing([manifest, manifest]) == [("Secret", "x")] * 2
    assert kubectl(f"print({json.dumps(manifest)!r})").existing([manifest]) == [("Secret", "x")], "one comes alone"
    assert kubectl("").existing([manifest]) == []
    client = kubectl(f"open({str(tmp_path / 'given')!r}, 'w').write(sys.stdin.read() + W)")
    client.apply([manifest])
    assert given("apply", "--server-side", "--force-conflicts", "--field-manager=ml-cicd", "--filename=-")
    assert given("--validate=false"), "the server alone validates"
    assert not given("--dry-run")
    client.apply([manifest], check=True)
    assert given("apply", "--dry-run=server")
    assert not given("--validate"), "kubectl's message names the object, too"


def test_object_that_somebody_created_first_is_none(kubectl: Callable[[str], Kubectl]) -> None:
    refused = prints('Error from server (AlreadyExists): leases "x" already exists')
    assert kubectl(refused).create({"kind": "Lease"}) is None
    with pytest.raises(ClusterError, match="no room"):
        kubectl(prints("Error from server (BadRequest): no room")).create({"kind": "Lease"})


def test_context_and_namespace_are_named_in_every_call(kubectl: Callable[[str], Kubectl]) -> None:
    client = kubectl("print(W)")
    assert client.run("logs", "x") == "--namespace app-staging logs x\n"
    assert Kubectl("app-staging", "far").run("logs", "x") == "--namespace app-staging --context far logs x\n"


def test_removed_object_leaves_at_once_or_in_its_own_time(kubectl: Callable[[str], Kubectl], tmp_path: Path) -> None:
    client = kubectl(f"open({str(tmp_path / 'asked')!r}, 'w').write(W)")
    client.delete("pod", "a", "b")
    assert (tmp_path / "asked").read_text() == "--namespace app-staging delete pod a b --ignore-not-found"
    client.delete("pod", "a", now=True)
    assert (tmp_path / "asked").read_text().endswith("pod a --ignore-not-found --force --grace-period=0")


def test_object_of_another_uid_is_not_removed(kubectl: Callable[[str], Kubectl], tmp_path: Path) -> None:
    writes = f"open({str(tmp_path / 'asked')!r}, 'w').write(W + open(sys.argv[-1]).read())"
    assert kubectl(writes).delete_exactly("/api/v1/x", "u1") is True
    words, _, options = (tmp_path / "asked").read_text().partition("{")
    assert "delete --raw /api/v1/x --filename /" in words
    assert words.endswith(".json")
    assert json.loads("{" + options) == {
        "apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": "u1"},
    }  # fmt: skip
    for words in ("(Conflict): the UID in the precondition", '(NotFound): leases "x" not found'):
        assert kubectl(prints(f"Error from server {words}")).delete_exactly("/api/v1/x", "u1") is False
    with pytest.raises(ClusterError, match="no room"):
        kubectl(prints("Error from server (BadRequest): no room")).delete_exactly("/api/v1/x", "u1")


@pytest.mark.case("K1", "a kubectl of another platform")
def test_program_that_cannot_start_is_an_error(kubectl: Callable[[str], Kubectl], tmp_path: Path) -> None:
    client = kubectl("")
    (tmp_path / "kubectl").write_bytes(b"\x7fELF of another machine")
    with pytest.raises(UnreachableError, match="can't be started: Exec format error"):
        client.get("pod", "x")


@pytest.mark.case("K11", "kubectl prints bytes that are not UTF-8")
def test_other_bytes_are_shown_and_raise_nothing(kubectl: Callable[[str], Kubectl]) -> None:
    writes = kubectl(r"os.write(1, 'ä'.encode() * 70000 + b'\377\n')")
    assert writes.run("logs", "x") == "ä" * 70000 + "\N{REPLACEMENT CHARACTER}\n"
    assert b"".join(writes.stream("logs", "x")) == "ä".encode() * 70000 + b"\xff\n"
    with pytest.raises(ClusterError, match="failed: \N{REPLACEMENT CHARACTER} x"):
        kubectl(r"os.write(2, b'\377 x\n'); sys.exit(1)").run("logs", "x")


@pytest.mark.case("K3", "the log of the tests can't be read")
def test_failing_stream_is_an_error(kubectl: Callable[[str], Kubectl]) -> None:
    pieces = kubectl("print('one line', flush=True); sys.stderr.write('error: lost\\n' * 20000); sys.exit(1)").stream(
        "logs"
    )
    assert next(pieces).startswith(b"one line")
    with pytest.raises(ClusterError, match="kubectl logs failed: lost"):
        list(pieces)


TESTS_POD = r"""
import json
STATE = {"metadata": {"name": "app-tests"}, "status": %(status)r}
if "create" in W: print(json.dumps(STATE))
elif "--follow" in W: print("first line", flush=True); %(logs)s
elif "logs" in W: print("the last lines")
elif "get pod" in W: print(json.dumps(STATE))
"""
PASSED = {
    "phase": "Succeeded",
    "containerStatuses": [{"name": "tests", "state": {"terminated": {"exitCode": 0}}}],
}


def run_tests(client: Kubectl) -> int:
    return runner.run(
        client, CONFIG, STAGING, "x", ["true"], labels={}, environment={}, collect=["/tmp/results.xml"]
    ).exit_code


@pytest.mark.case("K3", "the log of the tests can't be read")
def test_missing_log_is_said_and_its_end_shown(
    kubectl: Callable[[str], Kubectl], capsys: pytest.CaptureFixture[str]
) -> None:
    client = kubectl(TESTS_POD % {"status": PASSED, "logs": "sys.exit('error: the node does not answer')"})
    assert run_tests(client) == 0
    assert capsys.readouterr().out == (
        "first line\nThe log above is not complete: kubectl logs failed: the node does not answer\n"
        "Its last lines:\nthe last lines\n"
    )
    assert run_tests(kubectl(TESTS_POD % {"status": PASSED, "logs": ""})) == 0
    assert capsys.readouterr().out == "first line\n"


@pytest.mark.case("K3", "tests that the cluster stopped count as passed")
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (
            {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."},
            r"stopped by the cluster \(Evicted: The node was low on resource: memory\.\) before its command ended",
        ),
        ({"phase": "Succeeded"}, "does not say how the containers of the pod app-tests ended"),
        ({"phase": "Failed", "containerStatuses": [{"name": "tests", "state": {}}]}, "does not say how"),
    ],
)
def test_tests_that_were_stopped_did_not_pass(
    kubectl: Callable[[str], Kubectl], status: dict[str, object], words: str
) -> None:
    with pytest.raises(CheckFailedError, match=words):
        run_tests(kubectl(TESTS_POD % {"status": status, "logs": ""}))


@pytest.mark.case("K3", "a pod of somebody else is taken for the tests")
def test_pod_of_that_name_is_not_taken_for_the_tests(kubectl: Callable[[str], Kubectl]) -> None:
    exists = 'if "create" in W: sys.exit("Error from server (AlreadyExists): pods app-tests already exists")'
    with pytest.raises(CheckFailedError, match="has a pod app-tests already, which this deployment did not create"):
        run_tests(kubectl(exists))


@pytest.mark.case("K1", "a Lease without the kit's annotations")
def test_foreign_lease_holds_the_lock(kubectl: Callable[[str], Kubectl]) -> None:
    lease = {"metadata": {"name": "app-deployment", "uid": "1"}, "spec": {"holderIdentity": "another tool"}}
    lock = ClusterLock(CONFIG, STAGING, kubectl(f"import json; print(json.dumps({lease!r}))")).find()
    assert lock is not None
    assert (lock.holder.who, lock.identity) == ("another tool", "1")


@pytest.mark.case("K13", "a health answer streams without end")
@pytest.mark.parametrize(
    ("program", "timeout"),
    [("while True: os.write(1, b'x' * 65536)", 60), ("print('x', flush=True); import time; time.sleep(600)", 0.5)],
)
def test_endless_answer_is_cut(kubectl: Callable[[str], Kubectl], program: str, timeout: float) -> None:
    client = kubectl(program)
    if timeout < 1:
        with pytest.raises(ClusterError, match=r"no answer: deadline exceeded \(0.5 s\)"):
            client.http("app-1", 8000, "/health", timeout=timeout, limit=65_536)
    else:
        assert 65_536 < len(client.http("app-1", 8000, "/health", timeout=timeout, limit=65_536)) <= 2 * 65_536


@pytest.mark.case("K1", "a service that answers 403 is taken for a cluster without rights")
def test_service_that_refuses_is_not_the_clusters_refusal(kubectl: Callable[[str], Kubectl]) -> None:
    service = kubectl(prints("Error from server (Forbidden): unknown"))
    with pytest.raises(ClusterError):
        service.http("app-1", 8000, "/health", timeout=60, limit=9)
    rights = 'Error from server (Forbidden): pods "a" is forbidden: User "u" cannot get resource "pods/proxy"'
    with pytest.raises(UnreachableError, match="does not allow kubectl get"):
        kubectl(prints(rights)).http("app-1", 8000, "/health", timeout=60, limit=9)
