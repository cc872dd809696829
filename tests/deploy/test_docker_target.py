"""The Docker target against the real engine: a release serves when it is healthy and accepted; else the old one."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

from cicd import containers
from cicd.deploy.docker import DockerTarget
from cicd.deploy.target import Order, Running
from cicd.errors import CheckFailedError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import docker

    from cicd.config import Config

CRASH = "raise SystemExit(3)\n"
HANG = "import time\ntime.sleep(60)\n"
SICK = "import os\nos.environ['ML_CICD_DIGEST'] = 'sha256:another'\n"
DEAF = "import signal as s\ns.signal = lambda *_: None\n"


def order(image: str, commit: str = "1" * 40) -> Order:
    return Order(image, commit, "integration/1@abc", "", "somebody")


def accept(url: str, network: str) -> None:
    """Everything is accepted."""


@pytest.fixture(scope="module")
def good(release: Callable[[str, str], str]) -> str:
    return release("good", "")


@pytest.fixture(scope="module")
def better(release: Callable[[str, str], str]) -> str:
    return release("better", "# better\n")


@pytest.fixture
def target(client: docker.DockerClient, config: Config) -> Iterator[DockerTarget]:
    yield DockerTarget(client, config, config.environment("staging"))
    labels = [f"{containers.PROJECT}={config.name}", f"{containers.ROLE}=service"]
    for container in client.containers.list(all=True, filters={"label": labels}):
        container.remove(force=True)


def names(target: DockerTarget) -> set[str]:
    """The service containers that there are, without the project's name."""
    labels = [f"{containers.PROJECT}={target.config.name}", f"{containers.ROLE}=service"]
    found = target.client.containers.list(all=True, filters={"label": labels})
    return {str(one.name).removeprefix(f"{target.config.name}-") for one in found}


def prediction(running: Running) -> float:
    with urllib.request.urlopen(f"{running.url}/predict/2", timeout=5) as answer:
        return float(json.load(answer)["prediction"])


def test_a_release_comes_up_and_answers_at_its_url(target: DockerTarget, good: str) -> None:
    running = target.apply(order(good), accept)
    assert (running.release, running.commit, running.healthy) == (good, "1" * 40, True)
    assert prediction(running) == 3
    assert target.observe() == running


def test_a_new_release_replaces_the_old_one_only_after_it_was_accepted(
    target: DockerTarget, good: str, better: str
) -> None:
    old = target.apply(order(good), accept)
    served_while_judging = []

    def judge(url: str, network: str) -> None:
        served_while_judging.append((prediction(old), names(target)))

    new = target.apply(order(better, "2" * 40), judge)
    assert served_while_judging == [(3, {"staging", "staging-candidate"})]
    assert new.release == better
    assert names(target) == {"staging"}


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (CRASH, "ended with exit code 3"),
        (HANG, "not healthy within 5 s"),
        (SICK, "names the digest sha256:another"),
    ],
    ids=["crashes", "hangs", "names another digest"],
)
def test_a_bad_release_is_taken_down_and_the_old_one_serves_on(
    target: DockerTarget, release: Callable[[str, str], str], good: str, lines: str, reason: str
) -> None:
    old = target.apply(order(good), accept)
    bad = release("bad", lines)
    started = time.monotonic()
    with pytest.raises(CheckFailedError, match=reason):
        target.apply(order(bad, "2" * 40), accept)
    assert time.monotonic() - started < target.environment.health_timeout + 2 + 10  # 10: a busy machine
    assert target.observe() == old
    assert names(target) == {"staging"}


def test_a_release_that_is_not_accepted_is_taken_down(target: DockerTarget, good: str, better: str) -> None:
    def judge(url: str, network: str) -> None:
        raise CheckFailedError("the tests failed")

    old = target.apply(order(good), accept)
    with pytest.raises(CheckFailedError, match="the tests failed"):
        target.apply(order(better, "2" * 40), judge)
    assert target.observe() == old
    assert names(target) == {"staging"}


def test_the_first_release_of_all_may_fail_and_leaves_nothing(
    target: DockerTarget, release: Callable[[str, str], str]
) -> None:
    with pytest.raises(CheckFailedError):
        target.apply(order(release("bad", CRASH)), accept)
    assert target.observe() is None
    assert names(target) == set()


def test_an_interrupted_deployment_leaves_the_old_release(target: DockerTarget, good: str, better: str) -> None:
    def interrupt(url: str, network: str) -> None:
        raise KeyboardInterrupt

    old = target.apply(order(good), accept)
    with pytest.raises(KeyboardInterrupt):
        target.apply(order(better, "2" * 40), interrupt)
    assert target.observe() == old
    assert names(target) == {"staging"}


