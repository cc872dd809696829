"""Jobs on a cluster: each is run once before anything is rolled out, and its CronJob goes forward and back with all."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from cicd import labels, variables
from cicd.config import (
    Config,
    Environment,
    Job,
    JobDeliverable,
    KubernetesSettings,
    Service,
    ServiceDeliverable,
)
from cicd.deploy.kubernetes import cron_jobs, proofs, runner
from cicd.deploy.kubernetes.site import Site
from cicd.deploy.kubernetes.standard import Server
from cicd.deploy.kubernetes.target import KubernetesTarget
from cicd.errors import CheckFailedError, RefusedError, UnreachableError, UsageError
from tests.unit.support.fake_cluster import Cluster
from tests.unit.support.namespace import Namespace, killed, quick  # noqa: F401 -- the fixture
from tests.unit.support.place import image, order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicd.deploy.target import Order

CURRENT = Server(frozenset({"batch/v1"}), 30)
OTHER = b'{"digest": "sha256:another"}'
SCORE = Job(("score", "$(ALL)"), sample="sample", proof=("score", "few"), timeout=0.2, schedule="30 4 * * *")
CLEAN = Job(("clean",), schedule="0 * * * *", timeout=0.2)
JOBS = (JobDeliverable("score", SCORE), JobDeliverable("clean-up", CLEAN))


class Project(Namespace):
    """An environment with a service, another one, and two jobs; or with three jobs alone."""

    def __init__(self, folder: Path, *, alone: bool, cluster: Cluster | None = None, **environment: Any) -> None:
        super().__init__(cluster, "", **environment)
        self.alone = alone
        first: dict[str, Any] = {"job": Job(("main",), schedule="0 0 * * *")} if alone else {
            "others": (ServiceDeliverable("report", Service()),)
        }  # fmt: skip
        self.config = replace(self.config, jobs=JOBS, **first)
        self.site = Site(self.config, self.environment, self.site.settings, self.cluster)
        self.target = KubernetesTarget(self.site, self.source)
        self.folder = folder / "rows"
        (self.folder / "deep").mkdir(parents=True, exist_ok=True)
        (self.folder / "deep" / "rows.csv").write_text("1\n2\n")

    @contextmanager
    def source(self, commit: str, folder: str) -> Iterator[Path]:
        assert folder == "sample"
        yield self.folder

    def order(self, number: int) -> Order:
        report = {} if self.alone else {"report": image(number + 1)}
        return replace(order(number), others={**report, "score": image(number + 2), "clean-up": image(number + 3)})

    def together(self, number: int, accept: Any = None, *more: Any) -> Any:
        with self.target.locked(self.holder, 0):
            self.cluster.asked.clear()
            return self.target.apply(self.order(number), accept or self.accept, *more)

    def has(self) -> list[str]:
        """Return the image of each service and job, in the order of an order."""
        running = self.target.observe()
        assert running
        return [running.release, *(other.release for other in running.others.values())]

    def expected(self, number: int) -> list[str]:
        numbers = (0, 2, 3) if self.alone else range(4)
        return [image(number + more) for more in numbers]

    def left(self) -> list[tuple[str, str]]:
        """Return the pods and ConfigMaps of proofs."""
        return [key for key in self.cluster.objects if key[0] == "configmap" or key[1].endswith("-candidate")]

    def carriers(self) -> list[tuple[str, str]]:
        return [key for key in self.cluster.objects if key[0] in ("cronjob", "deployment")]


@pytest.fixture(params=[False, True], ids=["beside services", "alone"])
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Project:
    """Return an environment that has the releases 1 to 4."""
    place = Project(tmp_path, alone=request.param)
    place.together(1)
    return place


def fail(*_: str) -> None:
    raise CheckFailedError("The tests failed.", "Correct them.")


def test_each_job_runs_once_before_the_tests_and_all_go_forward_together(place: Project) -> None:
    seen: list[list[str]] = []
    running = place.together(5, lambda *_: seen.append(place.has()))
    assert seen == [place.expected(1)], "nothing changes before the tests have passed"
    assert (running.healthy, place.has(), place.left()) == (True, place.expected(5), [])
    asked = place.cluster.asked
    assert len([action for action in asked if action.startswith("create pod app-score-candidate")]) == 1
    applied = [action for action in asked if action.startswith("apply CronJob")]
    last = ["apply CronJob app"] if place.alone else []
    assert applied == ["apply CronJob app-score", "apply CronJob app-clean-up", *last]
    cron = place.cluster.objects["cronjob", "app-score"]
    assert cron["spec"]["schedule"] == "30 4 * * *"
    assert cron["metadata"]["labels"][labels.DELIVERABLE] == "score"


def test_plan_is_what_is_done(place: Project, capsys: pytest.CaptureFixture[str]) -> None:
    planned = place.target.plan(place.order(5))
    assert "let it run 'score few' on sample, for up to 0.2 s" in planned
    capsys.readouterr()
    place.together(5)
    assert [line for line in capsys.readouterr().out.splitlines() if not line.startswith("the log of")] == planned


@pytest.mark.parametrize("bad", [7, 8])
def test_job_that_fails_rolls_nothing_out(place: Project, bad: int, capsys: pytest.CaptureFixture[str]) -> None:
    place.cluster.ends[image(bad)] = 3
    with pytest.raises(CheckFailedError, match=r"The job ended with exit code 3\. staging holds what it held before"):
        place.together(5, fail)
    assert (place.has(), place.left()) == (place.expected(1), [])
    assert not [action for action in place.cluster.asked if "apply CronJob" in action or "Deployment" in action[:5]]
    assert "the log of app-score-candidate" in capsys.readouterr().out


def test_failed_tests_roll_nothing_out(place: Project) -> None:
    with pytest.raises(CheckFailedError, match="The tests failed"):
        place.together(5, fail)
    assert (place.has(), place.left()) == (place.expected(1), [])


def test_what_can_not_be_undone_comes_last_and_its_failure_undoes_all(place: Project) -> None:
    with pytest.raises(CheckFailedError, match="The tests failed"):
        place.together(5, place.accept, fail)
    assert place.has() == place.expected(1)
    observed = place.target.observe()
    assert observed
    assert observed.healthy


def test_failed_rollout_takes_the_cron_jobs_back(tmp_path: Path) -> None:
    place = Project(tmp_path, alone=False)
    place.together(1)
    place.cluster.on["apply .*Deployment app"] = lambda: place.cluster.answers.update({image(5): OTHER})
    with pytest.raises(CheckFailedError, match="The rollout failed"):
        place.together(5)
    assert place.has() == place.expected(1)


def test_first_deployment_that_fails_leaves_nothing(tmp_path: Path) -> None:
    for alone in (False, True):
        place = Project(tmp_path, alone=alone)
        with pytest.raises(CheckFailedError, match="The tests failed"):
            place.together(1, place.accept, fail)
        assert (place.carriers(), place.left()) == ([], [])


def test_cron_job_that_was_noted_as_proven_gives_way_with_the_others(place: Project) -> None:
    kind = "cronjob" if place.alone else "deployment"
    place.cluster.refuses[f"annotate {kind}/app {labels.SETTLED}=true"] = "etcdserver: request timed out"
    with pytest.raises(CheckFailedError, match="request timed out"):
        place.together(5)
    assert place.has() == place.expected(1)


def test_cron_job_remembers_the_release_before_it_and_no_older_one(place: Project) -> None:
    for number in (5, 5, 5):
        place.together(number)
        before = json.loads(place.cluster.objects["cronjob", "app-score"]["metadata"]["annotations"][labels.BEFORE])
        assert before["metadata"]["annotations"][labels.RELEASE] == image(3)
        assert labels.BEFORE not in before["metadata"]["annotations"]
    place.together(9)
    before = json.loads(place.cluster.objects["cronjob", "app-score"]["metadata"]["annotations"][labels.BEFORE])
    assert before["metadata"]["annotations"][labels.RELEASE] == image(7)
    assert labels.BEFORE not in before["metadata"]["annotations"]


CHANGES = (
    "create pod app-score-candidate",
    "apply ConfigMap app-score-output",
    "apply CronJob app-score",
    "apply CronJob app-clean-up",
    f"annotate cronjob/app-score {labels.SETTLED}=true",
    f"annotate cronjob/app-clean-up {labels.SETTLED}=true",
)


@pytest.mark.parametrize("change", CHANGES)
def test_r6_killed_at_a_change_it_converges_and_never_stays_mixed(
    place: Project, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(place.cluster, change, monkeypatch, lambda: place.together(5))
    with pytest.raises(CheckFailedError, match="The tests failed"):
        place.together(9, fail)
    assert place.has() == place.expected(1), "the next release is bad: all return to the one before"
    killed(place.cluster, change, monkeypatch, lambda: place.together(5))
    place.together(5)
    assert (place.has(), place.left()) == (place.expected(5), [])


def test_one_rollback_for_all(place: Project) -> None:
    place.together(5)
    running = place.together(1)
    assert place.has() == place.expected(1)
    assert running.healthy
    assert {release.service for release in place.target.retained()} == (set() if place.alone else {"", "report"})


def test_job_that_the_release_no_longer_has_is_removed(place: Project) -> None:
    wanted = place.order(5)
    fewer = {name: release for name, release in wanted.others.items() if name != "score"}
    with place.target.locked(place.holder, 0):
        place.target.apply(replace(wanted, others=fewer), place.accept)
    assert ("cronjob", "app-score") not in place.cluster.objects
    assert ("cronjob", "app-clean-up") in place.cluster.objects
    place.together(1)
    assert place.has() == place.expected(1)


def test_cron_job_that_somebody_changed_is_told(place: Project) -> None:
    cron = place.cluster.objects["cronjob", "app-score"]
    cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["image"] = "app:latest"
    observed = place.target.observe()
    assert observed
    assert observed.detail == "score: its CronJob has the image app:latest"
    cron["metadata"]["annotations"][labels.SETTLED] = "false"
    observed = place.target.observe()
    assert observed
    assert observed.detail == "score: its release was never noted as proven"
    cron["metadata"]["labels"][labels.ENVIRONMENT] = "production"
    with pytest.raises(RefusedError, match=r"The CronJob app-score in .* carries the environment production"):
        place.together(5)


def test_pod_of_the_tests_unpacks_what_each_job_left() -> None:
    cluster, seen = Cluster("app-staging"), list[dict[str, Any]]()
    ended = {"name": "tests", "state": {"terminated": {"exitCode": 3}}}
    cluster.phases["test"] = {"phase": "Failed", "containerStatuses": [ended]}
    cluster.on["delete pod app-tests now"] = lambda: seen.append(cluster.objects["pod", "app-tests"]["spec"])
    left = {"/jobs/score": "kept-1", "/jobs/report": "kept-2"}
    facts: dict[str, Any] = {"labels": {}, "environment": {}, "collect": ()}
    config = Config("app")
    finished = runner.run(
        cluster, config, Environment("staging", KubernetesSettings()), "test", ["t"], **facts, left=left
    )
    assert finished.exit_code == 3
    (spec,) = seen
    assert [volume["configMap"]["name"] for volume in spec["volumes"]] == ["kept-1", "kept-2"]
    (container,) = spec["containers"]
    assert {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]} == {
        "kept-1": "/ml-cicd/left/kept-1", "kept-2": "/ml-cicd/left/kept-2",
    }  # fmt: skip
    for folder, name in left.items():
        assert f"tar -C {folder} -xzf /ml-cicd/left/{name}/output.tar.gz || exit 125" in container["command"][2]


def test_tests_get_what_each_job_left(place: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    place.cluster.leaves.update({image(7): b"scores", image(8): b"cleaned"})
    seen: list[Any] = []

    def look(*_: object, left: dict[str, str], **__: object) -> None:
        kept = {name: place.cluster.objects["configmap", name]["binaryData"]["output.tar.gz"] for name in left.values()}
        seen.extend([left, {name: base64.b64decode(content) for name, content in kept.items()}])
        assert place.target.outputs() == {
            **({"": "/tmp/job-output"} if place.alone else {}),
            "score": "/tmp/job-output-score", "clean-up": "/tmp/job-output-clean-up",
        }  # fmt: skip

    monkeypatch.setattr(runner, "run", look)
    place.together(5, lambda _, network: place.target.runner(network)())  # type: ignore[call-arg]
    assert seen[0]["/tmp/job-output-score"] == "app-score-output"
    assert (seen[1]["app-score-output"], seen[1]["app-clean-up-output"]) == (b"scores", b"cleaned")
    assert place.target.outputs() == {}


def test_little_is_read_from_the_status_and_much_from_the_log(tmp_path: Path) -> None:
    place = Project(tmp_path, alone=False)
    ended = {"exitCode": 0, "message": base64.encodebytes(b"few").decode()}
    place.cluster.phases[image(3)] = {"containerStatuses": [{"state": {"terminated": ended}}]}
    place.cluster.leaves[image(4)] = b"many"
    kept: list[bytes] = []

    def look(*_: str) -> None:
        maps = [place.cluster.objects["configmap", f"app-{name}-output"] for name in ("score", "clean-up")]
        kept.extend(base64.b64decode(content["binaryData"]["output.tar.gz"]) for content in maps)

    place.together(1, look)
    assert kept == [b"few", b"many"]


def test_log_that_can_not_be_read_fails_no_deployment(
    place: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: str) -> None:
        raise UnreachableError("The cluster does not answer.", "Check it.")

    monkeypatch.setattr(Cluster, "stream", broken)
    place.together(5)
    assert "The output of the job can't be read: The cluster does not answer." in capsys.readouterr().out
    assert place.has() == place.expected(5)


def test_too_much_for_the_tests_fails_the_deployment(place: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "LARGEST", 3)
    place.cluster.leaves[image(7)] = b"scores"
    with pytest.raises(CheckFailedError, match="left more than 3 bytes"):
        place.together(5)
    assert (place.has(), place.left()) == (place.expected(1), [])


def test_too_much_sample_data_is_refused_before_anything_changes(
    place: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cron_jobs, "LARGEST", 3)
    with pytest.raises(UsageError, match="The sample data sample of the job app-score has 4 bytes"):
        place.together(5)
    assert place.cluster.asked == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"initContainerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff", "message": "denied"}}}]},
         "did not start: ImagePullBackOff: denied"),
        ({"initContainerStatuses": [{"name": "app-score", "state": {"running": {}}}]}, "did not end within 0.2 s"),
        ({"phase": "Failed", "reason": "Evicted", "message": "low on memory"}, "was stopped by the cluster"),
        ({"containerStatuses": [{"state": {"terminated": {"exitCode": 2, "message": "Permission denied"}}}]},
         "can't be read: Permission denied"),
    ],
)  # fmt: skip
def test_proof_that_does_not_end_well_says_why(place: Project, status: dict[str, Any], words: str) -> None:
    place.cluster.phases[image(7)] = status
    with pytest.raises(CheckFailedError, match=words):
        place.together(5)
    assert (place.has(), place.left()) == (place.expected(1), [])


def test_objects_are_valid_and_carry_release_command_secrets_and_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variables.APP_SECRETS, json.dumps({"KEY": "x"}))
    place = Project(tmp_path, alone=False, secrets=("KEY",), cpus=0.5, variables={"LEVEL": "info"})
    config = place.config.of(JOBS[0])
    cron = cron_jobs.cron_job(config, place.environment, order(1), secret="app-secrets-1", server=CURRENT)
    (container,) = cron_jobs.pod_of(cron)["containers"]
    assert (container["image"], container["args"]) == (image(1), ["score", "$$(ALL)"])
    assert container["volumeMounts"][0]["mountPath"] == "/run/secrets/KEY"
    sample = cron_jobs.sample_of(config, place.environment, place.folder)
    pod = cron_jobs.with_sample(cron_jobs.proof(cron, config, place.environment, "test@sha256:1"), sample)
    (job,), (left,) = pod["spec"]["initContainers"], pod["spec"]["containers"]
    assert (job["image"], job["args"], left["image"]) == (image(1), ["score", "few"], "test@sha256:1")
    values = {value["name"]: value["value"] for value in job["env"]}
    assert {"LEVEL": "info", "ML_CICD_SAMPLE": "/tmp/sample", "ML_CICD_OUTPUT": "/tmp/output"}.items() <= values.items()
    assert pod["spec"]["volumes"][-1]["configMap"]["items"] == [{"key": "file-0", "path": "sample/deep/rows.csv"}]
    assert base64.b64decode(sample["binaryData"]["file-0"]) == b"1\n2\n"
    assert "secrets" not in json.dumps(left), "what prints the files has no secret"
    alone = cron_jobs.sample_of(config, place.environment, place.folder / "deep" / "rows.csv")
    assert json.loads(alone["metadata"]["annotations"][labels.PATHS]) == {"file-0": "sample"}
    output = cron_jobs.output_of(config, place.environment, b"x")
    for version in ("1.31", kubernetes_validate.latest_version()):
        for manifest in (cron, pod, sample, output, cron_jobs.remembering(cron, cron)):
            kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize(
    ("groups", "minor", "version"),
    [
        ({"batch/v1", "batch/v1beta1"}, 20, "batch/v1beta1"),
        ({"batch/v1", "batch/v1beta1"}, 0, "batch/v1beta1"),
        ({"batch/v1", "batch/v1beta1"}, 24, "batch/v1"),
        ({"batch/v1"}, 30, "batch/v1"),
        ({"batch/v1"}, 0, "batch/v1"),
    ],
)
def test_cron_job_is_of_a_version_that_the_cluster_has(
    tmp_path: Path, groups: set[str], minor: int, version: str
) -> None:
    place = Project(tmp_path, alone=False)
    server = Server(frozenset(groups), minor)
    cron = cron_jobs.cron_job(place.config.of(JOBS[0]), place.environment, order(1), secret="", server=server)
    assert cron["apiVersion"] == version
