"""The crash matrix of the kubernetes target: killed at every mark that a deployment passes, and run again."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.kubernetes.support.common import LATE, answer_of, deploy, digest, order, pods
from tests.kubernetes.support.load import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cicd.deploy.kubernetes.target import KubernetesTarget

DEPLOYS = """
import sys
sys.path.insert(0, {root!r})
from cicd.config import Config, Environment, KubernetesSettings, Service
from cicd.deploy import holder
from cicd.deploy.kubernetes.kubectl import Kubectl
from cicd.deploy.kubernetes.site import Site
from cicd.deploy.kubernetes.target import KubernetesTarget
from cicd.deploy.target import Order
config = {config!r}
site = Site(config, {environment!r}, {settings!r}, Kubectl({namespace!r}))
target = KubernetesTarget(site, None)
with target.locked(holder.this_process("a process"), 0):
    target.apply({order!r}, lambda url, network: None)
"""


def run(target: KubernetesTarget, image: str, root: Path, **variables: str) -> int:
    """Deploy `image` in a process of its own; returns its exit code."""
    code = DEPLOYS.format(
        root=str(root),
        config=target.site.config,
        environment=target.site.environment,
        settings=target.site.settings,
        namespace=target.site.kubectl.namespace,
        order=order(image),
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        return subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode


def traced(target: KubernetesTarget, image: str, root: Path, trace: Path) -> list[str]:
    """Return the marks that a deployment passes, without those of the namespace, which is created once."""
    run(target, image, root, ML_CICD_CRASH_TRACE=str(trace))
    return [mark for mark in trace.read_text().split() if "namespace" not in mark]


def test_r6_killed_at_every_mark_it_converges(
    make: Callable[..., KubernetesTarget],
    good: str,
    better: str,
    release: Callable[[str, str], str],
    *,
    tmp_path: Path,
    pytestconfig: pytest.Config,
) -> None:
    target, root = make(suffix="crash", replicas=1), pytestconfig.rootpath
    bad = release("late", LATE)
    marks = dict.fromkeys(traced(target, good, root, tmp_path / "good"), "")
    marks |= {mark: bad for mark in traced(target, bad, root, tmp_path / "bad") if mark not in marks}
    assert len(marks) > 10
    assert {"kubernetes.undo.before", "kubernetes.undo.after"} <= set(marks)
    table, old, new = [], good, better
    for mark, only in marks.items():
        running = target.observe()
        assert running is not None
        with load(running.url, keeping=0, closing=2) as users:
            assert run(target, only or new, root, ML_CICD_CRASH_AT=mark) == -9, mark
            deployed = deploy(target, order(new))
        assert (deployed.release, deployed.healthy, answer_of(deployed)["digest"]) == (new, True, digest(new)), mark
        assert list(pods(target).values()) == [digest(new)], mark
        assert users.failed == [], mark
        assert set(users.digests) <= {digest(old), digest(new)}, mark
        assert target.unlock() is None, mark
        assert target.plan(order(new)) == [], mark
        table.append(f"{mark:36} killed; run again: converged, {users.digests.total():5} answers, 0 failed")
        old, new = new, old
    print("\n".join(table))
