"""Several services of one environment on a cluster: all candidates are good before the first rollout."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import labels, variables
from cicd.config import Service, ServiceDeliverable
from cicd.deploy.kubernetes import rollouts, runner
from cicd.deploy.kubernetes.site import Site
from cicd.deploy.kubernetes.target import KubernetesTarget
from cicd.errors import CheckFailedError, RefusedError, UsageError
from tests.unit.support.fake_cluster import Cluster, settled
from tests.unit.support.namespace import Namespace, killed, quick  # noqa: F401 -- the fixture
from tests.unit.support.place import image, order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicd.deploy.target import Order

OTHER = b'{"digest": "sha256:another"}'
NAMES = ("app", "app-report", "app-admin")
"""The services, as their objects are called; the first one has the project's name."""
SERVICES = (
    ServiceDeliverable("report", Service(port=8501)),
    ServiceDeliverable("admin", Service(command=("serve", "--price", "$(HOME)"))),
)


class Three(Namespace):
    """An environment with three services: `app`, `report` and `admin`."""

    def __init__(self, *, cluster: Cluster | None = None, manifests: str = "", **environment: Any) -> None:
        super().__init__(cluster, manifests, **environment)
        self.config = replace(self.config, others=SERVICES)
        self.site = Site(self.config, self.environment, self.site.settings, self.cluster)
        self.target = KubernetesTarget(self.site, self.source)

    @contextmanager
    def source(self, commit: str, folder: str) -> Iterator[Path]:
        yield folder  # type: ignore[misc]

    def together(self, number: int, accept: Any = None, *more: Any) -> Any:
        """Deploy the releases `number`, `number` + 1 and `number` + 2."""
        with self.target.locked(self.holder, 0):
            self.cluster.asked.clear()
            return self.target.apply(three(number), accept or self.accept, *more)

    def runs_all(self) -> list[str]:
        """Return the image that each service runs."""
        return [image_of(self.cluster.objects["deployment", name]) for name in NAMES]

    def rolled(self) -> list[str]:
        """Return the Deployments that were applied, in order."""
        return [action.rpartition(" ")[2] for action in self.cluster.asked if action.startswith("apply")]


def image_of(deployment: dict[str, Any]) -> str:
    return str(deployment["spec"]["template"]["spec"]["containers"][0]["image"])


def three(number: int) -> Order:
    return replace(order(number), others={"report": image(number + 1), "admin": image(number + 2)})


def images(number: int) -> list[str]:
    return [image(number), image(number + 1), image(number + 2)]


@pytest.fixture
def place() -> Three:
    """Return an environment that runs the releases 1, 2 and 3."""
    place = Three()
    place.together(1)
    return place


def fail(*_: str) -> None:
    raise CheckFailedError("The tests failed.", "Correct them.")


def test_all_services_are_deployed_together_and_judged_once(place: Three) -> None:
    seen: list[object] = []
    running = place.together(4, lambda *words: seen.extend([words, place.runs_all(), place.target.addresses()]))
    assert seen == [
        ("http://10.1.0.9:8000", "10.1.0.9"),
        images(1),
        {"report": "http://10.1.0.9:8501", "admin": "http://10.1.0.9:8000"},
    ]
    assert place.runs_all() == images(4)
    assert (running.release, running.healthy) == (image(4), True)
    assert running.other_images == {"report": image(5), "admin": image(6)}
    assert running.others["report"].url == "http://app-report.app-staging.svc:80"
    assert [settled(place.cluster, name) for name in NAMES] == ["true"] * 3


def test_no_rollout_begins_before_all_candidates_are_good_and_the_first_service_comes_last(place: Three) -> None:
    place.together(4)
    asked = [action for action in place.cluster.asked if not action.startswith("check")]
    assert asked == [
        *(f"create pod {name}-candidate" for name in NAMES),
        *(f"delete pod {name}-candidate now" for name in NAMES),
        *(
            action
            for name in (*NAMES[1:], NAMES[0])
            for action in (
                f"apply Service {name}, PodDisruptionBudget {name}, Deployment {name}",
                f"rollout status deployment/{name}",
            )
        ),
        *(f"annotate deployment/{name} {labels.SETTLED}=true" for name in (*NAMES[1:], NAMES[0])),
    ]


