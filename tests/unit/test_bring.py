"""What a deployment leaves behind: its outcome with everything that is to be recorded, and the result of the step."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import labels, ledger, stages
from cicd.errors import CheckFailedError, RefusedError, UsageError
from cicd.oci import archives
from cicd.oci.containers import Finished
from cicd.oci.endings import Ending
from cicd.road import deployment
from cicd.road.request import Built, Request
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import CONFIG as FILE
from tests.unit.support.road import CONFIG
from tests.unit.support.wares import WHEELS, Wares

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cicd.deploy.holder import Holder
    from cicd.deploy.target import Accept, Finish, Order, Running
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

TESTED = replace(CONFIG, tests={"smoke": ("pytest",), "integration": ("pytest",)})
RUN = "https://github.com/acme/app/actions/runs/7"


@dataclass(frozen=True)
class Approving(FolderTarget):
    """A target on which all tests pass, and whose switch may fail; `tested` are the variables that the tests got."""

    error: Exception | None = None
    urls: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    """The folders with what jobs left, by name."""
    tested: dict[str, str] = field(default_factory=dict)

    def addresses(self) -> dict[str, str]:
        return {**self.urls}

    def outputs(self) -> dict[str, str]:
        return {**self.left}

    def runner(self, network: str) -> Callable[..., Finished]:
        def run(*_: object, environment: Mapping[str, str], **__: object) -> Finished:
            self.tested.update(environment)
            results = archives.packed({"results.xml": b'<testsuite tests="3" skipped="1"/>'})
            return Finished(Ending(0), {environment["ML_CICD_RESULTS"]: results})

        return run

    def apply(self, order: Order, accept: Accept, finish: Any = None) -> Running:
        def judged(url: str, network: str) -> None:
            accept(url, network)
            if self.error:
                raise self.error

        return super().apply(order, judged, finish)


@pytest.fixture
def wares(workspace: Workspace, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wares:
    values = {"SERVER_URL": "https://github.com", "REPOSITORY": "acme/app", "RUN_ID": "7", "ACTOR": "ada"}
    for name, value in values.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    for name in ("GITHUB_TRIGGERING_ACTOR", "RUNNER_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    times = iter(range(100))
    monkeypatch.setattr("cicd.ledger.now", lambda: f"time {next(times)}")
    wares = Wares(workspace, registry, tmp_path)
    wares.target = Approving(tmp_path)
    monkeypatch.setattr("cicd.road.deployment.target_for", lambda *_: wares.target)
    return wares


def bring(wares: Wares, stage: stages.Stage, commit: str, **asked: Any) -> deployment.Outcome:
    return deployment.bring(wares.workspace.repository(), TESTED, Request(stage, commit, **asked))


def outputs(wares: Wares) -> list[str]:
    """Return the outputs of the step in the order in which they were written."""
    file = wares.target.folder / "outputs"
    return file.read_text().splitlines() if file.exists() else []


def test_outcome_of_a_promotion_says_everything_that_is_to_be_recorded(wares: Wares) -> None:
    before = wares.accepted("integration", "staging", "production")
    wares.bring(wares.release(before)[0], before, started=wares.newest("production").deployment.started)
    commit = wares.accepted("integration", "staging")
    outcome = bring(wares, stages.PRODUCTION, commit, reason="it is fast")
    release, test = wares.release(commit)
    assert outcome == deployment.Outcome(
        ledger.Deployment(
            project="app", environment="production", action="deploy", result="passed", commit=commit, release=release,
            test=test, others={"report": wares.part("report", commit)}, packages=wares.part("packages", commit),
            wheels=WHEELS, basis=wares.newest("staging").basis, replaced=wares.release(before)[0],
            reason="it is fast", actor="ada", run=RUN, started="time 0", ended="time 1", url="http://localhost:1",
            tests={"passed": 2, "failed": 0, "skipped": 1},
        )
    )  # fmt: skip
    running = wares.target.observe()
    assert running
    assert (running.started, running.run) == ("time 0", RUN)
    assert outputs(wares) == ["result=failed"], "until the command knows better"


def test_outcome_of_integration_has_what_the_labels_of_the_image_name(wares: Wares) -> None:
    commit, bundle = wares.on_main(), f"ghcr.io/acme/app/bundle@sha256:{'b' * 64}"
    report, packages = wares.part("report", commit), wares.part("packages", commit)
    named = {
        labels.BUNDLE: bundle, labels.DATA: "md5:1", labels.PACKAGES: packages, labels.WHEELS: json.dumps(WHEELS),
        labels.DELIVERABLES: json.dumps({"report": report}),
    }  # fmt: skip
    built = Built(wares.registry.add("acme/app", "built", named), wares.release(commit)[1])
    done = bring(wares, stages.INTEGRATION, commit, built=built).deployment
    assert (done.bundle, done.data, done.packages, done.wheels) == (bundle, "md5:1", packages, WHEELS)
    assert (done.others, done.replaced, done.basis, done.undeclared) == ({"report": report}, "", None, "")


@pytest.mark.parametrize(("config", "undeclared"), [(TESTED, ""), (CONFIG, "smoke")])
def test_outcome_says_which_tests_the_project_does_not_have(wares: Wares, config: Any, undeclared: str) -> None:
    request = Request(stages.PRODUCTION, wares.accepted("integration", "staging"))
    assert deployment.bring(wares.workspace.repository(), config, request).deployment.undeclared == undeclared


def test_failed_switch_leaves_the_result_of_the_tests(wares: Wares, capsys: pytest.CaptureFixture[str]) -> None:
    wares.target = Approving(wares.target.folder, error=CheckFailedError("The proxy ended.", "Read its log."))
    done = bring(wares, stages.PRODUCTION, wares.accepted("integration", "staging")).deployment
    assert (done.result, done.reason, done.ended) == ("failed", "The proxy ended.", "time 1")
    assert done.tests == {"passed": 2, "failed": 0, "skipped": 1}
    assert "Read its log." in capsys.readouterr().err
    assert not (wares.target.folder / "tidied.json").exists()


def test_deployment_that_can_not_begin_loses_no_outcome(wares: Wares) -> None:
    class Wrong(FolderTarget):
        def apply(self, order: Order, accept: Accept, finish: Finish | None = None) -> Running:
            raise UsageError("The host has no name.", "Name it.")

    wares.target = Wrong(wares.target.folder)
    with pytest.raises(UsageError, match="The host has no name"):
        bring(wares, stages.PRODUCTION, wares.accepted("integration", "staging"))
    assert outputs(wares) == ["result=failed", "result="]


def test_release_that_passed_lets_the_target_tidy_up(wares: Wares) -> None:
    commit = wares.accepted("integration", "staging")
    bring(wares, stages.PRODUCTION, commit)
    assert json.loads((wares.target.folder / "tidied.json").read_text()) == [*wares.release(commit)]


class TestUnrecorded:
    """A release runs whose outcome was lost: the ledger knows the first and the second release, not the third."""

    @pytest.fixture
    def lost(self, wares: Wares) -> tuple[str, str, str]:
        first, second = (wares.accepted("integration", "staging", "production") for _ in range(2))
        third = wares.accepted("integration", "staging")
        wares.bring(wares.release(third)[0], third, started="then")
        return first, second, third

    def test_its_deployment_is_recorded_with_the_next(
        self, wares: Wares, lost: tuple[str, str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        outcome = bring(wares, stages.PRODUCTION, wares.accepted("integration", "staging"))
        assert "no entry records its deployment. This run records it, too." in capsys.readouterr().err
        assert outcome.unrecorded
        assert (outcome.unrecorded.commit, outcome.unrecorded.started) == (lost[2], "then")
        assert outcome.deployment.replaced == wares.release(lost[2])[0]

    def test_workflow_may_go_one_release_back_and_a_person_further(
        self, wares: Wares, lost: tuple[str, str, str]
    ) -> None:
        first, second, third = lost
        with pytest.raises(RefusedError, match=f"does not have the release that runs, {third[:12]}"):
            bring(wares, stages.PRODUCTION, first, backwards=True)
        for commit, by_person in ((second, False), (first, True)):
            wares.bring(wares.release(third)[0], third, started="then")
            outcome = bring(wares, stages.PRODUCTION, commit, backwards=True, by_person=by_person)
            assert (outcome.deployment.action, outcome.deployment.commit) == ("rollback", commit)
            assert outcome.unrecorded

    def test_offline_nobody_can_tell(self, wares: Wares, lost: tuple[str, str, str]) -> None:
        assert bring(wares, stages.PRODUCTION, lost[0], backwards=True, offline=True).unrecorded is None

    def test_release_of_which_too_little_is_known_is_told(
        self, wares: Wares, lost: tuple[str, str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        wares.bring(f"ghcr.io/acme/app@sha256:{'e' * 64}")
        assert bring(wares, stages.PRODUCTION, lost[2]).unrecorded is None
        assert "The deployment before is not recorded: " in capsys.readouterr().err


def test_tests_get_the_address_of_every_service(wares: Wares) -> None:
    wares.target = approving = Approving(wares.target.folder, urls={"admin-ui": "http://localhost:2"})
    bring(wares, stages.PRODUCTION, wares.accepted("integration", "staging"))
    addresses = {name: value for name, value in approving.tested.items() if name.startswith("SERVICE_URL")}
    assert addresses == {"SERVICE_URL": "http://localhost:1", "SERVICE_URL_ADMIN_UI": "http://localhost:2"}


def test_tests_get_the_folder_of_what_every_job_left(wares: Wares) -> None:
    folders = {"": "/tmp/job-output", "clean-up": "/tmp/job-output-clean-up"}
    wares.target = approving = Approving(wares.target.folder, left=folders)
    bring(wares, stages.PRODUCTION, wares.accepted("integration", "staging"))
    told = {name: value for name, value in approving.tested.items() if name.startswith("JOB_OUTPUT")}
    assert told == {"JOB_OUTPUT": "/tmp/job-output", "JOB_OUTPUT_CLEAN_UP": "/tmp/job-output-clean-up"}


@pytest.mark.parametrize(("runner", "vanishes"), [("github-hosted", True), ("self-hosted", False)])
def test_outcome_says_whether_the_environment_vanishes_with_the_job(
    wares: Wares, runner: str, vanishes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNNER_ENVIRONMENT", runner)
    commit = wares.on_main()
    built = Built(wares.registry.add("acme/app", "built", {"title": "app"}), wares.release(commit)[1])
    assert bring(wares, stages.INTEGRATION, commit, built=built).deployment.ephemeral is vanishes


def test_rollback_names_the_packages_of_the_release_that_it_replaces(
    wares: Wares, capsys: pytest.CaptureFixture[str]
) -> None:
    old = wares.accepted("integration", "staging", "production")
    wares.wheels = {"app-1.1-py3-none-any.whl": "b" * 64}
    newer = wares.accepted("integration", "staging", "production")
    wares.bring(wares.release(newer)[0], newer)
    bring(wares, stages.PRODUCTION, old, backwards=True)
    assert "A rollback takes no package back: app-1.1-py3-none-any.whl stays" in capsys.readouterr().err


def test_plan_and_deployment_of_a_way_back_need_no_registry_for_what_the_target_retains(
    wares: Wares, capsys: pytest.CaptureFixture[str]
) -> None:
    (wares.workspace.clone / "ml-cicd.toml").write_text(FILE)
    wares.workspace.git("add", "--all")
    old = wares.accepted("integration", "staging", "production")
    wares.accepted("integration", "staging", "production")
    release = wares.release(old)[0]
    wares.retains(release, wares.part("report", old))
    wares.registry.status = 503
    request = Request(stages.PRODUCTION, backwards=True)
    assert deployment.plan(wares.workspace.repository(), request) == [f"bring up {release}"]
    assert "can come back meanwhile" not in capsys.readouterr().err, "the target was asked, and has it"
    assert bring(wares, stages.PRODUCTION, old, backwards=True).deployment.release == release


def test_lock_is_asked_for_under_the_name_of_the_run(wares: Wares) -> None:
    asked: list[tuple[str, str, float]] = []

    class Noted(Approving):
        def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
            asked.append((holder.who, holder.run, wait))
            return nullcontext(lambda: None)

    wares.target = Noted(wares.target.folder)
    bring(wares, stages.PRODUCTION, wares.accepted("integration", "staging"), wait=7.0)
    assert asked == [("ada", RUN, 7.0)]
