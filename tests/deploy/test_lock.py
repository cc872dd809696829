"""R5: the target's own lock is the mutex, also between machines; a dead holder's lock is recovered."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import labels as names
from cicd.deploy import holder as holders
from cicd.errors import RefusedError
from tests.deploy.support.tiny import accept, digest, order, serves, state

if TYPE_CHECKING:
    from cicd.deploy.docker.target import DockerTarget
    from cicd.deploy.holder import Holder

ME = holders.this_process("ada", "https://example.org/runs/1")
ELSEWHERE = replace(holders.this_process("bob"), where="another-machine")


def test_second_deployment_learns_the_holders_name(target: DockerTarget) -> None:
    with target.locked(ME, 0):
        for other in (holders.this_process("eve"), ELSEWHERE):
            with pytest.raises(RefusedError) as refused, target.locked(other, 0):
                pytest.fail("two hold the lock")
            assert f"by ada on {socket.gethostname()}, process {os.getpid()}" in refused.value.message
            assert "https://example.org/runs/1" in refused.value.message
            assert "ml-cicd unlock staging" in refused.value.hint
    assert state(target) == ([], [], set())


def test_second_deployment_waits_for_the_first(target: DockerTarget, capsys: pytest.CaptureFixture[str]) -> None:
    order_of_events: list[str] = []
    taken = threading.Event()

    def first() -> None:
        with target.locked(ELSEWHERE, 0):
            taken.set()
            time.sleep(1)
            order_of_events.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    taken.wait()
    with target.locked(ME, 30):
        order_of_events.append("second")
    thread.join()
    assert order_of_events == ["first", "second"]
    assert "by bob on another-machine" in capsys.readouterr().err


def test_one_of_many_holds_the_lock(target: DockerTarget) -> None:
    inside, most, refused = [], [], []

    def deploy_once() -> None:
        try:
            with target.locked(ME, 0):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.2)
                inside.pop()
        except RefusedError as error:
            refused.append(error)

    threads = [threading.Thread(target=deploy_once) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert len(most) + len(refused) == 6


HOLDS = """
import os, signal, sys
sys.path.insert(0, {root!r})
from cicd.config import Config, DockerSettings, Environment
from cicd.deploy import holder
from cicd.deploy.docker.site import Site
from cicd.deploy.docker.target import DockerTarget
from cicd.oci import engine
config = Config({name!r}, environments={{"staging": Environment("staging")}})
site = Site(engine.connect(), config, config.environment("staging"), DockerSettings())
with DockerTarget(site).locked(holder.this_process("dead"), 0):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_lock_of_a_killed_process_is_recovered(target: DockerTarget, pytestconfig: pytest.Config) -> None:
    code = HOLDS.format(root=str(pytestconfig.rootpath), name=target.site.config.name)
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    assert state(target)[2] == {f"{target.site.name}-lock"}
    with target.locked(ME, 0):
        pass
    assert state(target)[2] == set()


def test_reused_process_id_is_another_holder(target: DockerTarget) -> None:
    pid, _, space = ME.process.split("@")
    assert target._lock.take(replace(ME, process=f"{pid}@1@{space}"))
    with target.locked(ME, 0):
        pass


def test_only_a_person_unlocks_another_machines_lock(target: DockerTarget) -> None:
    gone = replace(ELSEWHERE, process="999999@1@elsewhere")
    assert target._lock.take(gone)
    with pytest.raises(RefusedError, match="by bob on another-machine, process 999999"), target.locked(ME, 0):
        pass
    assert target.unlock() == gone
    assert target.unlock() is None
    with target.locked(ME, 0):
        pass


def test_two_machines_deploy_one_after_another(target: DockerTarget, good: str, better: str) -> None:
    done: list[str] = []

    def deploy(holder: Holder, image: str, commit: str) -> None:
        with target.locked(holder, 60):
            target.apply(order(image, commit), accept)
            done.append(image)

    threads = [
        threading.Thread(target=deploy, args=arguments)
        for arguments in ((ME, good, "1" * 40), (ELSEWHERE, better, "2" * 40))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == sorted([good, better])
    assert state(target) == ([done[1]], [done[0]], set())
    assert serves(target.observe()) == digest(done[1])


@pytest.mark.case("K6", "a deployment removes the lock of another")
def test_removal_spares_a_later_lock(target: DockerTarget) -> None:
    lock = target._lock
    dead = lock.take(ELSEWHERE)
    lock.remove(dead)
    living = lock.take(ME)
    lock.remove(dead)
    current = lock.find()
    assert current is not None
    assert (current.holder, current.identity) == (ME, living)
    lock.remove(living)
    assert lock.find() is None


@pytest.mark.case("K6", "the lock of a deployment is pruned")
def test_pruned_lock_stops_the_deployment_before_its_switch(target: DockerTarget, good: str, better: str) -> None:
    """`docker container prune` removes a lock, since its container was never started; the old release serves on."""
    target.apply(order(good), accept)
    with target.locked(ME, 0) as check:

        def judge(url: str, network: str) -> None:
            accept(url, network)
            ours = [f"{names.ROLE}={names.LOCK}", f"{names.PROJECT}={target.site.config.name}"]
            target.site.client.containers.prune(filters={"label": ours})
            check()

        with pytest.raises(RefusedError, match="was removed while this deployment held it; nobody holds it now"):
            target.apply(order(better), judge)
        assert serves(target.observe()) == digest(good)
        with target.locked(ELSEWHERE, 0) as other:
            other()
            with pytest.raises(RefusedError, match="bob on another-machine"):
                check()
