"""Several services on a real cluster: if one of three is bad, nothing is rolled out; and no request fails."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import labels
from cicd.config import Service, ServiceDeliverable
from cicd.deploy.kubernetes.site import Site
from cicd.errors import CheckFailedError
from cicd.produce import suites
from tests.kubernetes.support import own
from tests.kubernetes.support.common import CRASH, LATE, NAME, accept, answer_of, deploy, digest, hurried, order, pods
from tests.kubernetes.support.load import load
from tests.kubernetes.test_cluster_crashes import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cicd.deploy.kubernetes.target import KubernetesTarget
    from cicd.deploy.target import Order, Running

NAMES = ("report", "admin")
ASKS = """
import os, urllib.request
for name in ("SERVICE_URL", "SERVICE_URL_REPORT", "SERVICE_URL_ADMIN"):
    urllib.request.urlopen(os.environ[name] + "/health", timeout=30)
"""


@pytest.fixture
def three(make: Callable[..., KubernetesTarget]) -> KubernetesTarget:
    """Return an environment with a first service, and two others."""
    return with_three(make(suffix="several", replicas=1))


def with_three(target: KubernetesTarget) -> KubernetesTarget:
    others = tuple(ServiceDeliverable(name, Service()) for name in NAMES)
    site = target.site
    return replace(
        target, site=Site(replace(site.config, others=others), site.environment, site.settings, site.kubectl)
    )


@pytest.fixture(scope="session")
def best(release: Callable[[str, str], str]) -> str:
    return release("best", "# best\n")


def of(first: str, report: str, admin: str, commit: str = "1" * 40) -> Order:
    return replace(order(first, commit), others={"report": report, "admin": admin})


def services(running: Running | None) -> list[Running]:
    assert running
    return [running, *(running.others[name] for name in NAMES)]


def served(target: KubernetesTarget) -> list[object]:
    """Return the digests that users of the three services get."""
    return [answer_of(service)["digest"] for service in services(target.observe())]


def state(target: KubernetesTarget) -> dict[str, str]:
    """Return the pods of the environment once all others have gone."""
    end = time.monotonic() + 120
    while len(present := pods(target)) != 1 + len(NAMES) and time.monotonic() < end:
        time.sleep(1)
    return present


@pytest.mark.usefixtures("usual_stops")
def test_all_are_deployed_and_rolled_back_together_and_no_request_fails(
    three: KubernetesTarget, good: str, better: str, best: str
) -> None:
    running = deploy(three, of(good, better, best))
    assert served(three) == [digest(good), digest(better), digest(best)]
    with ExitStack() as stack:
        users = [stack.enter_context(load(service.url, keeping=2, closing=2)) for service in services(running)]
        deploy(three, of(best, good, better, "2" * 40))
        assert served(three) == [digest(best), digest(good), digest(better)]
        retained = {past.service: past.release for past in three.retained()}
        assert {"": good, "report": better, "admin": best}.items() <= retained.items()
        deploy(three, of(good, better, best))
    assert [asked.failed for asked in users] == [[], [], []]
    assert served(three) == [digest(good), digest(better), digest(best)]
    assert three.plan(of(good, better, best)) == []


def test_a_release_whose_one_of_three_services_is_bad_rolls_nothing_out(
    three: KubernetesTarget, good: str, better: str, release: Callable[[str, str], str]
) -> None:
    before = deploy(three, of(good, good, good))
    present, judged = state(three), list[str]()
    with ExitStack() as stack:
        users = [stack.enter_context(load(service.url, keeping=1, closing=1)) for service in services(before)]
        wanted = of(better, release("bad", CRASH), better, "2" * 40)
        with pytest.raises(CheckFailedError, match="The new release ended with exit code 3"):
            deploy(three, wanted, lambda url, _: judged.append(url))
    assert judged == [], "the tests wait until all are healthy"
    assert [asked.failed for asked in users] == [[], [], []]
    assert {answer for asked in users for answer in asked.digests} == {digest(good)}
    assert three.observe() == before
    assert state(three) == present, "nothing is left of the new releases"


def test_a_failed_rollout_undoes_the_earlier_ones(
    three: KubernetesTarget, good: str, better: str, release: Callable[[str, str], str]
) -> None:
    before = deploy(three, of(good, good, good))
    with ExitStack() as stack:
        users = [stack.enter_context(load(service.url, keeping=0, closing=2)) for service in services(before)]
        with pytest.raises(CheckFailedError, match="The rollout failed"):
            deploy(hurried(three), of(release("late", LATE), better, better, "2" * 40))
    assert [asked.failed for asked in users] == [[], [], []]
    assert three.observe() == before
    assert set(state(three).values()) == {digest(good)}


@pytest.mark.parametrize("mark", ["apply-admin", "settle-report"])
def test_r6_killed_after_a_change_it_converges_and_never_stays_mixed(
    three: KubernetesTarget, good: str, better: str, mark: str, pytestconfig: pytest.Config
) -> None:
    deploy(three, of(good, good, good))
    wanted, root = of(better, better, better, "2" * 40), pytestconfig.rootpath

    def fail(url: str, network: str) -> None:
        raise CheckFailedError("The tests failed.", "Correct them.")

    assert run(three, wanted, root, ML_CICD_CRASH_AT=f"kubernetes.{mark}.after") == -9
    with pytest.raises(CheckFailedError, match="The tests failed"):
        deploy(three, replace(wanted, commit="3" * 40), fail)
    assert served(three) == [digest(good)] * 3, "the next release is bad: all services run the one before"
    assert run(three, wanted, root, ML_CICD_CRASH_AT=f"kubernetes.{mark}.after") == -9
    deploy(three, wanted)
    assert served(three) == [digest(better)] * 3
    assert three.plan(wanted) == []


def test_one_verdict_on_all_and_a_service_that_is_dropped_goes_and_comes_back(
    three: KubernetesTarget, good: str, better: str
) -> None:
    def judge(url: str, network: str) -> None:
        asked = {"SERVICE_URL": url} | {f"SERVICE_URL_{name.upper()}": at for name, at in three.addresses().items()}
        config = replace(three.site.config, tests={"acceptance": ("python3", "-c", ASKS)})
        suites.run(three.runner(network), config, "acceptance", good, asked)

    deploy(three, of(good, good, good), judge)
    deploy(three, replace(order(better, "2" * 40), others={"report": better}))
    running = three.observe()
    assert running
    assert running.other_images == {"report": better}
    marks = f"{labels.DELIVERABLE}=admin"
    left = three.site.kubectl.run("get", "deployment,service,poddisruptionbudget", "--selector", marks, "--output=name")
    assert left == ""
    deploy(three, of(good, good, good), judge)
    assert served(three) == [digest(good)] * 3


def test_projects_manifests_carry_each_service_in_its_deployment(
    make: Callable[..., KubernetesTarget], good: str, better: str, tmp_path: Path
) -> None:
    for name in (NAME, *(f"{NAME}-{other}" for other in NAMES)):
        (tmp_path / name).mkdir()
        own.write(tmp_path / name, name)
    folders = json.dumps([NAME, *(f"{NAME}-{other}" for other in NAMES)])
    (tmp_path / "kustomization.yaml").write_text(f"resources: {folders}\n")
    target = with_three(make(suffix="several-own", manifests=str(tmp_path)))
    deploy(target, of(good, better, good), accept)
    assert served(target) == [digest(good), digest(better), digest(good)]
