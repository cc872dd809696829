"""The promises R1 to R10 on a real cluster, as far as they apply there; two pods serve."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from cicd import processes
from cicd.deploy import holder
from cicd.deploy.holder import Holder
from cicd.errors import CheckFailedError, RefusedError
from tests.kubernetes.support.common import (
    CRASH,
    ERROR,
    KEEPS,
    LATE,
    MUTE,
    SICK,
    answer_of,
    deploy,
    digest,
    hurried,
    order,
    pods,
)
from tests.kubernetes.support.load import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.deploy.kubernetes.target import KubernetesTarget
    from cicd.deploy.target import Running


def test_r1_accepted_digest_runs(
    make: Callable[..., KubernetesTarget], running: Running, target: KubernetesTarget, good: str
) -> None:
    production = make("production")
    deployed = deploy(production, order(running.release))
    assert deployed.release == running.release == good
    assert set(pods(target).values()) == set(pods(production).values()) == {digest(good)}
    assert len(pods(production)) == 2
    assert answer_of(deployed)["digest"] == digest(good)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (CRASH, "ended with exit code 3"),
        (ERROR, "not healthy within 8 s"),
        (MUTE, "not healthy within 8 s"),
        (SICK, "names the digest sha256:another"),
        (LATE, "The rollout failed"),
    ],
    ids=["crashes", "answers nothing", "hangs", "names another digest", "is bad in the rollout alone"],
)
def test_r2_r3_bad_image_answers_nobody(
    target: KubernetesTarget,
    running: Running,
    release: Callable[[str, str], str],
    lines: str,
    reason: str,
) -> None:
    bad, before = release("bad", lines), pods(target)
    with load(running.url) as users, pytest.raises(CheckFailedError, match=reason):
        deploy(hurried(target), order(bad, "2" * 40))
    assert set(users.digests) == {digest(running.release)}
    assert users.failed == []
    assert target.observe() == running
    assert pods(target) == before


def test_failed_first_release_leaves_nothing_serving(
    make: Callable[..., KubernetesTarget], release: Callable[[str, str], str]
) -> None:
    first = make(suffix="first")
    for lines in (CRASH, LATE):
        with pytest.raises(CheckFailedError):
            deploy(hurried(first), order(release("bad", lines)))
        assert first.observe() is None
        end = time.monotonic() + 60
        while pods(first) and time.monotonic() < end:
            time.sleep(1)  # the cluster removes them after their Deployment
        assert pods(first) == {}


def test_rejected_release_is_never_rolled_out(target: KubernetesTarget, running: Running, better: str) -> None:
    def judge(url: str, network: str) -> None:
        raise CheckFailedError("the tests failed")

    with pytest.raises(CheckFailedError, match="the tests failed"):
        deploy(target, order(better, "2" * 40), judge)
    assert target.observe() == running


@pytest.mark.usefixtures("usual_stops")
def test_r4_no_request_fails(make: Callable[..., KubernetesTarget], release: Callable[[str, str], str]) -> None:
    target = make(suffix="users")
    first, second = (release(f"keeps-{n}", f"{KEEPS}# {n}\n") for n in "12")
    bad = release("bad", LATE)
    deploy(target, order(release("good", "")))
    running = deploy(target, order(first))
    answer_of(running)
    with load(running.url) as users:
        deploy(target, order(second, "2" * 40))
        with pytest.raises(CheckFailedError):
            deploy(hurried(target), order(bad, "3" * 40))
        assert target.retained()[0].release == first
        deploy(target, order(first))
    answers = sum(users.digests.values())
    print(f"{answers} answers, {len(users.failed)} failed requests")
    assert users.failed == []
    assert answers > 1000
    assert set(users.digests) == {digest(first), digest(second)}


def test_r5_second_deployment_learns_the_holders_name(target: KubernetesTarget, running: Running, good: str) -> None:
    message = f"under way, by somebody on .*, process {os.getpid()} .*/run/1"
    first = holder.this_process("somebody", "https://example.com/run/1")
    with target.locked(first, 0), pytest.raises(RefusedError, match=message):
        deploy(target, order(good))
    assert deploy(target, order(good)) == running


def test_r5_second_deployment_waits_its_time(target: KubernetesTarget, running: Running) -> None:
    first = target.locked(holder.this_process("somebody"), 0)
    first.__enter__()
    started = time.monotonic()
    with pytest.raises(RefusedError), target.locked(holder.this_process("another"), 2):
        pass
    assert time.monotonic() - started >= 2
    first.__exit__(None, None, None)
    with target.locked(holder.this_process("another"), 0):
        pass


def test_r5_only_a_local_dead_holder_is_recovered(target: KubernetesTarget, running: Running) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    stat = f"{child.pid}@{processes.start_time(child.pid)}@{processes.pid_namespace()}"
    dead = Holder("a dead process", holder.this_process("x").where, stat)
    first = target.locked(dead, 0)
    first.__enter__()
    with pytest.raises(RefusedError, match="a dead process"), target.locked(holder.this_process("another"), 0):
        pass
    child.send_signal(signal.SIGKILL)
    child.wait()
    with target.locked(holder.this_process("another"), 0):
        pass
    elsewhere = target.locked(Holder("a colleague", "another-machine", stat), 0)
    elsewhere.__enter__()
    with pytest.raises(RefusedError, match="a colleague on another-machine"):
        deploy(target, order(running.release))
    assert target.unlock() == Holder("a colleague", "another-machine", stat)
    assert target.unlock() is None
    assert deploy(target, order(running.release)) == running


def test_r6_same_release_is_only_tested_again(target: KubernetesTarget, running: Running, good: str) -> None:
    before, judged = pods(target), []
    assert target.plan(order(good)) == []
    assert deploy(target, order(good), lambda url, network: judged.append(url)) == running
    assert pods(target) == before
    assert len(judged) == 1


def test_r9_plan_is_what_is_done(
    make: Callable[..., KubernetesTarget], good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = make(suffix="fresh", replicas=1)
    planned = fresh.plan(order(good))
    assert fresh.site.kubectl.get("namespace", fresh.site.kubectl.namespace) is None
    capsys.readouterr()
    deploy(fresh, order(good))
    assert capsys.readouterr().out.splitlines() == planned
    assert planned[0] == f"create the namespace {fresh.site.kubectl.namespace}"


def test_r10_change_by_hand_is_seen(target: KubernetesTarget, running: Running, better: str) -> None:
    name = target.site.config.name
    target.site.kubectl.run("set", "image", f"deployment/{name}", f"{name}={better}")
    target.site.kubectl.run("rollout", "status", f"deployment/{name}", timeout=60)
    running_now = target.observe()
    assert running_now is not None
    assert running_now.release == better != running.release
    assert not running_now.healthy
    assert f"names the digest {digest(running.release)}" in running_now.detail
    assert deploy(target, order(running.release)) == running


def test_rollback_goes_to_a_retained_release(target: KubernetesTarget, running: Running, better: str) -> None:
    deploy(target, order(better, "2" * 40))
    kept = target.retained()
    assert kept[0].release == running.release
    assert (kept[0].commit, kept[0].entry, kept[0].after) == (running.commit, running.entry, running.after)
    assert deploy(target, order(kept[0].release)) == running
    assert target.retained()[0].release == better
