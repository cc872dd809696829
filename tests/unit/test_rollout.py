"""Several services of one environment: all new releases are good before the first switch, or nothing switches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import labels
from cicd.config import Service, ServiceDeliverable
from cicd.deploy.docker.target import DockerTarget
from cicd.errors import CheckFailedError, UnreachableError
from tests.unit.support.place import Place, image, order

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.deploy.target import Accept, Order, Running
    from tests.unit.support.fake_engine import Box

NAMES = ("", "report", "admin")
"""The services; the first one has no name."""


class Three(Place):
    """An environment with three services: `app`, whose name is in no container, `report` and `admin`."""

    def __init__(self) -> None:
        super().__init__()
        self.engine.registry |= {image(number) for number in range(1, 16)}
        others = tuple(ServiceDeliverable(name, Service()) for name in NAMES[1:])
        self.config = replace(self.config, others=others)
        self.environment = replace(self.environment, ports={"report": 8501})
        self.site = replace(self.site, config=self.config, environment=self.environment)
        self.target = DockerTarget(self.site)

    def together(self, number: int, accept: Accept | None = None, finish: Callable[[], None] | None = None) -> Running:
        """Deploy the releases `number`, `number` + 1 and `number` + 2."""
        self.engine.asked.clear()
        words = (finish,) if finish else ()
        return self.target.apply(three(number), accept or self.accept, *words)

    def served(self) -> list[str]:
        """Return the image that each service serves, in the order of their names."""
        running = self.target.observe()
        assert running
        return [running.release, *(running.others[name].release for name in NAMES[1:])]

    def running(self) -> list[Box]:
        return [box for box in self.engine.boxes.values() if "@" in box.image and box.status == "running"]


def three(number: int) -> Order:
    return replace(order(number), others={"report": image(number + 1), "admin": image(number + 2)})


@pytest.fixture
def place() -> Three:
    place = Three()
    place.together(1)
    return place


def images(number: int) -> list[str]:
    return [image(number), image(number + 1), image(number + 2)]


def test_all_services_are_deployed_together_and_judged_once(place: Three) -> None:
    assert place.served() == images(1)
    running = place.together(4)
    assert (running.release, running.healthy) == (image(4), True)
    assert {name: other.url for name, other in running.others.items()}["report"] == "http://127.0.0.1:8501"
    assert place.served() == images(4)
    assert len(place.tested) == 2, "one verdict for all services of a release"
    assert {box.labels.get(labels.DELIVERABLE, "") for box in place.running()} == {*NAMES}


def test_no_service_switches_before_all_are_healthy_and_tested(place: Three) -> None:
    seen: list[list[str]] = []
    place.together(4, lambda *_: seen.append([*place.served(), str(len(place.running()))]))
    assert seen == [[*images(1), "6"]], "three old releases serve, three new ones run beside them"
    asked = place.asked()
    switches = [number for number, action in enumerate(asked) if action.startswith("route")]
    assert len(switches) == 3
    assert max(number for number, action in enumerate(asked) if action.startswith("start")) < switches[0]
    assert asked[switches[-1]].startswith("route release 4"), "the first service switches last"


@pytest.mark.parametrize("bad", [4, 5, 6])
def test_one_bad_release_of_three_switches_nothing(place: Three, bad: int) -> None:
    place.engine.ends[image(bad)] = 3
    with pytest.raises(CheckFailedError, match="The new release ended with exit code 3"):
        place.together(4)
    assert place.served() == images(1)
    assert not [action for action in place.asked() if action.startswith("route")]
    assert sorted(box.image for box in place.running()) == sorted(images(1)), "nothing is left of the new ones"


def test_failed_tests_switch_nothing(place: Three) -> None:
    def fail(*_: str) -> None:
        raise CheckFailedError("The tests failed.", "Correct them.")

    with pytest.raises(CheckFailedError, match="The tests failed"):
        place.together(4, fail)
    assert place.served() == images(1)
    assert len(place.running()) == 3


@pytest.mark.parametrize("failing", [2, 3])
def test_a_failed_switch_undoes_the_earlier_ones(place: Three, failing: int) -> None:
    routed: list[str] = []

    def break_proxy() -> None:
        routed.append("route")
        place.engine.stuck = len(routed) == failing

    place.when("route .*", break_proxy)
    with pytest.raises(CheckFailedError, match="does not switch"):
        place.together(4)
    assert place.served() == images(1)
    assert sorted(box.image for box in place.running()) == sorted(images(1))


def test_what_can_not_be_undone_comes_last_and_its_failure_undoes_all_switches(place: Three) -> None:
    seen: list[list[str]] = []

    def finish() -> None:
        seen.append(place.served())
        raise UnreachableError("The index is down.", "Wait.")

    with pytest.raises(UnreachableError, match="The index is down"):
        place.together(4, finish=finish)
    assert seen == [images(4)]
    assert place.served() == images(1)
    assert sorted(box.image for box in place.running()) == sorted(images(1))


def test_one_rollback_brings_all_back_without_the_registry(place: Three) -> None:
    place.together(4)
    retained = {(release.service, release.release) for release in place.target.retained()}
    assert retained == set(zip(NAMES, images(1), strict=True))
    place.engine.registry.clear()
    place.together(1)
    assert place.served() == images(1)


def test_tests_get_the_address_of_each_service(place: Three) -> None:
    seen: list[dict[str, str]] = []
    place.together(4, lambda *_: seen.append(dict(place.target.addresses())))
    assert seen == [{name: f"http://app-staging-{name}-candidate:8000" for name in NAMES[1:]}]
    assert place.target.addresses()["report"] == "http://app-staging-report-proxy:8080"


def test_plan_says_what_is_done_and_nothing_for_what_runs_already(place: Three) -> None:
    assert place.target.plan(three(1)) == []
    plan = place.target.plan(three(4))
    assert plan.count("run the tests of staging against them") == 1
    assert sum(line.startswith("lead all requests") for line in plan) == 3


def test_unhealthy_service_beside_the_first_one_is_told(place: Three) -> None:
    place.engine.statuses[image(2)] = 500
    running = place.target.observe()
    assert running
    assert not running.healthy
    assert running.detail.startswith("report: ")


@pytest.mark.parametrize("configured", [True, False])
def test_service_that_is_no_part_of_a_release_ends_after_the_switch(place: Three, configured: bool) -> None:
    if not configured:
        others = tuple(other for other in place.config.others if other.name != "report")
        place.site = replace(place.site, config=replace(place.config, others=others))
        place.target = DockerTarget(place.site)
    place.engine.asked.clear()
    running = place.target.apply(replace(order(4), others={"admin": image(5)}), place.accept)
    assert set(running.others) == {"admin"}
    assert sorted(box.image for box in place.running()) == [image(4), image(5)]
    asked = place.asked()
    ended = next(number for number, action in enumerate(asked) if action.startswith("route nowhere"))
    assert ended > next(number for number, action in enumerate(asked) if action.startswith("route release 4"))


def without_report(place: Three) -> None:
    place.target.apply(replace(order(4), others={"admin": image(5)}), place.accept)


def test_service_that_is_no_part_of_a_release_ends_although_its_proxy_has_ended(place: Three) -> None:
    place.engine.end("app-staging-report-proxy")
    without_report(place)
    assert sorted(box.image for box in place.running()) == [image(4), image(5)]
    assert place.target.plan(replace(order(4), others={"admin": image(5)})) == []


def test_container_that_somebody_removes_meanwhile_stops_no_deployment(place: Three) -> None:
    place.engine.vanishing.append("f" * 64)
    without_report(place)
    assert sorted(box.image for box in place.running()) == [image(4), image(5)]


def test_other_services_use_the_network_of_the_first_one() -> None:
    place = Three()
    place.together(1)
    networks = [action for action in place.asked() if action.startswith("create network")]
    assert networks == ["create network ml-cicd-app-staging"]


def test_names_and_labels_of_one_service_alone_stay_as_they_were() -> None:
    alone = Place()
    alone.bring(1)
    assert {name.rpartition("-")[0] for name in alone.engine.names()} == {"app-staging"}
    assert not [box for box in alone.engine.boxes.values() if labels.DELIVERABLE in box.labels]
