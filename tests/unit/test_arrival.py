"""What a promotion says after the push: what its run recorded, and only where the run has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cicd import stages
from cicd.repository import Repository
from cicd.road import promotion
from tests.unit.support.road import CONFIG, Road

if TYPE_CHECKING:
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace


@pytest.fixture
def road(workspace: Workspace, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Road:
    monkeypatch.setenv("GITHUB_ACTOR", "ada")
    monkeypatch.delenv("GITHUB_TRIGGERING_ACTOR", raising=False)
    (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
    workspace.git("add", "--all")
    return Road(workspace, registry)


def planned(road: Road, commit: str) -> tuple[Repository, promotion.Plan]:
    repository = road.workspace.repository()
    return repository, promotion.plan(repository, CONFIG, stages.PRODUCTION, commit)


@pytest.mark.parametrize(("local", "pushed", "asks"), [(True, True, 1), (True, False, 0), (False, True, 0)])
def test_remote_is_asked_again_only_where_the_push_returned_after_the_run(
    road: Road, local: bool, pushed: bool, asks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository, plan = planned(road, road.accepted("integration", "staging"))
    if local:
        monkeypatch.setattr(Repository, "forge", "0123abcd")
    asked: list[str] = []
    monkeypatch.setattr(Repository, "fetch", lambda repository: asked.append(repository.remote))
    arrival = promotion.arrival(repository, CONFIG, plan, pushed=pushed)
    assert (len(asked), arrival.local, arrival.runs == "ml-cicd local runs") == (asks, local, local)


def test_entry_of_a_local_run_is_that_which_the_hook_recorded(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = road.accepted("integration", "staging")
    monkeypatch.setattr(Repository, "forge", "0123abcd")
    repository, plan = planned(road, commit)
    road.record("production", commit)
    repository.git("update-ref", "-d", "refs/ml-cicd/tags/ledger/app/production/1")
    arrival = promotion.arrival(repository, CONFIG, plan, pushed=True)
    assert arrival.entry
    assert (arrival.entry.number, arrival.unfinished, arrival.replaced_by) == (1, False, None)


@pytest.mark.parametrize(("result", "replaced"), [("passed", True), ("failed", False)])
def test_only_a_release_that_passed_is_replaced(road: Road, result: Any, replaced: bool) -> None:
    commit = road.accepted("integration", "staging")
    road.record("production", commit, result)
    newer = road.accepted("integration", "staging", "production")
    repository, plan = planned(road, commit)
    arrival = promotion.arrival(repository, CONFIG, plan, pushed=False)
    assert arrival.unfinished is not replaced
    assert (arrival.replaced_by.deployment.commit if arrival.replaced_by else None) == (newer if replaced else None)


def test_only_entries_since_the_push_count_after_it(road: Road) -> None:
    commit = road.accepted("integration", "staging", "production")
    repository, plan = planned(road, commit)
    assert promotion.arrival(repository, CONFIG, plan, pushed=True).entry is None
    assert promotion.arrival(repository, CONFIG, plan, pushed=False).entry is not None


def test_person_sees_the_run_while_the_push_waits_for_it(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = road.accepted("integration", "staging")
    repository, plan = planned(road, commit)
    pushes: list[tuple[tuple[str, ...], dict[str, Any]]] = []
    monkeypatch.setattr(Repository, "push", lambda _, *refs, **options: pushes.append((refs, options)))
    promotion.push(repository, plan)
    ref = "refs/tags/Production"
    assert pushes == [((f"{commit}:{ref}",), {"leases": {ref: ""}, "show": True})]
