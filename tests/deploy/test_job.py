"""A batch job on the real engine: a release is held after it was run once; a bad one leaves what was held before."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd.config import Config, DockerSettings, Environment, Job, JobDeliverable
from cicd.deploy.docker.job import JobTarget
from cicd.deploy.docker.site import Site
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import images
from cicd.produce import suites
from tests.deploy.support.tiny import accept, order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import docker

    from cicd.forge.machine.services import Services

COMMAND = ("python3", "/job.py", "score")
JOB = """
import os, sys
from pathlib import Path
rows = Path(os.environ["ML_CICD_SAMPLE"], "rows.csv").read_text().split()
print(sys.argv[1:], "scored", len(rows), "rows in", os.environ["ML_CICD_ENVIRONMENT"], os.environ["LEVEL"])
print(open("/run/secrets/KEY").read() == "a secret")
"""


@pytest.fixture(scope="module")
def build(
    client: docker.DockerClient, own_services: Services, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., str]:
    def built(label: str, ending: str = "") -> str:
        folder = tmp_path_factory.mktemp(label)
        (folder / "job.py").write_text(JOB + ending)
        (folder / "Dockerfile").write_text('ARG BASE\nFROM ${BASE}\nCOPY job.py /\nUSER 10001\nCMD ["never"]\n')
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ML_CICD_BASE", own_services.base)
            image = images.build(folder, folder / "Dockerfile", tag=f"ml-cicd-test/job:{label}")
        return images.push(client, image, f"{own_services.registry}/ml-cicd-test-job", label)

    return built


@pytest.fixture(scope="module")
def good(build: Callable[..., str]) -> str:
    return build("good")


@pytest.fixture(scope="module")
def better(build: Callable[..., str]) -> str:
    return build("better", "print('better')\n")


@pytest.fixture
def target(
    client: docker.DockerClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., JobTarget]]:
    monkeypatch.setenv("APP_SECRETS", '{"KEY": "a secret"}')
    name = f"job-{uuid.uuid4().hex[:6]}"
    (tmp_path / "sample").mkdir(mode=0o700)
    (tmp_path / "sample" / "rows.csv").write_text("1\n2\n3\n")

    @contextmanager
    def unpacked(commit: str, path: str) -> Iterator[Path]:
        yield tmp_path / path

    def make(
        *, retain: int = 5, timeout: float = 60, proof: tuple[str, ...] = COMMAND, jobs: tuple[JobDeliverable, ...] = ()
    ) -> JobTarget:
        job = Job(("python3", "/job.py", "all"), sample="sample", proof=proof, timeout=timeout)
        environment = Environment("staging", retain=retain, variables={"LEVEL": "info"}, secrets=("KEY",))
        config = Config(name, job=job, jobs=jobs, environments={"staging": environment})
        return JobTarget(Site(client, config, environment, DockerSettings()), unpacked)

    yield make
    for container in client.containers.list(all=True, filters={"label": f"ml-cicd.project={name}"}):
        container.remove(force=True)


def containers(target: JobTarget) -> dict[str, list[str]]:
    """Return the releases of all containers of the project, by status."""
    found: dict[str, list[str]] = {}
    for container in target.site.client.containers.list(
        all=True, filters={"label": f"ml-cicd.project={target.site.config.name}"}
    ):
        found.setdefault(container.status, []).append(container.labels["ml-cicd.release"])
    return found


def test_a_release_is_held_after_it_was_run_once(
    target: Callable[..., JobTarget], good: str, capfd: pytest.CaptureFixture[str]
) -> None:
    job = target()
    assert job.observe() is None
    asked = []
    running = job.apply(order(good), lambda *place: asked.append(place))
    assert "['score'] scored 3 rows in staging info\nTrue\n" in capfd.readouterr().out
    assert (running.release, running.commit, running.entry, running.url) == (good, "1" * 40, "integration/1@abc", "")
    assert job.observe() == running
    assert (containers(job), asked) == ({"exited": [good]}, [("", "bridge")])


@pytest.mark.parametrize(
    ("ending", "timeout", "message"),
    [
        ("sys.exit(3)\n", 60, "The job ended with exit code 3. staging holds what it held before"),
        ("import time; time.sleep(600)\n", 2, "did not end within 2 s"),
    ],
)
def test_a_bad_release_leaves_what_was_held(
    target: Callable[..., JobTarget], build: Callable[..., str], good: str, *, ending: str, timeout: float, message: str
) -> None:
    before = target().apply(order(good), accept)
    with pytest.raises(CheckFailedError, match=message):
        target(timeout=timeout).apply(order(build("bad", ending), "2" * 40), accept)
    assert target().observe() == before
    assert containers(target()) == {"exited": [good]}


def test_a_release_without_the_command_is_a_failed_deployment(
    target: Callable[..., JobTarget], good: str, better: str
) -> None:
    target().apply(order(good), accept)
    with pytest.raises(CheckFailedError, match=r"nope.*holds what it held before"):
        target(proof=("nope",)).apply(order(better), accept)
    assert containers(target()) == {"exited": [good]}


def test_refused_by_its_tests_a_release_is_not_held(target: Callable[..., JobTarget], good: str, better: str) -> None:
    def refuse(url: str, network: str) -> None:
        raise CheckFailedError("The acceptance tests failed.", "Correct them.")

    before = target().apply(order(good), accept)
    with pytest.raises(CheckFailedError, match="acceptance"):
        target().apply(order(better), refuse)
    assert (target().observe(), containers(target())) == (before, {"exited": [good]})


LEAVES = """
output = Path(os.environ["ML_CICD_OUTPUT"], "deep")
output.mkdir()
(output / "scores.csv").write_text("1,0.5")
(output / "scores.csv").chmod(0o600)
(output / "last.csv").symlink_to("scores.csv")
"""
LOOKS = """
import os, pathlib
for name in ("JOB_OUTPUT", "JOB_OUTPUT_SECOND"):
    assert pathlib.Path(os.environ[name], "deep/last.csv").read_text() == "1,0.5", name