def test_the_same_release_again_restarts_nothing_but_is_judged(target: DockerTarget, good: str) -> None:
    judged = []
    target.apply(order(good), accept)
    identity = target.client.containers.get(target.name).id
    target.apply(order(good), lambda url, network: judged.append((url, network)))
    assert target.client.containers.get(target.name).id == identity
    assert judged == [(f"http://{target.name}:8000", f"ml-cicd-{target.name}")]


def test_a_service_that_ignores_sigterm_is_ended_all_the_same(
    target: DockerTarget, release: Callable[[str, str], str], good: str
) -> None:
    target.apply(order(release("deaf", DEAF)), accept)
    assert target.apply(order(good, "2" * 40), accept).release == good
    assert names(target) == {"staging"}


def test_two_environments_do_not_meet(
    client: docker.DockerClient, config: Config, target: DockerTarget, good: str, better: str
) -> None:
    other = DockerTarget(client, config, config.environment("production"))
    first, second = target.apply(order(good), accept), other.apply(order(better), accept)
    assert (target.observe(), other.observe()) == (first, second)
    assert first.url != second.url


def test_a_second_deployment_is_refused_with_the_holders_name(target: DockerTarget, good: str, better: str) -> None:
    target.apply(order(good), accept)

    def meanwhile(url: str, network: str) -> None:
        with pytest.raises(RefusedError, match="under way: by somebody"):
            target.apply(order(good, "3" * 40), accept)

    assert target.apply(order(better, "2" * 40), meanwhile).release == better


DIES = """
import os, signal, sys
sys.path.insert(0, {root!r})
from cicd import engine
from cicd.config import Config, Environment
from cicd.deploy.docker import DockerTarget
from cicd.deploy.target import Order
config = Config({name!r}, environments={{"staging": Environment("staging", health_timeout=5, stop_timeout=1)}})
target = DockerTarget(engine.connect(), config, config.environment("staging"))
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
{where}
target.apply(Order({image!r}, "2" * 40, "", "", "a dead process"), lambda url, network: None)
"""


BETWEEN_RENAMES = """
from docker.models.containers import Container
rename = Container.rename
Container.rename = lambda self, name: rename(self, name) if name.endswith("-old") else die()
"""


@pytest.mark.parametrize(
    "where",
    [
        "DockerTarget._wait = die",
        "DockerTarget._switch = die",
        BETWEEN_RENAMES,
        "DockerTarget._retire = lambda self, calls=[]: die() if calls else calls.append(1)",
    ],
    ids=["while it waits for health", "before the switch", "between the two renames", "before the old one goes"],
)
def test_a_killed_deployment_blocks_nobody_and_the_next_one_converges(
    target: DockerTarget, good: str, better: str, where: str, pytestconfig: pytest.Config
) -> None:
    target.apply(order(good), accept)
    root = str(pytestconfig.rootpath)
    code = DIES.format(root=root, name=target.config.name, image=better, where=where)
    died = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert died.returncode == -9, died.stderr
    running = target.apply(order(better, "2" * 40), accept)
    assert (running.release, running.healthy) == (better, True)
    assert names(target) == {"staging"}


def test_a_candidate_of_another_machine_is_never_taken_for_dead(
    target: DockerTarget, good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getpid", lambda: 2**22 + 1)
    elsewhere = target._start(order(good), target._network())
    with monkeypatch.context() as patch:
        patch.setattr(socket, "gethostname", lambda: "another-machine")
        with pytest.raises(RefusedError, match="under way"):
            target.apply(order(good), accept)
    assert target.apply(order(good), accept).healthy
    assert elsewhere.id not in {one.id for one in target.client.containers.list(all=True)}


def test_project_code_sees_neither_token_nor_socket_nor_the_jobs_environment(
    client: docker.DockerClient, config: Config, good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_TOKEN", "REGISTRY_TOKEN", "APP_SECRETS"):
        monkeypatch.setenv(name, "must-not-be-seen")
    code = (
        "import os, socket\n"
        "print(sorted(os.environ))\n"
        "print(os.path.exists('/var/run/docker.sock'), os.getuid())\n"
        "try:\n    socket.create_connection(('1.1.1.1', 53), 1)\nexcept OSError:\n    print('no network')"
    )
    said: list[bytes] = []
    labels = {containers.PROJECT: config.name}
    done = containers.run(client, good, ["python3", "-c", code], labels=labels, network="none", say=said.append)
    output = b"".join(said).decode()
    assert done.exit_code == 0, output
    assert not {"GITHUB_TOKEN", "REGISTRY_TOKEN", "APP_SECRETS"} & set(output.split("'"))
    assert "False 10001\nno network" in output
    assert os.environ["GITHUB_TOKEN"] == "must-not-be-seen"
