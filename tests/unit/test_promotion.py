"""Promotion lets through what was accepted, and refuses everything else with its reason; gates are proven both ways."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import ledger, stages
from cicd.errors import RefusedError, UnreachableError, UsageError
from cicd.repository import LostRaceError, Repository
from cicd.road import advance, entries, verification
from cicd.road.request import Request, config_for, resolve
from cicd.road.verification import SupersededError
from tests.unit.support.road import CONFIG, Road

if TYPE_CHECKING:
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace


@pytest.fixture
def road(workspace: Workspace, registry: Registry) -> Road:
    return Road(workspace, registry)


def test_accepted_commit_keeps_its_digests(road: Road) -> None:
    commit = road.accepted("integration", "staging")
    candidate = road.verify("production", commit)
    assert (candidate.release, candidate.test) == road.release(commit)
    assert candidate.action == "deploy"
    entry = ledger.read(road.workspace.repository(), "app", "staging")[0]
    assert candidate.basis == ledger.Basis("staging", 1, entry.sha256)


@pytest.mark.parametrize(
    ("environment", "passed", "missing"),
    [("staging", [], "integration"), ("production", ["integration"], "staging"), ("production", [], "staging")],
)
def test_skipped_stage_is_refused(road: Road, environment: str, passed: list[str], missing: str) -> None:
    commit = road.accepted(*passed)
    with pytest.raises(RefusedError, match=f"has not passed {missing}, so it may not go to {environment}") as refused:
        road.verify(environment, commit)
    way = {"integration": "Push it to the integration branch", "staging": f"ml-cicd promote staging {commit[:12]}"}
    assert way[missing] in refused.value.hint


def test_failed_commit_is_refused(road: Road) -> None:
    commit = road.accepted("integration")
    road.record("staging", commit, "failed")
    with pytest.raises(RefusedError, match="failed in staging"):
        road.verify("production", commit)


def test_release_that_failed_later_is_refused(road: Road) -> None:
    commit = road.accepted("integration", "staging")
    road.record("staging", commit, "failed")
    with pytest.raises(RefusedError, match="failed in staging"):
        road.verify("production", commit)


def test_release_that_passed_later_is_accepted(road: Road) -> None:
    commit = road.accepted("integration")
    road.record("staging", commit, "failed")
    road.record("staging", commit)
    assert road.verify("production", commit).commit == commit


def test_commit_off_main_is_refused(road: Road) -> None:
    road.accepted("integration", "staging")
    road.workspace.git("checkout", "--quiet", "-b", "elsewhere")
    commit = road.workspace.commit()
    road.workspace.push("elsewhere")
    road.record("integration", commit)
    with pytest.raises(RefusedError, match="not on main"):
        road.verify("staging", commit)


def test_nothing_is_on_main_where_there_is_no_main(road: Road) -> None:
    commit = road.accepted("integration", "staging")
    road.workspace.git("push", "--quiet", "origin", f"{commit}:refs/heads/elsewhere")
    (road.workspace.remote / "HEAD").write_text("ref: refs/heads/elsewhere\n")
    road.workspace.push(":main")
    with pytest.raises(RefusedError, match="is not on main"):
        road.verify("production", commit)


def test_first_release_of_an_environment_needs_no_remote(road: Road) -> None:
    commit = road.accepted("integration", "staging")
    request = Request(stages.PRODUCTION, commit, backwards=True, offline=True)
    assert verification.verify(road.workspace.repository(), CONFIG, request).action == "deploy"


def test_moved_tag_is_refused(road: Road) -> None:
    commit = road.accepted("integration", "staging")
    road.workspace.git("tag", "Production", commit)
    road.workspace.push("Production")
    assert road.verify("production", commit, tag="Production").commit == commit
    road.workspace.git("tag", "--force", "Production", f"{commit}~1")
    road.workspace.push("--force", "Production")
    with pytest.raises(RefusedError, match="moved meanwhile"):
        road.verify("production", commit, tag="Production")
    road.workspace.push(":Production")
    with pytest.raises(RefusedError, match="moved meanwhile"):
        road.verify("production", commit, tag="Production")


@pytest.mark.case("K7", "a clone with a real remote and a local forge")
def test_hint_moves_the_tag_at_the_remote_of_the_run(road: Road) -> None:
    commit = road.accepted("integration", "staging")
    forge = Repository(road.workspace.clone, str(road.workspace.remote))  # as in a job, which has the address alone
    forge.fetch()
    with pytest.raises(RefusedError) as caught:
        verification.verify(forge, CONFIG, Request(stages.PRODUCTION, commit, tag="Production"))
    assert caught.value.hint.endswith(f"git push -f {forge.remote} Production")


def test_tag_at_newer_commit_supersedes(road: Road) -> None:
    commit = road.accepted("integration", "staging")
    road.workspace.git("tag", "Production", road.on_main())
    road.workspace.push("Production")
    with pytest.raises(SupersededError, match="has moved on to"):
        road.verify("production", commit, tag="Production")
    road.workspace.git("checkout", "--quiet", "-b", "elsewhere")
    road.workspace.git("tag", "--force", "Production", road.workspace.commit())
    road.workspace.push("--force", "Production")
    with pytest.raises(RefusedError, match="moved meanwhile"):
        road.verify("production", commit, tag="Production")


def test_annotated_tag_counts_as_its_commit(road: Road) -> None:
    commit = road.accepted("integration", "staging")
    road.workspace.git("tag", "--annotate", "-m", "go", "Production", commit)
    road.workspace.push("Production")
    assert road.verify("production", commit, tag="Production").commit == commit


def test_older_commit_needs_backwards(road: Road) -> None:
    old = road.accepted("integration", "staging", "production")
    road.accepted("integration", "staging", "production")
    with pytest.raises(RefusedError, match=r"does not descend from [0-9a-f]{12}, the newest commit that passed"):
        road.verify("production", old)  # without the target, which alone knows what runs
    assert road.verify("production", old, backwards=True).action == "rollback"


def test_repeated_rollback_goes_no_further_back(road: Road) -> None:
    def before() -> str:
        chain = ledger.read(road.workspace.repository(), "app", "production")
        return entries.previous_release(chain, "production").deployment.commit

    with pytest.raises(RefusedError, match="Nothing has passed production yet"):
        before()
    road.accepted("integration", "staging", "production")
    with pytest.raises(RefusedError, match="no earlier release in production"):
        before()
    second, _third = [road.accepted("integration", "staging", "production") for _ in range(2)]
    road.record("production", road.accepted("integration", "staging"), "failed")
    assert before() == second
    road.record("production", second, action="rollback")
    assert before() == second
    road.accepted("integration", "staging", "production")
    assert before() == second


def test_release_deployed_again_has_the_same_release_before_it(road: Road) -> None:
    first, second, _third = [road.accepted("integration", "staging", "production") for _ in range(3)]
    road.record("production", second)
    chain = ledger.read(road.workspace.repository(), "app", "production")
    assert entries.previous_release(chain, "production").deployment.commit == first


def test_entry_recorded_late_does_not_change_what_ran_before(road: Road) -> None:
    first, second, third = [road.accepted("integration", "staging", "production") for _ in range(3)]
    late = replace(road.record("production", first).deployment, late=True)
    *chain, newest = ledger.read(road.workspace.repository(), "app", "production")
    assert [entry.deployment.commit for entry in chain] == [first, second, third]
    previous = entries.previous_release([*chain, replace(newest, deployment=late)], "production")
    assert previous.deployment.commit == second


def test_backwards_without_commit_takes_previous_release(road: Road) -> None:
    (road.workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
    road.workspace.git("add", "--all")
    first = road.accepted("integration", "staging", "production")
    road.accepted("integration", "staging", "production")
    repository = road.workspace.repository()
    assert resolve(repository, Request(stages.PRODUCTION, backwards=True))[0].commit == first
    assert resolve(repository, Request(stages.PRODUCTION, "main", backwards=True))[0].commit != first
    with pytest.raises(UsageError, match="No commit was named"):
        resolve(repository, Request(stages.PRODUCTION))


def test_failed_deployment_is_not_running(road: Road) -> None:
    commit = road.accepted("integration", "staging", "production")
    newer = road.accepted("integration", "staging")
    road.record("production", newer, "failed")
    assert road.verify("production", commit).action == "deploy"


@pytest.mark.parametrize("changed", ["acme/app/sha256", "acme/app/test/sha256"], ids=["release", "test"])
def test_changed_image_is_refused(road: Road, changed: str) -> None:
    commit = road.accepted("integration", "staging")
    assert road.verify("production", commit).commit == commit
    for key in road.registry.manifests:
        if key.startswith(changed):
            road.registry.manifests[key] += b" "
    with pytest.raises(RefusedError, match="content changed"):
        road.verify("production", commit)


def test_silent_registry_is_an_error(road: Road) -> None:
    commit = road.accepted("integration", "staging")
    road.registry.status = 503
    with pytest.raises(UnreachableError):
        road.verify("production", commit)


def test_configuration_comes_from_main(workspace: Workspace) -> None:
    def write(line: str) -> str:
        (workspace.clone / "ml-cicd.toml").write_text(f'name = "app"\n[environments.production]\n{line}\n')
        workspace.git("add", "--all")
        return workspace.commit()

    write("health-timeout = 7")
    workspace.push("main")
    workspace.git("checkout", "--quiet", "-b", "elsewhere")
    own = write("health-timeout = 700")
    workspace.push("elsewhere")
    repository = workspace.repository()
    assert config_for(repository, stages.PRODUCTION, own).environments["production"].health_timeout == 7
    assert config_for(repository, stages.STAGING, own).environments["production"].health_timeout == 7
    assert config_for(repository, stages.INTEGRATION, own).environments["production"].health_timeout == 700


@pytest.mark.case("K7", "a repository whose branch is master")
def test_master_stands_in_for_main(workspace: Workspace) -> None:
    assert workspace.repository().main_branch == "main"
    workspace.push("main:master")
    assert workspace.repository().main_branch == "main"
    workspace.git("--git-dir", str(workspace.remote), "symbolic-ref", "HEAD", "refs/heads/master")
    workspace.push(":main")
    assert workspace.repository().main_branch == "master"


def test_push_with_stale_lease_changes_nothing(workspace: Workspace) -> None:
    first, second = workspace.commit(), workspace.commit()
    repository, ref = workspace.repository(), "refs/tags/Staging"
    repository.push(f"{first}:{ref}", leases={ref: ""})
    for stale in ("", second):
        with pytest.raises(LostRaceError):
            repository.push(f"{second}:{ref}", leases={ref: stale})
    repository.push(f"{second}:{ref}", leases={ref: first})
    assert workspace.repository().tag("Staging") == second


class TestAdvance:
    """After integration: main and Staging move together, forwards only."""

    def develop(self, road: Road) -> str:
        road.workspace.git("checkout", "--quiet", "-B", "develop")
        commit = road.workspace.commit("merged")
        road.workspace.push("develop")
        return commit

    def advance(self, road: Road, commit: str) -> advance.Advance:
        return advance.advance(road.workspace.repository(), CONFIG, commit)

    def test_main_and_staging_move_together(self, road: Road) -> None:
        commit = self.develop(road)
        road.record("integration", commit)
        assert self.advance(road, commit) == advance.Advance("advanced", staging=True)
        repository = road.workspace.repository()
        assert (repository.branch("main"), repository.tag("Staging")) == (commit, commit)
        assert self.advance(road, commit).state == "advanced"

    def test_manual_staging_tag_stays(self, road: Road) -> None:
        commit = self.develop(road)
        road.record("integration", commit)
        by_hand = replace(CONFIG, staging_auto=False)
        advanced = advance.advance(road.workspace.repository(), by_hand, commit)
        assert advanced == advance.Advance("advanced", staging=False)
        repository = road.workspace.repository()
        assert (repository.branch("main"), repository.tag("Staging")) == (commit, None)

    def test_nothing_moves_without_passed_entry(self, road: Road) -> None:
        commit = self.develop(road)
        before = road.workspace.repository().branch("main")
        with pytest.raises(RefusedError, match="has not passed integration"):
            self.advance(road, commit)
        road.record("integration", commit, "failed")
        with pytest.raises(RefusedError, match="failed in integration"):
            self.advance(road, commit)
        repository = road.workspace.repository()
        assert (repository.branch("main"), repository.tag("Staging")) == (before, None)

    def test_older_commit_is_superseded(self, road: Road) -> None:
        old = self.develop(road)
        new = self.develop(road)
        for commit in (old, new):
            road.record("integration", commit)
        self.advance(road, new)
        assert self.advance(road, old) == advance.Advance("superseded", staging=False)
        assert road.workspace.repository().tag("Staging") == new

    def test_diverged_main_is_not_overwritten(self, road: Road) -> None:
        commit = self.develop(road)
        road.record("integration", commit)
        road.workspace.git("checkout", "--quiet", "main")
        hotfix = road.on_main()
        with pytest.raises(RefusedError, match="can't be fast-forwarded"):
            self.advance(road, commit)
        assert road.workspace.repository().branch("main") == hotfix

    def test_tag_of_staging_moves_on_with_main(self, road: Road) -> None:
        for commit in (self.develop(road), self.develop(road)):
            road.record("integration", commit)
            assert self.advance(road, commit) == advance.Advance("advanced", staging=True)
            assert road.workspace.repository().tag("Staging") == commit

    def test_first_commit_makes_main(self, road: Road) -> None:
        commit = self.develop(road)
        road.record("integration", commit)
        road.workspace.git("--git-dir", str(road.workspace.remote), "symbolic-ref", "HEAD", "refs/heads/develop")
        road.workspace.push(":main")
        assert road.workspace.repository().main_commit is None
        assert self.advance(road, commit).state == "advanced"
        assert road.workspace.repository().branch("main") == commit

    @pytest.mark.parametrize("ref", ["refs/heads/main", "refs/tags/Staging"])
    def test_lost_race_moves_nothing(self, road: Road, ref: str) -> None:
        class Raced(Repository):
            """Somebody else moves a ref between the look at it and the push."""

            def push(self, *refspecs: str, leases: dict[str, str] | None = None, show: bool = False) -> None:
                subprocess.run([*git, "push", "--quiet", "--force", "origin", f"{other}:{ref}"], check=True)
                super().push(*refspecs, leases=leases, show=show)

        git = ["git", "-C", str(road.workspace.clone)]
        other = road.on_main()
        commit = self.develop(road)
        road.record("integration", commit)
        if ref.endswith("main"):
            road.workspace.git("checkout", "--quiet", "main")
            other = road.workspace.commit("a hotfix")
        before = road.workspace.repository()
        with pytest.raises(RefusedError, match="moved meanwhile"):
            advance.advance(Raced(before.path, before.remote), CONFIG, commit)
        after = road.workspace.repository()
        assert other in (after.branch("main"), after.tag("Staging"))
        assert commit not in (after.branch("main"), after.tag("Staging"))
