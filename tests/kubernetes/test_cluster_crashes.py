"""The crash matrix of the kubernetes target: killed at every mark that a deployment passes, and run again."""

from __future__ import annotations

import base64
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.kubernetes.support.common import LATE, answer_of, deploy, digest, hurried, order, pods
from tests.kubernetes.support.load import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cicd.deploy.kubernetes.target import KubernetesTarget
    from cicd.deploy.target import Order

DEPLOYS = """
import base64, pickle, sys
sys.path.insert(0, {root!r})
from cicd import interrupts
from cicd.deploy import holder
from cicd.deploy.kubernetes.target import KubernetesTarget
site, order = pickle.loads(base64.b64decode({content!r}))
target = KubernetesTarget(site, None)
try:
    with interrupts.handled(), target.locked(holder.this_process("a process"), 0):
        target.apply(order, lambda url, network: None)
except KeyboardInterrupt as stop:
    sys.exit(interrupts.exit_code(stop))
"""
GOOD = ("lock", "start-candidate", "remove-candidate", "apply", "settle", "unlock")
BAD = ("undo",)
MARKS = [f"kubernetes.{change}.{when}" for change in (*GOOD, *BAD) for when in ("before", "after")]
STOPPED = ("kubernetes.start-candidate.after", "kubernetes.settle.before")
"""Where a deployment gets SIGTERM, as from a runner that cancels: with a candidate, and with the release rolled out."""


def run(target: KubernetesTarget, wanted: Order, root: Path, **variables: str) -> int:
    """Deploy a release in a process of its own; returns its exit code."""
    content = base64.b64encode(pickle.dumps((target.site, wanted))).decode()
    code = DEPLOYS.format(root=str(root), content=content)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        return subprocess.run([sys.executable, "-c", code], check=False, timeout=400).returncode


@pytest.fixture
def crashing(
    make: Callable[..., KubernetesTarget], good: str, monkeypatch: pytest.MonkeyPatch, usual_stops: None
) -> KubernetesTarget:
    """Return an environment that runs a release with one pod; its pods stop as they do outside of tests."""
    target = make(suffix="crash", replicas=1)
    if target.observe() is None:
        deploy(target, order(good))
    return target


def test_matrix_has_every_mark_of_a_deployment(
    crashing: KubernetesTarget,
    better: str,
    release: Callable[[str, str], str],
    tmp_path: Path,
    pytestconfig: pytest.Config,
) -> None:
    passed: set[str] = set()
    for number, image in enumerate((better, release("late", LATE))):
        trace = tmp_path / f"{number}"
        run(hurried(crashing), order(image), pytestconfig.rootpath, ML_CICD_CRASH_TRACE=str(trace))
        passed |= set(trace.read_text().split())
    assert passed == set(MARKS)


@pytest.mark.parametrize("mark", MARKS)
def test_r6_killed_at_a_mark_it_converges(
    crashing: KubernetesTarget,
    good: str,
    better: str,
    release: Callable[[str, str], str],
    mark: str,
    *,
    pytestconfig: pytest.Config,
) -> None:
    target, root = crashing, pytestconfig.rootpath
    running = target.observe()
    assert running is not None
    old, new = running.release, better if running.release == good else good
    killed = release("late", LATE) if mark.split(".")[1] in BAD else new
    with load(running.url, keeping=0, closing=2) as users:
        assert run(hurried(target) if killed != new else target, order(killed), root, ML_CICD_CRASH_AT=mark) == -9
        deployed = deploy(target, order(new))
    assert (deployed.release, deployed.healthy, answer_of(deployed)["digest"]) == (new, True, digest(new))
    assert list(pods(target).values()) == [digest(new)]
    assert users.failed == []
    assert set(users.digests) <= {digest(old), digest(new)}
    assert target.unlock() is None
    assert target.plan(order(new)) == []
    print(f"{mark:36} killed; run again: converged, {users.digests.total():5} answers, 0 failed")


@pytest.mark.parametrize("mark", STOPPED)
def test_deployment_that_is_stopped_cleans_up_and_converges(
    crashing: KubernetesTarget, good: str, better: str, mark: str, pytestconfig: pytest.Config
) -> None:
    target = crashing
    running = target.observe()
    assert running is not None
    old, new = running.release, better if running.release == good else good
    stop = {"ML_CICD_CRASH_AT": mark, "ML_CICD_CRASH_SIGNAL": "SIGTERM"}
    assert run(target, order(new), pytestconfig.rootpath, **stop) == 143
    left = target.observe()
    assert left is not None
    assert (left.release, left.healthy, list(pods(target).values())) == (old, True, [digest(old)])
    assert target.unlock() is None
    assert deploy(target, order(new)).release == new
    assert list(pods(target).values()) == [digest(new)]