def test_plan_is_what_is_done(place: Three, capsys: pytest.CaptureFixture[str]) -> None:
    planned = place.target.plan(three(4))
    capsys.readouterr()
    place.together(4)
    assert capsys.readouterr().out.splitlines() == planned
    assert "run the tests of staging against them" in planned
    assert place.target.plan(three(4)) == []


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_nothing_is_rolled_out_when_one_of_three_is_bad(place: Three, bad: int) -> None:
    place.cluster.answers[image(4 + bad)] = OTHER
    with pytest.raises(CheckFailedError, match=r"not healthy within 0\.3 s"):
        place.together(4, fail)
    assert place.runs_all() == images(1)
    assert place.rolled() == []
    assert not any("candidate" in name for name in place.cluster.pod_names())


def test_nothing_is_rolled_out_when_the_tests_fail(place: Three) -> None:
    with pytest.raises(CheckFailedError, match="The tests failed"):
        place.together(4, fail)
    assert (place.runs_all(), place.rolled()) == (images(1), [])


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_a_failed_rollout_undoes_the_earlier_ones(place: Three, bad: int, capsys: pytest.CaptureFixture[str]) -> None:
    name = NAMES[bad]
    place.cluster.on[f"apply .*Deployment {name}"] = lambda: place.cluster.answers.update({image(4 + bad): OTHER})
    with pytest.raises(CheckFailedError, match=r"The rollout failed: .*names the digest sha256:another"):
        place.together(4)
    assert place.runs_all() == images(1)
    assert [settled(place.cluster, name) for name in NAMES] == ["true"] * 3
    returned = [line for line in capsys.readouterr().out.splitlines() if line.startswith("returned to")]
    assert len(returned) == {0: 3, 1: 1, 2: 2}[bad], "those that were rolled out, and no others"
    observed = place.target.observe()
    assert observed is not None
    assert (observed.release, observed.healthy) == (image(1), True)


def test_all_are_undone_when_the_deployment_can_not_be_finished(place: Three) -> None:
    with pytest.raises(CheckFailedError, match="The tests failed"):
        place.together(4, place.accept, fail)
    assert place.runs_all() == images(1)


