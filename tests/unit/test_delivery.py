"""A deployment to a cluster in memory: a candidate pod is tested first, a bad release gives way to the old one."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from cicd import labels, variables
from cicd.config import Config, Environment, KubernetesSettings, OidcLogin
from cicd.deploy.kubernetes import pods, rollouts, target
from cicd.deploy.kubernetes.delivery import Delivery
from cicd.errors import CheckFailedError, CicdError, RefusedError, UsageError
from tests.unit.support.fake_cluster import Cluster, settled
from tests.unit.support.namespace import Namespace, quick  # noqa: F401 -- the fixture
from tests.unit.support.place import image, order

OTHER = b'{"digest": "sha256:another"}'


@pytest.fixture
def place() -> Namespace:
    return Namespace()


@pytest.fixture
def two(place: Namespace) -> Namespace:
    """Return an environment in which release 2 runs, and release 1 ran before."""
    place.bring(1)
    place.bring(2)
    return place


def fail(*_: str) -> None:
    raise CheckFailedError("The tests failed.", "Correct them.")


def test_order_of_a_deployment(two: Namespace) -> None:
    reached: list[str] = []
    running = two.bring(3, lambda *words: reached.extend([*words, two.runs(), *two.cluster.pod_names()]))
    assert reached == ["http://10.1.0.9:8000", "10.1.0.9", image(2), "app-candidate", "app-pod-0", "app-pod-1"]
    assert [action.replace("Service app, PodDisruptionBudget app, ", "") for action in two.cluster.asked] == [
        "check Deployment app",
        "create pod app-candidate",
        "delete pod app-candidate now",
        "apply Deployment app",
        "rollout status deployment/app",
        f"annotate deployment/app {labels.SETTLED}=true",
    ]
    assert (running.release, running.healthy, running.commit) == (image(3), True, "3" * 40)
    assert running.url == "http://app.app-staging.svc:80"


def test_plan_changes_nothing_and_says_what_is_done(two: Namespace) -> None:
    two.cluster.asked.clear()
    assert two.plan(3) == [
        f"start the pod app-candidate with {image(3)}; no Service selects it",
        f"wait until app-candidate is healthy as {order(3).digest}, at most 0.3 s",
        "run the tests of staging against it",
        "remove the pod app-candidate",
        "apply Service app, PodDisruptionBudget app, Deployment app",
        f"wait until every pod is healthy as {order(3).digest}, at most 0.3 s",
        f"note in the Deployment app that {image(3)} was healthy",
        "wait until the old pods of app have stopped, at most 25 s",
    ]
    assert all(action.startswith("check ") for action in two.cluster.asked)
    assert two.plan(2) == []


def test_new_namespace_is_planned_and_nothing_is_checked_in_it(place: Namespace) -> None:
    assert place.plan(1)[0] == "create the namespace app-staging"
    assert place.cluster.asked == []
    place.bring(1)
    namespace = place.cluster.objects["namespace", "app-staging"]
    assert namespace["metadata"]["labels"][labels.ENVIRONMENT] == "staging"


def test_release_that_runs_is_only_tested_again(two: Namespace) -> None:
    two.bring(2)
    assert all(action.startswith("check ") for action in two.cluster.asked)
    assert two.tested[-1] == ("http://10.1.0.9:8000", "10.1.0.9")
    assert len(two.tested) == 3


def test_release_that_fails_its_tests_reaches_nobody(two: Namespace, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CheckFailedError, match="The tests failed"):
        two.bring(3, fail)
    assert two.runs() == image(2)
    assert two.cluster.pod_names() == ("app-pod-0", "app-pod-1")
    assert not any(action.startswith("apply") for action in two.cluster.asked)
    assert "the log of app-candidate" in capsys.readouterr().out


def test_unhealthy_candidate_is_removed(two: Namespace) -> None:
    two.cluster.answers[image(3)] = OTHER
    with pytest.raises(CheckFailedError, match=r"not healthy within 0.3 s .*the old one still serves"):
        two.bring(3)
    assert two.runs() == image(2)
    assert "app-candidate" not in two.cluster.pod_names()


def test_rollout_that_fails_goes_back_to_the_release_before(two: Namespace, capsys: pytest.CaptureFixture[str]) -> None:
    two.cluster.on["apply .*Deployment app"] = lambda: two.cluster.answers.update({image(3): OTHER})
    with pytest.raises(CheckFailedError, match=r"The rollout failed: .*names the digest sha256:another"):
        two.bring(3)
    assert two.runs() == image(2)
    assert settled(two.cluster, "app") == "true"
    assert f"returned to {image(2)}" in capsys.readouterr().out
    observed = two.target.observe()
    assert observed is not None
    assert (observed.release, observed.healthy) == (image(2), True)


def test_first_rollout_that_fails_leaves_no_deployment(place: Namespace, capsys: pytest.CaptureFixture[str]) -> None:
    place.cluster.on["apply .*Deployment app"] = lambda: place.cluster.answers.update({image(1): OTHER})
    with pytest.raises(CheckFailedError, match="The rollout failed"):
        place.bring(1)
    assert ("deployment", "app") not in place.cluster.objects
    assert "there is no release to return to" in capsys.readouterr().out
    assert place.target.observe() is None


def test_release_that_was_noted_as_healthy_outlives_an_interrupt(
    two: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: rollouts.Rollouts) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rollouts.Rollouts, "wait_for_leaving", interrupt)
    with pytest.raises(KeyboardInterrupt):
        two.bring(3)
    assert two.runs() == image(3)
    assert settled(two.cluster, "app") == "true"


def test_release_that_was_never_settled_is_none_to_return_to(two: Namespace) -> None:
    """An earlier deployment was killed after it had applied release 3."""
    delivery = Delivery(two.site, two.source, order(3), two.accept)
    two.site.rollouts.apply(delivery._wanted)
    before = two.site.rollouts.before()
    assert before is not None
    assert before["metadata"]["annotations"][labels.RELEASE] == image(2)
    with pytest.raises(CheckFailedError, match="The tests failed"):
        two.bring(4, fail)
    assert two.runs() == image(2)


def test_interrupted_release_is_deployed_again(two: Namespace) -> None:
    two.cluster.objects["deployment", "app"]["metadata"]["annotations"][labels.SETTLED] = "false"
    assert two.plan(2)[0].startswith("start the pod app-candidate")


def test_what_somebody_removed_is_brought_again(two: Namespace) -> None:
    del two.cluster.objects["service", "app"]
    assert two.plan(2) != []
    two.bring(2)
    assert ("service", "app") in two.cluster.objects


def test_changed_settings_are_applied(two: Namespace) -> None:
    other = Namespace(two.cluster, memory="512m")
    assert other.plan(2) != []
    assert two.plan(2) == []


def test_leftover_pods_of_this_environment_go_first(two: Namespace) -> None:
    marks = {labels.PROJECT: "app", labels.ENVIRONMENT: "staging", labels.ROLE: labels.CANDIDATE}
    leftover = {"kind": "Pod", "metadata": {"name": "app-tests", "labels": marks}, "spec": {"containers": []}}
    foreign = {**leftover, "metadata": {"name": "theirs", "labels": {**marks, labels.ENVIRONMENT: "production"}}}
    for pod in (leftover, foreign):
        two.cluster.objects["pod", pod["metadata"]["name"]] = {**pod, "status": {}}  # type: ignore[index]
    assert two.plan(3)[0] == "remove Pod app-tests, which nothing uses"
    assert two.plan(2) == ["remove Pod app-tests, which nothing uses"]
    two.bring(3)
    assert two.cluster.asked[1] == "delete pod app-tests now"
    assert "theirs" in two.cluster.pod_names()


def test_pod_of_somebody_else_is_not_taken_for_the_candidate(two: Namespace) -> None:
    two.cluster.objects["pod", "app-candidate"] = {
        "kind": "Pod", "metadata": {"name": "app-candidate"}, "spec": {"containers": [{"image": "x", "name": "x"}]},
        "status": {},
    }  # fmt: skip
    with pytest.raises(CheckFailedError, match="has a pod app-candidate already"):
        two.bring(3)
    assert two.runs() == image(2)


def test_deployment_of_another_environment_is_refused(two: Namespace) -> None:
    two.cluster.objects["deployment", "app"]["metadata"]["labels"][labels.ENVIRONMENT] = "production"
    with pytest.raises(RefusedError, match="carries the environment production") as caught:
        two.target.observe()
    assert "namespace" in caught.value.hint
    del two.cluster.objects["deployment", "app"]["metadata"]["labels"][labels.ENVIRONMENT]
    assert two.target.observe() is not None


def test_manifests_that_the_cluster_refuses_change_nothing(two: Namespace) -> None:
    two.cluster.refuses["check .*"] = "spec.replicas: Invalid value"
    with pytest.raises(UsageError, match=r"The cluster refuses the manifests: spec\.replicas") as caught:
        two.bring(3)
    assert "ml-cicd.toml" in caught.value.hint
    assert [action for action in two.cluster.asked if not action.startswith("check")] == []


def secrets_of(place: Namespace) -> list[str]:
    return sorted(name for kind, name in place.cluster.objects if kind == "secret")


def test_secrets_are_written_before_the_candidate_and_old_ones_go(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Namespace(retain=1, secrets=("API_KEY",))
    with pytest.raises(UsageError, match="APP_SECRETS"):
        place.bring(1)
    assert ("deployment", "app") not in place.cluster.objects
    monkeypatch.setenv(variables.APP_SECRETS, json.dumps({"API_KEY": "old", "OTHER": "x"}))
    place.bring(1)
    (first,) = secrets_of(place)
    assert place.cluster.asked.index(f"apply Secret {first}") < place.cluster.asked.index("create pod app-candidate")
    assert place.cluster.objects["secret", first]["data"].keys() == {"API_KEY"}
    assert place.plan(1) == []
    monkeypatch.setenv(variables.APP_SECRETS, json.dumps({"API_KEY": "new"}))
    place.bring(2)
    assert len(secrets_of(place)) == 2, "release 1 can come back, with its own values"
    unused = place.site.rollouts.kubectl.list("replicaset", "")[0]["metadata"]["name"]
    del place.cluster.objects["replicaset", unused]
    assert place.plan(2) == [f"remove Secret {first}, which nothing uses"]
    place.bring(2)
    assert first not in secrets_of(place)


def test_removed_or_changed_secret_is_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variables.APP_SECRETS, json.dumps({"API_KEY": "x"}))
    place = Namespace(secrets=("API_KEY",))
    place.bring(1)
    (name,) = secrets_of(place)
    place.cluster.objects["secret", name]["data"]["API_KEY"] = "Zm9yZ2Vk"
    assert place.plan(1)[0] == f"write Secret {name}"
    del place.cluster.objects["secret", name]
    assert place.plan(1)[0] == f"write Secret {name}"


def test_pull_secret_has_the_lasting_login_and_is_never_unused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_TOKEN", "t0ken")
    place = Namespace()
    place.bring(1)
    assert secrets_of(place) == ["app-pull"]
    content = base64.b64decode(place.cluster.objects["secret", "app-pull"]["data"][".dockerconfigjson"])
    assert [*json.loads(content)["auths"]] == ["ghcr.io"], "the host of the registry that has the release"
    monkeypatch.delenv("REGISTRY_TOKEN")
    assert place.plan(1) == []


def test_retained_are_the_settled_releases_newest_first(two: Namespace) -> None:
    assert Namespace().target.retained() == []
    assert [release.release for release in two.target.retained()] == [image(1)]
    two.bring(3)
    retained = two.target.retained()
    assert [release.release for release in retained] == [image(2), image(1)]
    assert {release.healthy for release in retained} == {False}
    for (kind, _), manifest in two.cluster.objects.items():
        if kind == "replicaset" and manifest["metadata"]["annotations"][labels.RELEASE] == image(1):
            manifest["metadata"]["annotations"][labels.SETTLED] = "false"
    assert [release.release for release in two.target.retained()] == [image(2)]


def test_rollback_is_a_deployment_of_the_old_release(two: Namespace) -> None:
    running = two.bring(1, action="rollback")
    assert (running.release, running.action) == (image(1), "rollback")
    assert [release.release for release in two.target.retained()] == [image(2)]


STATUS = {
    "the last change": {"observedGeneration": 0},
    "1 of 2 pods are new": {"updatedReplicas": 1},
    "2 of 2 pods are new": {"replicas": 3},
    "1 of 2 pods are ready": {"availableReplicas": 1},
}


@pytest.mark.parametrize("words", STATUS)
def test_unfinished_rollout_is_not_healthy(two: Namespace, words: str) -> None:
    two.cluster.objects["deployment", "app"]["status"] |= STATUS[words]
    observed = two.target.observe()
    assert observed is not None
    assert words in observed.detail
    assert two.plan(2) != []


def test_deployment_that_does_not_stay_healthy_is_red(two: Namespace) -> None:
    two.cluster.on["annotate .*"] = lambda: two.cluster.objects["deployment", "app"]["status"].update(
        {"availableReplicas": 0}
    )
    with pytest.raises(CheckFailedError, match="After the deployment, app is not healthy: 0 of 2 pods are ready"):
        two.bring(3)


@pytest.mark.parametrize(
    ("status", "words", "hint"),
    [
        ({"phase": "Failed", "reason": "Evicted", "message": "low on memory"}, "was stopped by the cluster", "Run the"),
        ({"phase": "Succeeded"}, "The new release ended with exit code 0", "release's log above"),
        (
            {"phase": "Failed", "containerStatuses": [{"name": "app", "state": {"terminated": {"exitCode": 3}}}]},
            "The new release ended with exit code 3", "release's log above",
        ),
        (
            {"phase": "Pending", "containerStatuses": [{"name": "app", "state": {"waiting": {
                "reason": "ImagePullBackOff", "message": "denied"}}}]},
            "did not start: ImagePullBackOff: denied", "REGISTRY_TOKEN",
        ),
        (
            {"phase": "Pending", "initContainerStatuses": [{"name": "ml-cicd-sleep", "state": {"waiting": {
                "reason": "ImagePullBackOff", "message": "denied"}}}],
             "containerStatuses": [{"name": "app", "state": {"waiting": {"reason": "PodInitializing"}}}]},
            "did not start: ImagePullBackOff: denied", "REGISTRY_TOKEN",
        ),
        (
            {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
             "message": "0/3 nodes"}]},
            "did not start: Unschedulable: 0/3 nodes", "add nodes",
        ),
        (
            {"initContainerStatuses": [{"name": "ml-cicd-sleep", "state": {"terminated": {"exitCode": 128,
             "message": "no sleep"}}}]},
            "no command to sleep with.*no sleep", "busybox",
        ),
    ],
)  # fmt: skip
def test_candidate_that_does_not_come_up_says_why(
    two: Namespace, status: dict[str, Any], words: str, hint: str
) -> None:
    two.cluster.phases[image(3)] = status
    with pytest.raises(CheckFailedError, match=words) as caught:
        two.bring(3)
    assert hint in caught.value.hint
    assert two.runs() == image(2)


@pytest.mark.parametrize("reason", ["ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError"])
def test_candidate_that_can_never_start_is_not_waited_for(
    two: Namespace, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = {"name": "app", "state": {"waiting": {"reason": reason, "message": "why"}}}
    two.cluster.phases[image(3)] = {"phase": "Pending", "containerStatuses": [state]}
    monkeypatch.setattr(pods, "SECONDS_TO_START", 5)
    looks, original = list[str](), pods._waits_for

    def look(pod: Any) -> str:
        looks.append(original(pod))
        return looks[-1]

    monkeypatch.setattr(pods, "_waits_for", look)
    with pytest.raises(CheckFailedError, match=f"did not start: {reason}: why"):
        two.bring(3)
    assert len(looks) == 1


def test_candidate_that_somebody_removes_is_said(two: Namespace) -> None:
    original = two.cluster.get

    def lost(kind: str, name: str) -> Any:
        return None if (kind, name) == ("pod", "app-candidate") else original(kind, name)

    object.__setattr__(two.cluster, "get", lost)
    with pytest.raises(CheckFailedError, match="was removed by somebody else, or from its node"):
        two.bring(3)


def test_controller_that_copies_no_note_fails_the_deployment(two: Namespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollouts, "SECONDS_TO_SETTLE", 0.1)
    original = two.site.rollouts.kubectl.list
    object.__setattr__(
        two.cluster, "list", lambda kind, selector: [] if kind == "replicaset" else original(kind, selector)
    )
    with pytest.raises(CheckFailedError, match="does not copy the Deployment's annotations"):
        two.site.rollouts.settle()


def test_lock_is_held_on_the_cluster_and_named(two: Namespace) -> None:
    with two.target.locked(two.holder, 0) as check:
        lease = two.cluster.objects["lease", "app-deployment"]
        assert lease["spec"]["holderIdentity"] == str(two.holder)
        assert lease["metadata"]["labels"][labels.ENVIRONMENT] == "staging"
        check()
        other = replace(two.holder, who="bob", where="another-machine")
        with pytest.raises(RefusedError, match="by ada on"), two.target.locked(other, 0):
            pytest.fail("two hold the lock")
        assert two.target.unlock() == two.holder
        with pytest.raises(RefusedError, match="nobody holds it now"):
            check()
        with two.target.locked(other, 0), pytest.raises(RefusedError, match="bob on another-machine"):
            check()
    assert ("lease", "app-deployment") not in two.cluster.objects
    assert two.target.unlock() is None


def test_lock_of_a_later_holder_outlives_the_end_of_a_deployment(two: Namespace) -> None:
    with two.target.locked(two.holder, 0):
        two.cluster.objects["lease", "app-deployment"]["metadata"]["uid"] = "another"
    assert ("lease", "app-deployment") in two.cluster.objects


def test_candidate_of_a_failed_deployment_goes_whatever_ended_it(two: Namespace) -> None:
    def end(*_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        two.bring(3, end)
    assert "app-candidate" not in two.cluster.pod_names()


def test_namespace_of_an_environment() -> None:
    config, environment = Config("app"), Environment("staging")
    settings = KubernetesSettings(context="cloud", login=OidcLogin("kubernetes"))
    source: Any = None
    assert target.target(config, environment, settings, "", source).site.kubectl.namespace == "app-staging"
    assert target.target(config, environment, settings, "f1", source).site.kubectl.namespace == "app-staging-f1"
    assert target.target(config, environment, settings, "", source).site.kubectl.context == "cloud"
    assert target.target(config, environment, settings, "", source).site.kubectl.login == OidcLogin("kubernetes")
    named = target.target(config, environment, replace(settings, namespace="ml"), "f1", source)
    assert named.site.kubectl.namespace == "ml"


@pytest.mark.parametrize(
    ("service", "url"),
    [
        ({"spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
          "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}, "http://192.0.2.1:80"),
        ({"spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
          "status": {"loadBalancer": {"ingress": [{"hostname": "lb.example.org", "ip": "192.0.2.1"}]}}},
         "http://lb.example.org:80"),
        ({"spec": {"type": "ClusterIP", "ports": [{"port": 81}]}}, "http://app.app-staging.svc:81"),
    ],
)  # fmt: skip
def test_url_of_the_service(place: Namespace, service: dict[str, Any], url: str) -> None:
    assert place.site.url() == ""
    place.cluster.objects["service", "app"] = service
    assert place.site.url() == url


def test_version_of_the_server_is_read() -> None:
    assert Namespace(Cluster("x", minor="27+")).site.server.minor == 27
    assert Namespace(Cluster("x", minor="")).site.server.minor == 0
    assert "policy/v1" in Namespace().site.server.groups


def test_clusters_refusal_is_raised(two: Namespace) -> None:
    two.cluster.refuses["apply .*Deployment app"] = "(Forbidden): no"
    with pytest.raises(CicdError, match="Forbidden"):
        two.bring(3)
    assert two.runs() == image(2)
