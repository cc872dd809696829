"""Several services on the real engine: if one of three is bad, nothing switches; and no request fails."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import labels
from cicd.config import Job, JobDeliverable, Service, ServiceDeliverable
from cicd.deploy.docker import proxy
from cicd.deploy.docker.target import DockerTarget
from cicd.errors import CheckFailedError
from cicd.produce import suites
from tests.deploy.support.clients import users
from tests.deploy.support.tiny import accept, digest, everything, get, order
from tests.deploy.test_crash import deploy, in_child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cicd.deploy.target import Order, Running
    from cicd.oci.engine import Container

NAMES = ("report", "admin")


@pytest.fixture
def three(target: DockerTarget) -> DockerTarget:
    """Return an environment with a first service, and two others."""
    others = tuple(ServiceDeliverable(name, Service()) for name in NAMES)
    return DockerTarget(replace(target.site, config=replace(target.site.config, others=others)))


@pytest.fixture(scope="session")
def best(release: Callable[[str, str], str]) -> str:
    return release("best", "# best\n")


def of(first: str, report: str, admin: str, commit: str = "1" * 40) -> Order:
    return replace(order(first, commit), others={"report": report, "admin": admin})


def urls(running: Running | None) -> list[str]:
    assert running
    return [running.url, *(running.others[name].url for name in NAMES)]


def served(target: DockerTarget) -> list[object]:
    """Return the digests that users of the three services get."""
    return [get(url, "/health")["digest"] for url in urls(target.observe())]


def test_all_are_deployed_and_rolled_back_together_and_no_request_fails(
    three: DockerTarget, good: str, better: str, best: str
) -> None:
    running = three.apply(of(good, better, best), accept)
    assert served(three) == [digest(good), digest(better), digest(best)]
    with ExitStack() as stack:
        answers = [stack.enter_context(users(url, 2)) for url in urls(running)]
        time.sleep(0.5)
        three.apply(of(best, good, better, "2" * 40), accept)
        assert served(three) == [digest(best), digest(good), digest(better)]
        three.apply(of(good, better, best), accept)
        time.sleep(0.5)
    assert [asked.failed for asked in answers] == [[], [], []]
    assert served(three) == [digest(good), digest(better), digest(best)]


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_a_release_whose_one_of_three_services_is_bad_switches_nothing(
    three: DockerTarget, good: str, better: str, crashing: str, bad: int
) -> None:
    before = three.apply(of(good, good, good), accept)
    state = everything(three)
    first, report, admin = (crashing if number == bad else better for number in range(3))
    judged: list[str] = []
    with ExitStack() as stack:
        answers = [stack.enter_context(users(url, 1)) for url in urls(before)]
        with pytest.raises(CheckFailedError, match="The new release ended with exit code 3"):
            three.apply(of(first, report, admin, "2" * 40), lambda url, _: judged.append(url))
    assert judged == [], "the tests wait until all are healthy"
    assert [asked.failed for asked in answers] == [[], [], []]
    assert {answer.what for asked in answers for answer in asked.all} == {digest(good)}
    assert everything(three) == state, "nothing is left of the new releases"


def test_a_failed_switch_undoes_the_earlier_ones(
    three: DockerTarget, good: str, better: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    three.apply(of(good, good, good), accept)
    switch, switched = proxy.Proxy.switch, []

    def fail_last(self: proxy.Proxy, release: Container, *words: object) -> object:
        switched.append(self.name)
        if len(switched) == len(NAMES) + 1:
            raise CheckFailedError("The proxy does not switch.", "Look at it.")
        return switch(self, release, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(proxy.Proxy, "switch", fail_last)
    with pytest.raises(CheckFailedError, match="does not switch"):
        three.apply(of(better, better, better, "2" * 40), accept)
    assert switched[-1] == three.site.proxy.name, "the first service switches last"
    assert served(three) == [digest(good)] * 3
    monkeypatch.undo()
    three.apply(of(better, better, better, "2" * 40), accept)
    assert served(three) == [digest(better)] * 3


SCORES = "import os, pathlib; pathlib.Path(os.environ['ML_CICD_OUTPUT'], 'score').write_text('0.5')"
LOOKS = "import os, pathlib; assert pathlib.Path(os.environ['JOB_OUTPUT_SCORE'], 'score').read_text() == '0.5'"


@contextmanager
def nothing_unpacked(commit: str, path: str) -> Iterator[Path]:
    raise AssertionError(f"{commit} {path}")
    yield


@pytest.mark.parametrize("fails", [False, True])
def test_a_job_beside_services_is_run_before_the_switch_and_no_request_fails(
    three: DockerTarget, good: str, better: str, fails: bool
) -> None:
    ending = "; raise SystemExit(3)" if fails else ""
    before = three.apply(of(good, good, good), accept)
    job = JobDeliverable("score", Job(("python3", "-c", SCORES + ending)))
    target = DockerTarget(replace(three.site, config=replace(three.site.config, jobs=(job,))), nothing_unpacked)
    wanted = of(better, better, better, "2" * 40)
    wanted = replace(wanted, others={**wanted.others, "score": better})

    def judge(url: str, network: str) -> None:
        values = {f"JOB_OUTPUT_{name.upper()}": at for name, at in target.outputs().items()}
        config = replace(target.site.config, tests={"acceptance": ("python3", "-c", LOOKS)})
        suites.run(target.runner(network), config, "acceptance", good, values)

    with ExitStack() as stack:
        answers = [stack.enter_context(users(url, 1)) for url in urls(before)]
        if fails:
            with pytest.raises(CheckFailedError, match="The job ended with exit code 3"):
                target.apply(wanted, judge)
        else:
            running = target.apply(wanted, judge)
            assert running.other_images == {"report": better, "admin": better, "score": better}
    assert [asked.failed for asked in answers] == [[], [], []]
    assert served(target) == [digest(good if fails else better)] * 3
    running_now = target.observe()
    assert running_now
    assert ("score" in running_now.others) is not fails


SWITCHES = ("judge", "keep", "note", "switch", "drain", "stop")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("ending", ["SIGKILL", "SIGINT"])
def test_r6_killed_at_every_step_of_the_switches_it_converges(
    three: DockerTarget, good: str, better: str, tmp_path: Path, ending: str
) -> None:
    three.apply(of(good, good, good), accept)
    in_child(three, of(better, better, better, "2" * 40), trace=str(tmp_path / "trace"))
    passed = (tmp_path / "trace").read_text().split()
    marks = [mark for mark in passed if mark.endswith(".before") and mark.partition(".")[2].startswith(SWITCHES)]
    assert len(marks) == len(set(marks)) == 1 + 3 * 5
    between, wrong = [mark for mark in marks if "switch" in mark][1:], []
    assert len(between) == 2
    for number, mark in enumerate(marks if ending == "SIGKILL" else between):
        old, new = (better, good) if number % 2 == 0 else (good, better)
        wanted = of(new, new, new, f"{number:040d}")
        ended = in_child(three, wanted, at=mark, signal=ending)
        meanwhile = served(three)
        again = deploy(three, wanted)
        after = served(three)
        one_release = {digest(old)} == set(meanwhile) or {digest(new)} == set(meanwhile)
        fine = set(meanwhile) <= {digest(old), digest(new)} and (ending == "SIGKILL" or one_release)
        if not (fine and ended == (-signal.SIGKILL if ending == "SIGKILL" else 130) and again == 0):
            wrong.append((mark, ended, meanwhile, again))
        marks_of = [f"{key}={value}" for key, value in three.site.labels_for(labels.SERVICE).items()]
        running = three.site.client.containers.list(filters={"label": marks_of}, ignore_removed=True)
        if after != [digest(new)] * 3 or len(running) != 3:
            wrong.append((mark, ended, after, len(running)))
    assert wrong == []
