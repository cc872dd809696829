"""What a rollback by hand plans: which release comes back, from the ledger, from what runs, and without either."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from cicd import ledger, stages
from cicd.deploy.target import running
from cicd.errors import RefusedError, UnreachableError, UsageError
from cicd.ledger import pending
from cicd.road import rollback
from cicd.road.deployment import Outcome
from cicd.road.request import Request
from tests.unit.support.production import CONFIG, always
from tests.unit.support.wares import Wares

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace


@pytest.fixture
def wares(workspace: Workspace, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wares:
    for name in ("GITHUB_TRIGGERING_ACTOR", "LEDGER_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_ACTOR", "ada")
    wares = Wares(workspace, registry, tmp_path)
    (workspace.clone / "ml-cicd.toml").write_text(CONFIG)
    workspace.git("add", "--all")
    monkeypatch.setattr("cicd.road.rollback.target_for", always(wares.target))
    return wares


def plan(wares: Wares, name: str | None = None, **asked: Any) -> rollback.Plan:
    request = Request(stages.PRODUCTION, backwards=True, by_person=True, **asked)
    return rollback.plan(wares.workspace.repository(), request, name)


def passed(wares: Wares) -> str:
    """Bring one more release to production."""
    commit = wares.accepted("integration", "staging", "production")
    runs(wares, commit, entry=wares.newest("staging").name, after="")
    return commit


def runs(wares: Wares, commit: str, **facts: Any) -> None:
    """Let the target run the release of a commit, with its second service."""
    others = {"report": asdict(running(wares.part("report", commit), commit, {}))}
    release = facts.pop("release", wares.release(commit)[0])
    wares.bring(release, commit, **{"others": others, **facts})


def test_previous_release_comes_back_in_place_of_what_runs(wares: Wares) -> None:
    first, second = passed(wares), passed(wares)
    planned = plan(wares)
    assert (planned.runs, planned.candidate.commit, planned.candidate.action) == (second, first, "rollback")
    assert (planned.request.commit, planned.request.release) == (first, wares.release(first)[0])
    assert not planned.nothing_to_do
    assert planned.steps() == [f"bring up {wares.release(first)[0]}"]


def test_previous_release_is_that_before_what_runs_although_nobody_recorded_it(wares: Wares) -> None:
    first, second = passed(wares), passed(wares)
    lost = wares.accepted("integration", "staging")
    runs(wares, lost, started="today")
    assert plan(wares).candidate.commit == second
    assert plan(wares, offline=True).candidate.commit == first, "without the remote, the ledger alone counts"
    assert plan(wares, first).candidate.commit == first
    with pytest.raises(RefusedError, match="has no entry 3"):
        plan(wares, "3")


def test_ledger_that_lacks_what_runs_is_asked_for_an_entry_while_the_remote_is_down(wares: Wares) -> None:
    first, second = passed(wares), passed(wares)
    wares.record("production", wares.accepted("integration", "staging"), "failed")
    runs(wares, second, after=f"production/9@{'0' * 64}")
    with pytest.raises(RefusedError, match="names the entry production/9@0") as caught:
        plan(wares, offline=True)
    assert caught.value.hint.endswith(f"Those that passed: 1 ({first[:12]}), 2 ({second[:12]})")
    assert plan(wares, "1", offline=True).candidate.commit == first
    with pytest.raises(RefusedError, match="it was cut off or altered"):
        plan(wares)


def test_release_on_the_target_comes_back_without_registry(wares: Wares) -> None:
    first, _second = passed(wares), passed(wares)
    wares.retains(wares.release(first)[0], wares.part("report", first))
    wares.registry.status = 503
    assert plan(wares).candidate.commit == first


@pytest.mark.parametrize(
    ("changed", "done"),
    [
        ({}, True), ({"healthy": False}, False), ({"others": {}}, False),
        ({"release": f"ghcr.io/acme/app@sha256:{'e' * 64}"}, False),
    ],
    ids=["runs already", "not healthy", "another service's image", "another release"],
)  # fmt: skip
def test_nothing_is_to_do_only_where_the_release_runs_healthy_with_all_its_services(
    wares: Wares, changed: dict[str, Any], done: bool
) -> None:
    first, _second = passed(wares), passed(wares)
    wares.record("production", first, action="rollback")
    runs(wares, first, **changed)
    assert plan(wares, "1").nothing_to_do is done


def test_release_that_runs_is_brought_again_where_the_ledger_says_another(wares: Wares) -> None:
    first, second = passed(wares), passed(wares)
    runs(wares, first)
    planned = plan(wares, "1")
    assert (planned.runs, planned.nothing_to_do) == (first, False)
    (wares.target.folder / "running.json").unlink()
    planned = plan(wares, second)
    assert (planned.runs, planned.nothing_to_do) == ("", False)


@pytest.mark.parametrize("offline", [False, True])
def test_environment_in_which_nothing_ran_has_no_previous_release(wares: Wares, offline: bool) -> None:
    commit = wares.accepted("integration", "staging")
    with pytest.raises(RefusedError, match="Nothing has passed production yet"):
        plan(wares, offline=offline)
    assert plan(wares, commit, offline=offline).candidate.commit == commit


def test_only_a_passed_deployment_of_its_number_comes_back(wares: Wares) -> None:
    first = passed(wares)
    wares.rebuild(first)
    wares.record("production", first, "failed", build="again")
    passed(wares)
    assert plan(wares, "#1").request.release == wares.release(first)[0], "although the commit was built once more"
    with pytest.raises(RefusedError, match="Entry 2 of production is no deployment that passed"):
        plan(wares, "2")


def test_clone_as_last_fetched_counts_while_the_remote_is_down(wares: Wares) -> None:
    workspace = wares.workspace
    passed(wares)
    clone, problem = rollback.reach(workspace.clone, None)
    assert (clone.path, clone.remote, problem) == (workspace.clone, "origin", "")
    workspace.remote.rename(workspace.remote.with_name("away.git"))
    clone, problem = rollback.reach(workspace.clone, "origin")
    assert (clone.remote, problem.startswith("The git remote does not answer")) == ("origin", True)
    for name in workspace.git("for-each-ref", "--format=%(refname)", "refs/ml-cicd").splitlines():
        workspace.git("update-ref", "-d", name)
    with pytest.raises(UnreachableError, match="remote does not answer"):
        rollback.reach(workspace.clone, None)


def test_rollback_is_asked_which_of_several_remotes_it_changes(wares: Wares) -> None:
    workspace = wares.workspace
    workspace.git("remote", "add", "local", str(workspace.remote))
    with pytest.raises(UsageError, match="This clone has 2 remotes"):
        rollback.reach(workspace.clone, None)
    assert rollback.reach(workspace.clone, "local")[0].remote == "local"


def test_outcomes_that_wait_are_recorded_before_a_rollback_begins(wares: Wares) -> None:
    passed(wares)
    repository = wares.workspace.repository()
    lost = wares.newest("production").deployment
    pending.keep(repository, ledger.deployment_from({**ledger.as_data(lost), "started": "later"}))
    rollback.prepare(repository)
    assert wares.newest("production").deployment.started == "later"
    assert pending.waiting(repository) == []


@pytest.mark.parametrize("offline", [False, True])
def test_rollback_is_recorded_after_the_deployment_that_nobody_recorded(wares: Wares, offline: bool) -> None:
    passed(wares)
    repository, done = wares.workspace.repository(), wares.newest("production").deployment
    lost, back = (ledger.deployment_from({**ledger.as_data(done), "started": when}) for when in ("then", "now"))
    entry, file = rollback.record(repository, Outcome(back, lost), offline=offline)
    assert (file in pending.waiting(repository)) is offline
    if offline:
        assert (entry, len(pending.waiting(repository))) == (None, 2)
        return
    chain = ledger.read(wares.workspace.repository(), "app", "production")
    assert [other.deployment.started for other in chain[1:]] == ["then", "now"]
    assert entry == chain[-1]
