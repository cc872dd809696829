"""Waiting for a rollout, with a kubectl that says what the real one says; the kubernetes tier has the real one."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from cicd.config import Config, Environment, KubernetesSettings
from cicd.deploy.kubernetes import delivery
from cicd.deploy.kubernetes.kubectl import Kubectl
from cicd.deploy.kubernetes.rollouts import Rollouts
from cicd.errors import CheckFailedError, UnreachableError
from tests.unit.support.namespace import Namespace
from tests.unit.support.place import image

if TYPE_CHECKING:
    from pathlib import Path

LATE = """error: deployment "app" exceeded its progress deadline"""
DEPLOYMENT = """{"metadata": {"generation": 2, "labels": {"ml-cicd.environment": "staging"}},
"spec": {"replicas": 1, "selector": {"matchLabels": {"app": "app"}},
 "template": {"spec": {"containers": [{"name": "app", "image": "ghcr.io/acme/app@sha256:IMAGE"}]}}},
"status": {"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}}"""
KUBECTL = """#!/bin/sh
case "$*" in
*"get pod "*) cat {folder}/pods ;;
*--raw*) cat {folder}/health ;;
*rollout*) echo "$*" >>{folder}/asked
  if [ "$(wc -l <{folder}/asked)" -le {times} ]; then echo '{words}' >&2; exit 1; fi ;;
*deployment*) cat {folder}/deployment ;;
*) echo '{{"items": []}}' ;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the kubectl of the test is, and what it was asked."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "pods").write_text('{"items": []}')
    (tmp_path / "deployment").write_text(DEPLOYMENT.replace("IMAGE", "1" * 64))
    return tmp_path


def given(folder: Path, words: str, times: int, health_timeout: float) -> Rollouts:
    """Return a Deployment of which kubectl says this so many times, then that it is rolled out."""
    script = folder / "kubectl"
    script.write_text(KUBECTL.format(folder=folder, words=words, times=times))
    script.chmod(0o755)
    environment = Environment("staging", KubernetesSettings(), health_timeout=health_timeout)
    return Rollouts(Config("app", environments={"staging": environment}), environment, Kubectl("app"))


def wait(folder: Path, words: str, times: int, health_timeout: float) -> int:
    """Wait for the rollout, and return how often kubectl was asked for its state."""
    given(folder, words, times, health_timeout).wait()
    return len((folder / "asked").read_text().splitlines())


def test_previous_rollouts_verdict_does_not_count(folder: Path) -> None:
    assert wait(folder, LATE, 2, 60) == 3


def test_late_rollout_fails_when_time_is_over(folder: Path) -> None:
    started = time.monotonic()
    with pytest.raises(CheckFailedError, match="exceeded its progress deadline; the old release still serves"):
        wait(folder, LATE, 10_000, 0.5)
    assert time.monotonic() - started >= 0.5


def test_other_failures_end_the_wait_at_once(folder: Path) -> None:
    with pytest.raises(CheckFailedError, match="timed out waiting for the condition"):
        wait(folder, "error: timed out waiting for the condition", 10_000, 60)
    assert len((folder / "asked").read_text().splitlines()) == 1


def test_image_changed_by_hand_is_not_healthy(folder: Path) -> None:
    (folder / "deployment").write_text(DEPLOYMENT.replace("@sha256:IMAGE", ":latest"))
    with pytest.raises(CheckFailedError, match="app:latest is not named by digest"):
        wait(folder, "", 0, 60)


POD = """{"items": [{"metadata": {"name": "app-1"%s}, "spec": {"containers": [{"name": "app"}]},
"status": {"conditions": [{"type": "Ready", "status": "True"}]}}]}"""


def test_pod_of_another_digest_fails_the_rollout_at_once(folder: Path) -> None:
    (folder / "pods").write_text(POD % "")
    (folder / "health").write_text('{"digest": "sha256:another"}')
    started = time.monotonic()
    with pytest.raises(CheckFailedError, match="names the digest sha256:another"):
        wait(folder, "", 0, 600)
    assert time.monotonic() - started < 300


@pytest.mark.case("K6", "a pod is moved to another node while the rollout is judged")
def test_missing_pods_get_the_time_to_come_back(folder: Path) -> None:
    ready = (folder / "deployment").read_text()
    (folder / "deployment").write_text(ready.replace('"availableReplicas": 1', '"availableReplicas": 0'))
    threading.Timer(1, (folder / "deployment").write_text, [ready]).start()
    wait(folder, "", 0, 600)
    (folder / "deployment").write_text(ready.replace('"availableReplicas": 1', '"availableReplicas": 0'))
    with pytest.raises(CheckFailedError, match="0 of 1 pods are ready; the old release still serves"):
        wait(folder, "", 0, 0.5)


def test_deployed_is_said_when_the_pods_before_have_stopped(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rollouts = given(folder, "", 0, 60)
    (folder / "pods").write_text(POD % ', "deletionTimestamp": "2026-01-01T00:00:00Z"')
    monkeypatch.setattr(Rollouts, "seconds_to_leave", lambda *_: 0.5)
    rollouts.wait_for_leaving()
    assert (
        "have not stopped in time, and may still answer on connections that are open: app-1" in capsys.readouterr().out
    )
    monkeypatch.setattr(Rollouts, "seconds_to_leave", lambda *_: 600)
    (folder / "pods").write_text(
        (POD % ', "deletionTimestamp": "2026-01-01T00:00:00Z"').replace(
            '"status": {', '"status": {"containerStatuses": [{"state": {"terminated": {"exitCode": 0}}}], '
        )
    )
    rollouts.wait_for_leaving()
    (folder / "pods").write_text(POD % ', "deletionTimestamp": "2026-01-01T00:00:00Z"')
    timer = threading.Timer(1, (folder / "pods").write_text, ['{"items": []}'])
    timer.start()
    rollouts.wait_for_leaving()
    timer.join()
    assert capsys.readouterr().out == ""


@pytest.mark.case("K1", "an error after the switch")
def test_what_fails_after_the_deployment_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []

    def fail() -> None:
        raise UnreachableError("The cluster does not answer.", "Check it.")

    delivery.carry_out(delivery.afterwards([("wait", fail), ("remove", lambda: done.append("removed"))]))
    assert "The cluster does not answer. The next deployment does it." in capsys.readouterr().err
    assert done == ["removed"]


def test_healthy_release_gives_way_only_if_it_must() -> None:
    place = Namespace()
    place.bring(1)
    first = place.site.rollouts.before()
    place.bring(2)
    wanted, give_back = place.cluster.objects["deployment", "app"], place.site.rollouts.give_back
    assert give_back(first, wanted, healthy_too=False) == ""
    assert place.runs() == image(2), "it was healthy, and another release came before"
    assert give_back(first, wanted, healthy_too=True) == f"returned to {image(1)}"
    assert place.runs() == image(1)
    assert give_back(place.site.rollouts.before(), wanted, healthy_too=True) == "", "it runs already"
