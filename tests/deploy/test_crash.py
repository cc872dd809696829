"""R6: a deployment that is killed between any two of its steps serves nothing bad, and run again it converges.

The steps are not listed here: a traced run tells them.
"""

from __future__ import annotations

import os
import signal
import urllib.error
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from cicd import interrupts
from cicd.deploy import holder
from cicd.errors import CheckFailedError
from cicd.oci import engine
from cicd.printers import terminal
from tests.deploy.support.tiny import accept, configured, digest, get, order, state, sweep

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.deploy.docker.target import DockerTarget
    from cicd.deploy.target import Order

ENDS = {"SIGKILL": -signal.SIGKILL, "SIGINT": 130, "SIGTERM": 143}
"""The exit code of a deployment that gets the signal, as `subprocess` shows it."""
ENDED = {0: "ended", 1: "failed", -signal.SIGKILL: "killed", 130: "stopped", 143: "terminated"}


def in_child(target: DockerTarget, wanted: Order, **marks: str) -> int:
    """Deploy in a process of its own, which may die at a mark; how it ended."""
    pid = os.fork()
    if pid == 0:
        code = 1
        with suppress(BaseException):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.environ.update({f"ML_CICD_CRASH_{name.upper()}": value for name, value in marks.items()})
            code = deploy(replace(target, site=replace(target.site, client=engine.connect())), wanted)
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def deploy(target: DockerTarget, wanted: Order) -> int:
    """Deploy under the lock; the exit code."""
    try:
        with interrupts.handled(), target.locked(holder.this_process("somebody"), 0):
            target.apply(wanted, accept)
    except CheckFailedError:
        return 1
    except KeyboardInterrupt as stop:
        return interrupts.exit_code(stop)
    return 0


@dataclass
class Scenario:
    """Deployments of one kind, one after another: what is wanted, and what may be served meanwhile."""

    target: DockerTarget
    good: str
    better: str
    bad: str
    kind: str
    number: int = 0

    def begin(self) -> None:
        """Have what this kind of deployment starts from."""
        if self.kind == "first deployment":
            sweep(self.target.site.client)
        elif not self.number:
            self.apply(self.good)
            if self.kind == "rollback":
                self.apply(self.better)
                self.number += 1

    def apply(self, image: str) -> None:
        self.target.apply(order(image, commit="c" * 40), accept)

    @property
    def wanted(self) -> Order:
        """What is deployed this time."""
        kind = self.kind.partition(",")[0]
        images = {"first deployment": [self.good], "bad image": [self.bad]}.get(kind, [self.better, self.good])
        image = images[self.number % len(images)]
        return order(image, commit="c" * 40 if kind == "rollback" else f"{self.number:040d}")

    def served(self) -> str:
        """Return the digest that a user gets; empty for an error."""
        url = self.target.site.proxy.url("127.0.0.1")
        try:
            return str(get(url, "/health")["digest"]) if url else ""
        except (urllib.error.HTTPError, OSError):
            return ""


def marks(scenario: Scenario, trace: Path) -> list[str]:
    """Where the deployment of a scenario can be struck: before each step, and at its end."""
    scenario.begin()
    in_child(scenario.target, scenario.wanted, trace=str(trace))
    scenario.number += 1
    passed = trace.read_text().split()
    assert len(passed) == len(set(passed))
    return [mark for mark in passed if mark.endswith(".before")] + passed[-1:]


@pytest.fixture
def scenario(target: DockerTarget, good: str, better: str, crashing: str, request: pytest.FixtureRequest) -> Scenario:
    """Deployments of the kind that the test names, which retain one release."""
    return Scenario(configured(target, retain=1), good, better, crashing, request.param)


KINDS = {
    "first deployment": "SIGKILL",
    "replacement": "SIGKILL",
    "replacement, stopped": "SIGINT",
    "bad image": "SIGKILL",
    "rollback": "SIGKILL",
}


TERMINATED = ("docker.wait.before", "docker.drain.before")
"""Where a deployment that is stopped gets SIGTERM, as from a runner that cancels: with a candidate, and switched."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scenario", KINDS, indirect=True)
def test_r6_killed_at_every_step_it_converges(
    scenario: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, kind = scenario.target, scenario.kind
    rows, wrong = [], []
    for mark in marks(scenario, tmp_path / "trace"):
        scenario.begin()
        wanted, before = scenario.wanted, scenario.served()
        sent = "SIGTERM" if KINDS[kind] == "SIGINT" and mark in TERMINATED else KINDS[kind]
        ended = in_child(target, wanted, at=mark, signal=sent)
        meanwhile, left = scenario.served(), sorted(name.rpartition("-")[2] for name in state(target)[2])
        again = deploy(target, wanted)
        after, remains = scenario.served(), state(target)
        right = before if kind == "bad image" else digest(wanted.release)
        fine = (
            ended == ENDS[sent]
            and meanwhile in {before, digest(wanted.release)} - {digest(scenario.bad)}
            and (sent == "SIGKILL" or not left)
            and again == (1 if kind == "bad image" else 0)
            and after == right
            and (len(remains[0]), remains[2]) == (1, set())
            and len(remains[1]) <= 1
        )
        names = {before: "old", digest(wanted.release): "new", "": "nothing"}
        rows.append((
            mark.removeprefix("docker."), ENDED.get(ended, str(ended)), names.get(meanwhile, meanwhile),
            ", ".join(left) or "-", ENDED.get(again, str(again)), names.get(after, after), "yes" if fine else "NO",
        ))  # fmt: skip
        if not fine:
            wrong.append((mark, ended, meanwhile, left, again, after, remains))
        scenario.number += 1
    with capsys.disabled():
        head = ("struck at", "ended", "served then", "left", "run again", "serves", "converges")
        print(f"\n{kind}\n{terminal.table(head, rows)}")
    assert wrong == []
    assert len(rows) >= 5
    assert [row[1] for row in rows].count("terminated") == (2 if KINDS[kind] == "SIGINT" else 0)


def test_full_disk_leaves_the_old_release_serving(target: DockerTarget, good: str, better: str) -> None:
    old = target.apply(order(good), accept)
    proxy = target.site.proxy.container()
    new = "/etc/ml-cicd/haproxy.cfg.new"
    proxy.exec_run(["ln", "-s", "/dev/full", new], user="root")
    with pytest.raises(CheckFailedError, match="No space left on device"):
        target.apply(order(better, "2" * 40), accept)
    assert get(old.url, "/health")["digest"] == digest(good)
    assert target.observe() == old
    proxy.exec_run(["rm", new], user="root")
    assert target.apply(order(better, "2" * 40), accept).release == better
    assert state(target)[0] == [better]