def test_services_that_were_noted_as_healthy_give_way_to_a_bad_one(
    place: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.cluster.refuses[f"annotate deployment/app {labels.SETTLED}=true"] = "etcdserver: request timed out"
    monkeypatch.setattr(rollouts, "SECONDS_TO_SETTLE", 0.1)
    with pytest.raises(CheckFailedError, match="request timed out"):
        place.together(4)
    assert place.runs_all() == images(1)


def test_first_deployment_that_fails_leaves_no_deployment() -> None:
    place = Three()
    place.cluster.on["apply .*Deployment app"] = lambda: place.cluster.answers.update({image(1): OTHER})
    with pytest.raises(CheckFailedError, match="The rollout failed"):
        place.together(1)
    assert [name for kind, name in place.cluster.objects if kind == "deployment"] == []


CHANGES = ("apply .*Deployment {}", "rollout status deployment/{}", f"annotate deployment/{{}} {labels.SETTLED}=true")


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", NAMES)
def test_r6_killed_at_a_change_it_converges_and_never_stays_mixed(
    place: Three, name: str, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(place.cluster, change.format(name), monkeypatch, lambda: place.together(4))
    with pytest.raises(CheckFailedError, match="The tests failed"):
        place.together(7, fail)
    assert place.runs_all() == images(1), "the next release is bad: all services return to the one before"
    killed(place.cluster, change.format(name), monkeypatch, lambda: place.together(4))
    place.together(4)
    assert place.runs_all() == images(4)
    assert place.target.plan(three(4)) == []


def test_first_deployment_that_is_killed_leaves_nothing_to_return_to(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Three()
    killed(place.cluster, f"annotate deployment/app {labels.SETTLED}=true", monkeypatch, lambda: place.together(1))
    with pytest.raises(CheckFailedError, match="The tests failed"):
        place.together(4, fail)
    assert [name for kind, name in place.cluster.objects if kind == "deployment"] == []


def test_one_rollback_for_all_and_each_service_retains_its_releases(place: Three) -> None:
    place.together(4)
    retained = {release.service: release.release for release in place.target.retained()}
    assert retained == {"": image(1), "report": image(2), "admin": image(3)}
    running = place.together(1)
    assert place.runs_all() == images(1)
    assert running.other_images == {"report": image(2), "admin": image(3)}


def test_only_what_changed_is_rolled_out_and_the_tests_reach_all(place: Three) -> None:
    place.cluster.objects.pop(("service", "app-report"))
    place.together(1)
    assert place.rolled() == ["app-report"]
    assert place.tested[-1] == ("http://10.1.0.9:8000", "10.1.0.9")
    assert ("service", "app-report") in place.cluster.objects


def test_release_that_runs_is_only_tested_again(place: Three) -> None:
    place.together(1)
    assert (place.rolled(), len(place.tested)) == ([], 2)


def test_service_that_the_release_no_longer_has_is_removed_and_comes_back_with_a_rollback(place: Three) -> None:
    place.bring(4, others={"report": image(5)})
    observed = place.target.observe()
    assert observed is not None
    assert observed.other_images == {"report": image(5)}
    assert [key for key in place.cluster.objects if key[1] == "app-admin"] == []
    assert [release.service for release in place.target.retained()] == ["", "report"]
    place.together(1)
    assert place.runs_all() == images(1)


def test_service_that_a_release_does_not_have_yet_has_no_address() -> None:
    place, names = Three(), list[str]()
    place.bring(1, others={"report": image(2)}, accept=lambda *_: names.extend(place.target.addresses()))
    assert names == ["report"]


@pytest.mark.parametrize("name", NAMES)
def test_unhealthy_service_makes_the_environment_unhealthy(place: Three, name: str) -> None:
    place.cluster.objects["deployment", name]["status"] |= {"availableReplicas": 0}
    observed = place.target.observe()
    assert observed is not None
    assert not observed.healthy
    assert observed.detail.endswith("0 of 2 pods are ready")


def test_candidate_that_is_removed_during_the_tests_fails_the_deployment(place: Three) -> None:
    with pytest.raises(CheckFailedError, match="The pod app-report-candidate was removed by somebody else"):
        place.together(4, lambda *_: place.cluster.objects.pop(("pod", "app-report-candidate")))
    assert place.runs_all() == images(1)


def test_services_share_the_secrets_of_their_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Three(secrets=("API_KEY",))
    monkeypatch.setenv(variables.APP_SECRETS, json.dumps({"API_KEY": "first"}))
    place.together(1)
    monkeypatch.setenv(variables.APP_SECRETS, json.dumps({"API_KEY": "second"}))
    place.together(4)
    kept = {name: place.cluster.objects[kind, name] for kind, name in place.cluster.objects if kind == "secret"}
    assert sorted(secret["data"]["API_KEY"] for secret in kept.values()) == [
        base64.b64encode(value).decode() for value in (b"first", b"second")
    ], "one Secret for all services, and the one of the releases to go back to"
    volumes = [place.cluster.objects["deployment", name]["spec"]["template"]["spec"]["volumes"] for name in NAMES]
    assert len({volume["secret"]["secretName"] for (volume,) in volumes}) == 1


def test_each_service_has_its_labels_ports_and_command(place: Three) -> None:
    objects = place.cluster.objects
    assert [objects["deployment", name]["metadata"]["labels"].get(labels.DELIVERABLE) for name in NAMES] == [
        None, "report", "admin",
    ]  # fmt: skip
    selectors = [objects["service", name]["spec"]["selector"] for name in NAMES]
    assert selectors == [{"app.kubernetes.io/name": name} for name in NAMES]
    containers = [objects["deployment", name]["spec"]["template"]["spec"]["containers"][0] for name in NAMES]
    assert [container["ports"][0]["containerPort"] for container in containers] == [8000, 8501, 8000]
    assert [container.get("args") for container in containers] == [None, None, ["serve", "--price", "$$(HOME)"]]
    values = [{value["name"]: value["value"] for value in container["env"]} for container in containers]
    assert [value["ML_CICD_DIGEST"] for value in values] == [name.partition("@")[2] for name in images(1)]


def test_each_service_has_the_port_of_its_name() -> None:
    place = Three(port=80, ports={"report": 8501})
    place.together(1)
    ports = [place.cluster.objects["service", name]["spec"]["ports"][0]["port"] for name in NAMES]
    assert ports == [80, 8501, 80]


@pytest.mark.case("K7", "a service checks the header Host")
def test_tests_find_the_public_host_of_each_service(monkeypatch: pytest.MonkeyPatch) -> None:
    place, names = Three(), list[object]()
    report, admin = SERVICES
    config = replace(place.config, others=(replace(report, service=Service(public_host="report.example.org")), admin))
    place.target = KubernetesTarget(replace(place.site, config=config), place.source)
    monkeypatch.setattr(runner, "run", lambda *_, addresses, left: names.extend([addresses, place.target.addresses()]))
    place.together(1, lambda _, network: place.target.runner(network)())  # type: ignore[call-arg]
    assert names == [
        {"report.example.org": "10.1.0.9"},
        {"report": "http://report.example.org:8000", "admin": "http://10.1.0.9:8000"},
    ]


def test_deployment_of_another_project_is_refused(place: Three) -> None:
    place.cluster.objects["deployment", "app-report"]["metadata"]["labels"][labels.PROJECT] = "app-report"
    with pytest.raises(RefusedError, match=r"The Deployment app-report in .* carries the project app-report"):
        place.together(4)
    assert place.runs_all() == images(1)


def manifests(*names: str) -> str:
    """Return the manifests of Deployments, and a ConfigMap that they share."""
    documents: list[dict[str, Any]] = [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shared"}}]
    for name in names:
        template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": name, "image": "x"}]}}
        spec = {"selector": {"matchLabels": {"app": name}}, "template": template}
        documents.append({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec})
    return "\n---\n".join(json.dumps(document) for document in documents)


def given(place: Three, documents: str) -> Three:
    """Have kustomize build these documents."""
    run = place.cluster.run
    answer = lambda *words, **options: documents if words[0] == "kustomize" else run(*words, **options)  # noqa: E731
    object.__setattr__(place.cluster, "run", answer)
    return place


def test_manifests_of_the_project_carry_each_service_in_its_deployment() -> None:
    place = given(Three(manifests="deploy"), manifests(*NAMES))
    place.together(1)
    assert place.runs_all() == images(1)
    assert place.rolled() == ["shared", "app-report", "app-admin", "app"]
    marks = place.cluster.objects["configmap", "shared"]["metadata"]["labels"]
    assert (marks[labels.ENVIRONMENT], labels.DELIVERABLE in marks) == ("staging", False)
    place.cluster.on["apply .*Deployment app"] = lambda: place.cluster.answers.update({image(4): OTHER})
    with pytest.raises(CheckFailedError, match="The rollout failed"):
        place.together(4)
    assert place.runs_all() == images(1)


def test_manifests_without_the_deployment_of_a_service_are_refused() -> None:
    place = given(Three(manifests="deploy"), manifests("app", "app-report"))
    with pytest.raises(UsageError, match=r"no Deployment 'app-admin' \(found: app, app-report\)") as caught:
        place.together(1)
    assert "app-admin" in caught.value.hint
    assert place.rolled() == []
