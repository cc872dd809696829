"""What is recorded of a deployment whose outcome was lost: all that the target and the ledger know, and no more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import ledger
from cicd.deploy.target import Running
from cicd.errors import RefusedError
from cicd.road import observed

if TYPE_CHECKING:
    from cicd.ledger import Entry

COMMIT, BUNDLE = "c" * 40, f"localhost:1/acme/app/bundle@sha256:{'b' * 64}"
WHEELS = {"app-1.0-py3-none-any.whl": "f" * 64}


def image(letter: str, name: str = "app") -> str:
    """Return an image in a registry that nobody can reach."""
    return f"localhost:1/acme/{name}@sha256:{letter * 64}"


def done(environment: str, letter: str = "a", **more: Any) -> ledger.Deployment:
    """Return a passed deployment of the release with that digest."""
    passed = ledger.Deployment(
        "app", environment, "deploy", "passed", COMMIT, image(letter), image(letter, "app/test"), started="then"
    )
    return replace(passed, **more)


def chain(*deployments: ledger.Deployment) -> list[Entry]:
    entries: list[Entry] = []
    for number, deployment in enumerate(deployments, start=1):
        entries.append(ledger.parse(ledger.envelope(deployment, number, entries[-1].sha256 if entries else "")))
    return entries


def runs(letter: str = "a", **facts: Any) -> Running:
    known = Running(image(letter), "d" * 40, "", "", "http://localhost:2", healthy=True, action="deploy")
    return replace(known, **{"actor": "ada", "run": "https://ci/7", "started": "now", **facts})


def test_everything_that_is_known_is_recorded() -> None:
    parts: dict[str, Any] = {
        "others": {"report": image("d", "app/report")}, "packages": image("e", "app/packages"), "wheels": WHEELS,
    }  # fmt: skip
    staging = chain(done("staging", **parts))
    production = chain(done("production", "9"))
    lost = observed.deployment("app", "production", {"staging": staging, "production": production}, runs())
    assert lost == ledger.Deployment(
        "app", "production", "deploy", "passed", COMMIT, image("a"), image("a", "app/test"), **parts,
        replaced=image("9"), reason=observed.REASON, url="http://localhost:2", basis=staging[0].basis, actor="ada",
        run="https://ci/7", started="now", observed=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("says", "passed_before", "action"),
    [
        ("rollback", False, "rollback"), ("rollback", True, "rollback"), ("deploy", True, "deploy"),
        ("", True, "rollback"), ("", False, "deploy"),
    ],
)  # fmt: skip
def test_way_back_is_known_from_the_target_or_from_what_passed_before(
    says: str, passed_before: bool, action: str
) -> None:
    result: Any = "passed" if passed_before else "failed"
    chains = {"staging": chain(done("staging")), "production": chain(done("production", result=result))}
    assert observed.deployment("app", "production", chains, runs(action=says)).action == action


def test_entry_that_the_target_names_accepted_it_or_else_the_newest_that_passed() -> None:
    staging = chain(
        done("staging"), done("staging", started="again"), done("staging", "9"), done("staging", result="failed"),
        done("staging", observed=True, started="later"),
    )  # fmt: skip
    for named, expected in ((staging[0].name, staging[0]), ("", staging[1]), (staging[2].name, staging[1])):
        lost = observed.deployment("app", "production", {"staging": staging}, runs(entry=named))
        assert lost.basis == expected.basis


def test_first_stage_knows_a_release_from_its_own_entries_the_newest_first() -> None:
    older = done("integration", packages=image("e", "app/packages"), wheels=WHEELS, test=image("1", "app/test"))
    entries = chain(older, done("integration", started="again", bundle=BUNDLE, data="md5:1"), done("integration", "9"))
    lost = observed.deployment("app", "integration", {"integration": entries}, runs(test=image("2", "app/test")))
    assert (lost.commit, lost.test, lost.basis) == (COMMIT, image("a", "app/test"), None)
    assert (lost.packages, lost.wheels) == (image("e", "app/packages"), WHEELS)
    assert (lost.bundle, lost.data) == (BUNDLE, "md5:1"), "without a look at the registry"
    assert (lost.replaced, lost.others) == (image("9"), {})


def test_release_that_no_entry_accepted_is_not_recorded() -> None:
    unaccepted = {"staging": chain(done("staging", result="failed"), done("staging", "9"))}
    with pytest.raises(RefusedError, match="runs in production, and no entry of staging accepted it") as caught:
        observed.deployment("app", "production", unaccepted, runs(test=image("a", "app/test")))
    assert "ml-cicd history production" in caught.value.hint


@pytest.mark.parametrize(("release", "test"), [(image("a"), ""), ("localhost:1/acme/app:latest", image("a"))])
def test_release_without_digest_or_test_image_is_not_recorded(release: str, test: str) -> None:
    with pytest.raises(RefusedError, match="neither the ledger nor the target knows its test image"):
        observed.deployment("app", "integration", {}, runs(release=release, test=test))


class TestWithUnrecorded:
    def entries(self, running: Running | None, *production: ledger.Deployment) -> list[Entry]:
        chains = {"staging": chain(done("staging"), done("staging", "9")), "production": chain(*production)}
        return observed.with_unrecorded("app", "production", chains, running)

    def test_what_runs_is_the_last_entry(self) -> None:
        *before, last = self.entries(runs(), done("production", "9"))
        assert before == chain(done("production", "9"))
        assert (last.number, last.previous, last.sha256) == (2, before[0].sha256, "")
        assert (last.deployment.release, last.deployment.observed) == (image("a"), True)
        (first,) = self.entries(runs())
        assert (first.number, first.previous) == (1, "")

    def test_what_is_recorded_is_no_second_entry(self) -> None:
        recorded = chain(done("production", started="now"))
        assert self.entries(runs(), done("production", started="now")) == recorded
        assert self.entries(None, done("production", started="now")) == recorded

    @pytest.mark.parametrize(
        ("running", "unrecorded"),
        [
            (runs(), True), (runs(started="then"), False), (runs(started=""), False), (runs("9", started="then"), True),
            (runs(release=""), False),
        ],
        ids=["another time", "recorded", "time unknown", "another release", "release unknown"],
    )  # fmt: skip
    def test_deployment_is_recorded_if_release_and_time_are(self, running: Running, unrecorded: bool) -> None:
        assert observed.is_unrecorded(chain(done("production")), running) is unrecorded
        assert observed.is_unrecorded([], running) is bool(running.release)
