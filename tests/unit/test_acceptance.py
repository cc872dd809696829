"""The tests of an environment judge a release before it serves; their result is recorded."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import ledger, stages
from cicd.config import Train
from cicd.errors import RefusedError, UsageError
from cicd.oci import archives
from cicd.oci.containers import Finished
from cicd.oci.endings import Ending
from cicd.oci.reference import digest_of
from cicd.road import deployment
from cicd.road.request import Built, Request
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import always
from tests.unit.support.road import CONFIG, Road

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cicd.config import Config
    from cicd.deploy.holder import Holder
    from cicd.deploy.target import Running
    from cicd.ledger import Deployment
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

WITH_SMOKE = replace(CONFIG, tests={"smoke": ("pytest", "smoke")})
PASSED = '<testsuite tests="3" skipped="1"/>'


@dataclass(frozen=True)
class Judged(FolderTarget):
    """A target that notes what its runner is asked to run, and lets the tests end as `ending` says."""

    ending: dict[str, Any] = field(default_factory=lambda: {"code": 0, "junit": PASSED})
    runs: list[tuple[str, tuple[str, ...], Mapping[str, str], Running | None]] = field(default_factory=list)
    looks_at_lock: list[int] = field(default_factory=list)
    """How many commands had been run at each look at the lock."""

    def runner(self, network: str) -> Callable[..., Finished]:
        def run(image: str, command: Sequence[str], *, environment: Mapping[str, str], **_: object) -> Finished:
            self.runs.append((image, tuple(command), environment, self.observe()))
            results = archives.packed({"results.xml": self.ending["junit"].encode()})
            return Finished(Ending(self.ending["code"]), {environment["ML_CICD_RESULTS"]: results})

        return run

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
        return nullcontext(lambda: self.looks_at_lock.append(len(self.runs)))


@pytest.fixture
def road(workspace: Workspace, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Road:
    for name in ("GITHUB_ACTIONS", "RUNNER_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    return Road(workspace, registry)


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judged:
    folder = tmp_path / "target"
    folder.mkdir()
    judged = Judged(folder)
    monkeypatch.setattr("cicd.road.deployment.target_for", always(judged))
    return judged


def bring(road: Road, config: Config, commit: str, stage: stages.Stage = stages.PRODUCTION) -> Deployment:
    return deployment.bring(road.workspace.repository(), config, Request(stage, commit)).deployment


def test_suite_of_the_stage_judges_the_release(road: Road, target: Judged) -> None:
    commit = road.accepted("integration", "staging")
    done = bring(road, WITH_SMOKE, commit)
    release, test = road.release(commit)
    ((image, command, environment, running),) = target.runs
    assert (image, command, running) == (test, ("pytest", "smoke"), None)
    assert environment["SERVICE_URL"] == "http://localhost:1"
    assert environment["EXPECTED_DIGEST"] == digest_of(release)
    assert (done.result, done.tests) == ("passed", {"passed": 2, "failed": 0, "skipped": 1})
    assert target.looks_at_lock == [1]


def test_failed_suite_keeps_the_old_release(road: Road, target: Judged) -> None:
    bring(road, WITH_SMOKE, road.accepted("integration", "staging"))
    before = target.observe()
    target.ending.update(code=1, junit='<testsuite tests="3" failures="2"/>')
    commit = road.accepted("integration", "staging")
    done = bring(road, WITH_SMOKE, commit)
    assert before
    assert (done.result, done.commit, done.replaced) == ("failed", commit, before.release)
    assert done.reason == "The smoke tests failed: 2 of 3 failed."
    assert target.observe() == before


def test_stage_without_its_suite_rests_on_health(road: Road, target: Judged) -> None:
    done = bring(road, CONFIG, road.accepted("integration", "staging"))
    assert (done.result, done.tests, target.runs) == ("passed", {}, [])
    assert target.looks_at_lock == [0]


@pytest.mark.parametrize("image", ["release", "test"])
def test_integration_deploys_only_what_the_registry_serves(road: Road, target: Judged, image: str) -> None:
    commit = road.on_main()
    release, test = road.release(commit)
    gone = release if image == "release" else test
    del road.registry.manifests[gone.partition("/")[2].replace("@", "/")]
    request = Request(stages.INTEGRATION, commit, built=Built(release, test))
    with pytest.raises(RefusedError):
        deployment.bring(road.workspace.repository(), replace(CONFIG, tests={"integration": ("pytest",)}), request)
    assert target.observe() is None


def test_integration_records_the_model_and_that_its_environment_vanishes(
    road: Road, target: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, bundle = road.on_main(), f"ghcr.io/acme/app/bundle@sha256:{'b' * 64}"
    release = road.registry.add("acme/app", "with a model", {"ml-cicd.bundle": bundle, "ml-cicd.data": "md5:1"})
    request = Request(stages.INTEGRATION, commit, built=Built(release, road.release(commit)[1]))
    for runner, vanishes in (("github-hosted", True), ("self-hosted", False)):
        monkeypatch.setenv("RUNNER_ENVIRONMENT", runner)
        done = deployment.bring(road.workspace.repository(), replace(CONFIG, train=Train(("train",))), request)
        assert (done.deployment.bundle, done.deployment.data) == (bundle, "md5:1")
        assert done.deployment.ephemeral is vanishes


@pytest.mark.parametrize("bundle", [None, ""])
def test_release_without_its_model_is_refused(road: Road, target: Judged, bundle: str | None) -> None:
    commit = road.on_main()
    release = road.registry.add("acme/app", "no model", {} if bundle is None else {"ml-cicd.bundle": bundle})
    request = Request(stages.INTEGRATION, commit, built=Built(release, road.release(commit)[1]))
    repository = road.workspace.repository()
    with pytest.raises(UsageError, match=r"names no model bundle: it has no label ml-cicd\.bundle"):
        deployment.bring(repository, replace(CONFIG, train=Train(("train",))), request)
    assert target.observe() is None
    assert deployment.bring(repository, CONFIG, request).deployment.bundle == ""


def test_integration_is_recorded_with_the_entry_before_it(road: Road, target: Judged) -> None:
    config = replace(CONFIG, tests={"integration": ("pytest",)})
    newest = ""
    for _ in range(2):
        commit = road.on_main()
        release = road.registry.add("acme/app", f"release {commit}", {"org.opencontainers.image.title": "app"})
        request = Request(stages.INTEGRATION, commit, built=Built(release, road.release(commit)[1]))
        done = deployment.bring(road.workspace.repository(), config, request).deployment
        assert (done.action, done.result, done.basis, done.commit) == ("deploy", "passed", None, commit)
        running = target.observe()
        assert running
        assert running.after == newest
        newest = ledger.append(road.workspace.repository(), done).name
