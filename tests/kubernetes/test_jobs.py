"""Jobs on a real cluster: each is run once before anything is rolled out, and its CronJob goes forward and back."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd.config import Job, JobDeliverable
from cicd.deploy.kubernetes.site import Site
from cicd.deploy.kubernetes.target import KubernetesTarget
from cicd.errors import CheckFailedError
from cicd.produce import suites
from tests.kubernetes.support.common import LATE, NAME, accept, answer_of, deploy, digest, hurried, order, pods
from tests.kubernetes.support.load import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cicd.deploy.kubernetes.delivery import Source
    from cicd.deploy.target import Order

SCORES = """
import os, pathlib
rows = pathlib.Path(os.environ["ML_CICD_SAMPLE"], "deep/rows.csv").read_text().split()
assert os.environ["ML_CICD_ENVIRONMENT"] == "staging"
pathlib.Path(os.environ["ML_CICD_OUTPUT"], "scores.csv").write_text(",".join(rows))
"""
LOOKS = """
import os, pathlib
assert pathlib.Path(os.environ["JOB_OUTPUT_SCORE"], "scores.csv").read_text() == "1,2,3"
"""
RUNS = ("python3", "-c", "print('on schedule')")
SCHEDULE = "0 0 29 2 *"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """Yield the sample data of any commit."""
    (tmp_path / "sample" / "deep").mkdir(parents=True)
    (tmp_path / "sample" / "deep" / "rows.csv").write_text("1\n2\n3\n")

    @contextmanager
    def unpacked(commit: str, path: str) -> Iterator[Path]:
        yield tmp_path / path

    return unpacked


@pytest.fixture
def project(make: Callable[..., KubernetesTarget], source: Source) -> Callable[..., KubernetesTarget]:
    """Return an environment with a service and a job."""

    def with_job(ending: str = "", timeout: float = 120) -> KubernetesTarget:
        proof = ("python3", "-c", SCORES + ending)
        job = Job(RUNS, sample="sample", proof=proof, timeout=timeout, schedule=SCHEDULE)
        target = make(suffix="jobs", replicas=1)
        config = replace(target.site.config, jobs=(JobDeliverable("score", job),))
        site = Site(config, target.site.environment, target.site.settings, target.site.kubectl)
        return replace(target, site=site, source=source)

    return with_job


def of(service: str, job: str, test: str, commit: str = "1" * 40) -> Order:
    return replace(order(service, commit), others={"score": job}, test=test)


def image_of(target: KubernetesTarget) -> str:
    """Return the image that the CronJob has."""
    path = "jsonpath={.spec.jobTemplate.spec.template.spec.containers[0].image}"
    return target.site.kubectl.run("get", "cronjob", f"{NAME}-score", f"--output={path}")


def left(target: KubernetesTarget) -> list[str]:
    """Return the pods and ConfigMaps of proofs."""
    names = target.site.kubectl.run("get", "pods,configmaps", "--output=name").split()
    return [name for name in names if "-score" in name or "candidate" in name]


def test_job_is_proven_tested_and_scheduled_and_goes_forward_and_back_with_the_service(
    project: Callable[..., KubernetesTarget],
    good: str,
    better: str,
    release: Callable[[str, str], str],
) -> None:
    target = project()

    def judge(url: str, network: str) -> None:
        values = {f"JOB_OUTPUT_{name.upper()}": at for name, at in target.outputs().items()}
        config = replace(target.site.config, tests={"acceptance": ("python3", "-c", LOOKS)})
        suites.run(target.runner(network), config, "acceptance", good, values)

    running = deploy(target, of(good, good, good), judge)
    assert (running.other_images, image_of(target), left(target)) == ({"score": good}, good, [])
    cron = target.site.kubectl.get("cronjob", f"{NAME}-score")
    assert cron
    spec = cron["spec"]["jobTemplate"]["spec"]  # 'kubectl create job --from' knows no old CronJobs
    target.site.kubectl.create({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "now"}, "spec": spec})
    target.site.kubectl.run("wait", "--for=condition=complete", "job/now", "--timeout=120s", timeout=130)
    target.site.kubectl.run("delete", "job", "now")

    with load(running.url, keeping=0, closing=2) as users:
        with pytest.raises(CheckFailedError, match="The rollout failed"):
            deploy(hurried(target), of(release("late", LATE), better, good, "2" * 40), accept)
        assert image_of(target) == good
        newer = deploy(target, of(better, better, good, "2" * 40), judge)
        assert (newer.other_images, image_of(target)) == ({"score": better}, better)
        with pytest.raises(CheckFailedError, match=r"The job ended with exit code 3\. staging holds what it held"):
            deploy(project("raise SystemExit(3)\n"), of(good, good, good, "3" * 40), accept)
        assert (target.observe(), left(target)) == (newer, [])
        deploy(target, of(good, good, good), judge)
    assert users.failed == []
    assert (image_of(target), answer_of(target.observe())["digest"]) == (good, digest(good))


def test_job_that_takes_too_long_is_stopped(project: Callable[..., KubernetesTarget], good: str, better: str) -> None:
    target = project()
    before = deploy(target, of(good, good, good))
    with pytest.raises(CheckFailedError, match="did not end within 3 s"):
        deploy(project("import time; time.sleep(600)\n", timeout=3), of(better, better, good, "2" * 40))
    assert (target.observe(), left(target)) == (before, [])


def test_project_of_jobs_alone_runs_on_a_cluster(
    make: Callable[..., KubernetesTarget], source: Source, good: str, better: str
) -> None:
    target = make(suffix="jobs-alone")
    job = Job(("python3",), sample="sample", proof=("python3", "-c", SCORES), schedule=SCHEDULE)
    site = target.site
    config = replace(site.config, job=job)
    alone = KubernetesTarget(Site(config, site.environment, site.settings, site.kubectl), source)
    for image, commit in ((good, "1" * 40), (better, "2" * 40), (good, "1" * 40)):
        running = deploy(alone, replace(order(image, commit), test=good))
        assert (running.release, running.healthy, running.url) == (image, True, "")
    end = time.monotonic() + 60
    while pods(alone) and time.monotonic() < end:
        time.sleep(1)
    assert pods(alone) == {}
