"""Waiting for a rollout, with a kubectl that says what the real one says; the kubernetes tier has the real one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from cicd.config import Config, Environment, KubernetesSettings
from cicd.deploy.kubernetes.kubectl import Kubectl
from cicd.deploy.kubernetes.rollouts import Rollouts
from cicd.errors import CheckFailedError

if TYPE_CHECKING:
    from pathlib import Path

LATE = """error: deployment "app" exceeded its progress deadline"""
DEPLOYMENT = """{"metadata": {"generation": 2, "labels": {"ml-cicd.environment": "staging"}},
"spec": {"replicas": 1, "selector": {"matchLabels": {"app": "app"}},
 "template": {"spec": {"containers": [{"name": "app", "image": "ghcr.io/acme/app@sha256:IMAGE"}]}}},
"status": {"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}}"""
KUBECTL = """#!/bin/sh
case "$*" in
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
    (tmp_path / "deployment").write_text(DEPLOYMENT.replace("IMAGE", "1" * 64))
    return tmp_path


def wait(folder: Path, words: str, times: int, health_timeout: float) -> int:
    """Wait for a rollout of which kubectl says this so many times, then that it is done; how often it was asked."""
    script = folder / "kubectl"
    script.write_text(KUBECTL.format(folder=folder, words=words, times=times))
    script.chmod(0o755)
    environment = Environment("staging", KubernetesSettings(), health_timeout=health_timeout)
    Rollouts(Config("app", environments={"staging": environment}), environment, Kubectl("app")).wait()
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
