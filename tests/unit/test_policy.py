"""Who may promote, and whose approval a release needs: read from main, recorded in the ledger, refused by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import ledger, stages
from cicd.config import Config, Environment
from cicd.errors import RefusedError
from cicd.road import approval, entries, verification
from cicd.road.request import Request
from tests.unit.support.road import CONFIG, Road

if TYPE_CHECKING:
    from cicd.ledger import Entry
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace


@pytest.fixture
def road(workspace: Workspace, registry: Registry) -> Road:
    return Road(workspace, registry)


class People:
    """Who runs the commands."""

    def __init__(self, road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
        self.road, self.monkeypatch = road, monkeypatch

    def become(self, who: str) -> None:
        self.monkeypatch.setenv("GITHUB_ACTOR", "who-began-it")
        self.monkeypatch.setenv("GITHUB_TRIGGERING_ACTOR", who)

    def verify(self, who: str, config: Config, commit: str, *, backwards: bool = False) -> verification.Candidate:
        self.become(who)
        repository = self.road.workspace.repository()
        return verification.verify(repository, config, Request(stages.PRODUCTION, commit, backwards=backwards))

    def approve(self, who: str, config: Config, commit: str, reason: str = "looked at it") -> Entry:
        self.become(who)
        return approval.approve(
            self.road.workspace.repository(), config, Request(stages.PRODUCTION, commit, reason=reason)
        )


@pytest.fixture
def people(road: Road, monkeypatch: pytest.MonkeyPatch) -> People:
    return People(road, monkeypatch)


def production(**policy: tuple[str, ...]) -> Config:
    environment = Environment("production", **policy)  # type: ignore[arg-type]
    return replace(CONFIG, environments={**CONFIG.environments, "production": environment})


def test_only_promoters_promote(road: Road, people: People) -> None:
    commit = road.accepted("integration", "staging")
    config = production(promoters=("ada", "Grace"))
    for who in ("ada", "Ada", "grace"):
        assert people.verify(who, config, commit).commit == commit
    with pytest.raises(RefusedError, match="eve may not promote to production; ada or Grace may"):
        people.verify("eve", config, commit)
    assert people.verify("eve", CONFIG, commit).commit == commit


def test_approval_counts_for_one_release(road: Road, people: People) -> None:
    commit, newer = road.accepted("integration", "staging"), road.accepted("integration", "staging")
    config = production(approvers=("ada", "grace", "hal"))
    with pytest.raises(RefusedError, match="needs an approval for production by ada, grace or hal") as caught:
        people.verify("eve", config, commit)
    assert f"ml-cicd approve production {commit[:12]} --reason" in caught.value.hint
    people.approve("ada", config, commit)
    assert people.verify("eve", config, commit).commit == commit
    with pytest.raises(RefusedError, match="that of ada, who promotes it, does not count"):
        people.verify("ada", config, commit)
    with pytest.raises(RefusedError, match=f"{newer[:12]} needs an approval"):
        people.verify("eve", config, newer)


def test_only_approvers_approve_accepted_releases(road: Road, people: People) -> None:
    config = production(approvers=("ada",))
    with pytest.raises(RefusedError, match="eve may not approve releases for production; ada may"):
        people.approve("eve", config, road.accepted("integration", "staging"))
    with pytest.raises(RefusedError, match="has not passed staging"):
        people.approve("ada", config, road.accepted("integration"))


def test_approval_entry_says_who_and_why(road: Road, people: People) -> None:
    commit = road.accepted("integration", "staging")
    entry = people.approve("ada", CONFIG, commit, "the figures of\nMay are right")
    deployment = entry.deployment
    assert (deployment.environment, deployment.action, deployment.result) == ("production", "approve", "approved")
    assert (deployment.actor, deployment.reason) == ("ada", "the figures of May are right")
    assert (deployment.commit, deployment.release) == (commit, road.release(commit)[0])
    assert people.approve("ada", CONFIG, commit, "said again") == entry
    assert people.approve("grace", CONFIG, commit).number == 2


def test_approval_is_no_deployment(road: Road, people: People) -> None:
    first = road.accepted("integration", "staging", "production")
    second = road.accepted("integration", "staging")
    people.approve("ada", CONFIG, second)
    chain = ledger.read(road.workspace.repository(), "app", "production")
    current = ledger.last_passed(chain)
    assert current is not None
    assert current.deployment.commit == first
    with pytest.raises(RefusedError, match="no earlier release in production"):
        entries.previous_release(chain, "production")


def test_approval_does_not_accept_failed_release(road: Road, people: People) -> None:
    commit = road.accepted("integration", "staging")
    repository = road.workspace.repository()
    people.become("ada")
    approval.approve(repository, CONFIG, Request(stages.STAGING, commit, reason="before it failed"))
    road.record("staging", commit, "failed")
    approval.approve(repository, CONFIG, Request(stages.STAGING, commit, reason="once more"))
    with pytest.raises(RefusedError, match="failed in staging"):
        road.verify("production", commit)


def test_rollback_needs_no_new_approval(road: Road, people: People) -> None:
    old = road.accepted("integration", "staging", "production")
    road.accepted("integration", "staging", "production")
    assert people.verify("eve", production(approvers=("ada",)), old, backwards=True).action == "rollback"
    with pytest.raises(RefusedError, match="eve may not promote"):
        people.verify("eve", production(promoters=("ada",)), old, backwards=True)