"""
SECOND = JobDeliverable("second", Job(("python3", "/job.py", "second"), sample="sample"))


def test_tests_find_what_each_job_left(
    target: Callable[..., JobTarget], build: Callable[..., str], good: str, capfd: pytest.CaptureFixture[str]
) -> None:
    job, image = target(jobs=(SECOND,)), build("leaves", LEAVES)

    def judge(url: str, network: str) -> None:
        values = {f"JOB_OUTPUT{'_' if name else ''}{name.upper()}": at for name, at in job.outputs().items()}
        suite = replace(job.site.config, tests={"acceptance": ("python3", "-c", LOOKS)})
        suites.run(job.runner(network), suite, "acceptance", good, values)

    running = job.apply(replace(order(image), others={"second": image}), judge)
    assert running.other_images == {"second": image}
    assert (job.observe(), job.outputs()) == (running, {})
    assert "['second'] scored 3 rows" in capfd.readouterr().out
    with pytest.raises(CheckFailedError, match="The acceptance tests failed"):
        job.apply(replace(order(image, "2" * 40), others={"second": good}), judge)
    assert job.observe() == running


def test_one_bad_job_of_two_leaves_what_was_held(
    target: Callable[..., JobTarget], build: Callable[..., str], good: str
) -> None:
    job = target(jobs=(SECOND,))
    before = job.apply(replace(order(good), others={"second": good}), accept)
    with pytest.raises(CheckFailedError, match="The job ended with exit code 3"):
        job.apply(replace(order(good, "2" * 40), others={"second": build("bad", "sys.exit(3)\n")}), accept)
    assert (job.observe(), containers(job)) == (before, {"exited": [good, good]})


def test_going_back_proves_the_older_release_again(
    target: Callable[..., JobTarget], good: str, better: str, capfd: pytest.CaptureFixture[str]
) -> None:
    job = target(retain=1)
    for image in (good, better):
        job.apply(order(image), accept)
    assert [release.release for release in job.retained()] == [good]
    capfd.readouterr()
    assert job.apply(order(good), accept).release == good
    assert "scored 3 rows" in capfd.readouterr().out
    held = job.observe()
    assert held
    assert (held.release, [release.release for release in job.retained()]) == (good, [better])


def test_plan_is_what_is_done(target: Callable[..., JobTarget], good: str, capfd: pytest.CaptureFixture[str]) -> None:
    job = target()
    planned = job.plan(order(good))
    assert containers(job) == {}
    capfd.readouterr()
    job.apply(order(good), accept)
    printed = capfd.readouterr().out.split("\n")
    assert [line for line in printed if line in planned] == planned


def test_without_its_secrets_nothing_is_changed(
    target: Callable[..., JobTarget], good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("APP_SECRETS")
    with pytest.raises(UsageError, match="staging has secrets"):
        target().apply(order(good), accept)
    assert containers(target()) == {}
