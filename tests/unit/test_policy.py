"""Who may promote, and whose approval a release needs: read from main, recorded in the ledger, refused by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import ledger, stages
from cicd.config import Config, Environment
from cicd.errors import RefusedError
from cicd.road import entries, verification
from cicd.road.request import Request
from tests.unit.support.road import CONFIG, Road, approve

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
        return approve(self.road.workspace.repository(), config, Request(stages.PRODUCTION, commit, reason=reason))


@pytest.fixture
def people(road: Road, monkeypatch: pytest.MonkeyPatch) -> People:
    return People(road, monkeypatch)


def production(**policy: tuple[str, ...] | int) -> Config:
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


@pytest.mark.case("K9", "two approvals of three approvers")
def test_approvals_of_distinct_people_are_counted(road: Road, people: People) -> None:
    commit = road.accepted("integration", "staging")
    config = production(approvers=("ada", "grace", "hal"), approvals=2)

    def missing(who: str) -> str:
        with pytest.raises(RefusedError) as caught:
            people.verify(who, config, commit)
        return caught.value.message

    assert missing("eve").startswith(f"0 of 2 approvals: {commit[:12]} needs an approval for production by ada, grace")
    people.approve("ada", config, commit)
    people.approve("Ada", config, commit, "the same person, written in another way")
    assert "1 of 2 approvals" in missing("eve")
    assert missing("eve").endswith("by grace or hal; ada approved it.")
    people.approve("eve", replace(config, environments=CONFIG.environments), commit, "by somebody who is no approver")
    assert "1 of 2 approvals" in missing("eve")
    people.approve("grace", config, commit)
    assert people.verify("eve", config, commit).commit == commit
    assert "1 of 2 approvals" in missing("grace")
    assert "that of grace, who promotes it, does not count" in missing("grace")
    people.approve("hal", config, commit)
    assert people.verify("grace", config, commit).commit == commit


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


def test_approval_entry_says_when_and_in_which_run(road: Road, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = road.accepted("integration", "staging")
    monkeypatch.setattr("cicd.github.run_url", lambda: "https://github.com/acme/app/actions/runs/7")
    monkeypatch.setattr("cicd.ledger.now", lambda: "2026-01-01T00:00:00Z")
    approved = people.approve("ada", CONFIG, commit).deployment
    assert (approved.started, approved.ended) == ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")
    assert approved.run == "https://github.com/acme/app/actions/runs/7"


def test_commit_off_main_can_not_be_approved(road: Road, people: People) -> None:
    road.accepted("integration", "staging")
    road.workspace.git("checkout", "--quiet", "-b", "elsewhere")
    commit = road.workspace.commit()
    road.workspace.push("elsewhere")
    for environment in ("integration", "staging"):
        road.record(environment, commit)
    with pytest.raises(RefusedError, match="is not on main"):
        people.approve("ada", CONFIG, commit)


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
    approve(repository, CONFIG, Request(stages.STAGING, commit, reason="before it failed"))
    road.record("staging", commit, "failed")
    approve(repository, CONFIG, Request(stages.STAGING, commit, reason="once more"))
    with pytest.raises(RefusedError, match="failed in staging"):
        road.verify("production", commit)


def test_rollback_needs_no_new_approval(road: Road, people: People) -> None:
    old = road.accepted("integration", "staging", "production")
    road.accepted("integration", "staging", "production")
    assert people.verify("eve", production(approvers=("ada",)), old, backwards=True).action == "rollback"
    with pytest.raises(RefusedError, match="eve may not promote"):
        people.verify("eve", production(promoters=("ada",)), old, backwards=True)
