"""Whose rules about people count: those that the environment accepted last, not those of a commit on its way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import cli, ledger, stages
from cicd.config import Config, Environment
from cicd.errors import RefusedError
from cicd.road import advance, rules, verification
from cicd.road.request import Request, config_for
from tests.unit.support.road import Road, approve

if TYPE_CHECKING:
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

BOT = "github-actions[bot]"


class Team:
    """A project whose rules change with its commits, and whoever runs the commands."""

    def __init__(self, road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
        self.road, self.monkeypatch = road, monkeypatch

    def become(self, who: str) -> None:
        self.monkeypatch.setenv("GITHUB_TRIGGERING_ACTOR", who)

    def write(self, environment: str, line: str, folder: str = ".") -> None:
        """Write the rules of an environment for the next commit."""
        place = self.road.workspace.clone / folder
        place.mkdir(parents=True, exist_ok=True)
        (place / "ml-cicd.toml").write_text(f'name = "app"\n[environments.{environment}]\n{line}\n')
        self.road.workspace.git("add", "--all")

    def config(self, stage: stages.Stage) -> Config:
        repository = self.road.workspace.repository()
        return config_for(repository, stage, repository.commit("main"))

    def verify(self, who: str, environment: str, commit: str, **request: object) -> verification.Candidate:
        self.become(who)
        stage, repository = stages.named(environment), self.road.workspace.repository()
        return verification.verify(repository, self.config(stage), Request(stage, commit, **request))  # type: ignore[arg-type]

    def integrated_by(self, who: str) -> str:
        """Return a commit whose run of integration was that person's, with the tag Staging moved to it."""
        commit = self.road.on_main()
        self.enter("integration", who, commit)
        self.road.workspace.put("refs/tags/Staging", commit)
        return commit

    def enter(self, environment: str, who: str, commit: str) -> None:
        """Record a passed deployment by that person."""
        release, test = self.road.release(commit)
        chains = ledger.read_all(self.road.workspace.repository(), "app")
        before, chain = chains.get(stages.before(environment), []), chains.get(environment, [])
        outcome = ledger.Deployment(
            "app", environment, "deploy", "passed", commit, release, test, actor=who,
            basis=before[-1].basis if before else None,
        )  # fmt: skip
        content = ledger.envelope(outcome, len(chain) + 1, chain[-1].sha256 if chain else "")
        self.road.workspace.put_entry(f"ledger/app/{environment}/{len(chain) + 1}", content)


@pytest.fixture
def team(workspace: Workspace, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Team:
    return Team(Road(workspace, registry), monkeypatch)


@pytest.mark.case("K14", "a commit on main that nobody accepted names its own promoters")
@pytest.mark.parametrize("environment", ["staging", "production"])
def test_commit_that_was_not_accepted_names_no_promoters(team: Team, environment: str) -> None:
    before = ["integration", "staging"][: 1 + (environment == "production")]
    team.write(environment, 'promoters = ["ada"]')
    team.road.accepted(*before, environment)
    older = team.road.accepted(*before)
    team.write(environment, 'promoters = ["root"]')
    commit = team.road.accepted("integration")
    team.road.record("staging", commit, "failed")
    with pytest.raises(RefusedError, match=f"root may not promote to {environment}; ada may") as caught:
        team.verify("root", environment, older)
    assert f"counts once a release with it has passed {environment}" in caught.value.hint
    assert team.verify("ada", environment, older).commit == older


@pytest.mark.case("K14", "rules that the environment accepted count")
def test_accepted_rules_count_for_the_next_release(team: Team) -> None:
    team.write("production", 'promoters = ["ada"]')
    team.road.accepted("integration", "staging", "production")
    team.write("production", 'promoters = ["grace"]')
    commit = team.road.accepted("integration", "staging")
    assert team.verify("ada", "production", commit).commit == commit
    team.road.record("production", commit)
    newer = team.road.accepted("integration", "staging")
    assert team.verify("grace", "production", newer).commit == newer
    with pytest.raises(RefusedError, match="ada may not promote to production; grace may"):
        team.verify("ada", "production", newer)


def test_failed_deployment_accepts_no_rules(team: Team) -> None:
    team.write("production", 'promoters = ["ada"]')
    team.road.accepted("integration", "staging", "production")
    team.write("production", 'promoters = ["root"]')
    commit = team.road.accepted("integration", "staging")
    team.road.record("production", commit, "failed")
    with pytest.raises(RefusedError, match="root may not promote"):
        team.verify("root", "production", commit)


def test_before_the_first_release_main_counts(team: Team) -> None:
    team.road.accepted("integration", "staging")
    team.write("production", 'promoters = ["ada"]')
    commit = team.road.accepted("integration", "staging")
    assert team.verify("ada", "production", commit).commit == commit
    with pytest.raises(RefusedError, match="root may not promote"):
        team.verify("root", "production", commit)


def test_targets_count_as_on_main(team: Team) -> None:
    team.write("production", "port = 8001")
    team.road.accepted("integration", "staging", "production")
    team.write("production", "port = 8002")
    team.road.accepted("integration")
    config, repository = team.config(stages.PRODUCTION), team.road.workspace.repository()
    chains = ledger.read_all(repository, "app")
    assert rules.governing(repository, config, chains, "production").port == 8002


def test_approvers_and_their_number_are_the_accepted_ones(team: Team) -> None:
    team.write("production", 'approvers = ["ada", "grace"]\napprovals = 2')
    team.road.accepted("integration", "staging", "production")
    team.write("production", 'approvers = ["root"]')
    commit = team.road.accepted("integration", "staging")
    request, config = Request(stages.PRODUCTION, commit, reason="seen"), team.config(stages.PRODUCTION)
    for who in ("root", "ada"):
        team.become(who)
        if who == "root":
            with pytest.raises(RefusedError, match="root may not approve releases for production; ada or grace may"):
                approve(team.road.workspace.repository(), config, request)
        else:
            approve(team.road.workspace.repository(), config, request)
    with pytest.raises(RefusedError, match=r"1 of 2 approvals: .* by grace; ada approved it"):
        team.verify("eve", "production", commit)


@pytest.mark.parametrize("taken", [True, False], ids=["from another's folder", "to a new folder"])
def test_rules_are_found_although_the_project_moved(team: Team, taken: bool) -> None:
    if taken:
        team.write("production", 'promoters = ["root"]', folder="projects/app")
        file = team.road.workspace.clone / "projects" / "app" / "ml-cicd.toml"
        file.write_text(file.read_text().replace('"app"', '"another"'))
    team.write("production", 'promoters = ["ada"]')
    team.road.accepted("integration", "staging", "production")
    (team.road.workspace.clone / "ml-cicd.toml").write_text('name = "other"\n')
    team.write("production", 'promoters = ["root"]', folder="projects/app")
    commit = team.road.accepted("integration")
    repository = replace(team.road.workspace.repository(), directory="projects/app")
    config = config_for(repository, stages.PRODUCTION, commit)
    governed = rules.governing(repository, config, ledger.read_all(repository, "app"), "production")
    assert (config.environments["production"].promoters, governed.promoters) == (("root",), ("ada",))


@pytest.mark.case("K14", "promote shows who may promote from then on")
def test_promote_shows_the_change_of_rules(
    team: Team, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.chdir(team.road.workspace.clone)
    team.write("production", 'promoters = ["ada"]')
    team.road.accepted("integration", "staging", "production")
    team.write("production", 'promoters = ["grace"]\napprovers = ["hal"]')
    team.road.accepted("integration", "staging")
    team.become("ada")
    assert cli.main(["promote", "production", "--dry-run"]) == 0
    output = capsys.readouterr().out
    assert "changes   promoters: ada -> grace, from the next promotion on" in output
    assert "changes   approvers: none named -> hal" in output


@pytest.mark.case("K9", "the automatic move to staging is the integration's, whose promoter it was")
class TestAutomaticMove:
    """Integration moves the tag, an App starts staging: who answers for it is the person whose run integrated it."""

    @pytest.fixture
    def team(self, team: Team) -> Team:
        team.write("staging", 'promoters = ["ada"]')
        return team

    def test_automatic_move_is_that_of_the_integration(self, team: Team) -> None:
        commit = team.integrated_by("ada")
        assert team.verify(BOT, "staging", commit, tag="Staging").commit == commit
        assert team.verify("kit-app[bot]", "staging", commit, tag="Staging").commit == commit
        other = team.integrated_by("eve")
        with pytest.raises(RefusedError, match="eve may not promote to staging; ada may"):
            team.verify(BOT, "staging", other, tag="Staging")

    @pytest.mark.parametrize("request_", [{}, {"backwards": True}, {"tag": "Staging", "backwards": True}], ids=str)
    def test_any_other_start_by_an_app_is_not(self, team: Team, request_: dict[str, object]) -> None:
        commit = team.integrated_by("ada")
        with pytest.raises(RefusedError, match=r"github-actions\[bot\] may not promote to staging"):
            team.verify(BOT, "staging", commit, **request_)

    def test_another_tag_is_not(self, team: Team) -> None:
        commit = team.integrated_by("ada")
        team.road.workspace.put("refs/tags/mine", commit)
        with pytest.raises(RefusedError, match=r"github-actions\[bot\] may not promote"):
            team.verify(BOT, "staging", commit, tag="mine")

    def test_it_counts_until_another_release_replaced_it(self, team: Team) -> None:
        first, second = team.integrated_by("ada"), team.integrated_by("ada")
        team.road.record("staging", first)
        team.road.record("staging", second, "failed")
        assert team.verify(BOT, "staging", second, tag="Staging").commit == second
        team.road.record("staging", second)
        team.road.record("staging", first, action="rollback")
        with pytest.raises(RefusedError, match=r"github-actions\[bot\] may not promote"):
            team.verify(BOT, "staging", second, tag="Staging")

    def test_without_automatic_staging_it_is_nobodys(self, team: Team) -> None:
        team.write("staging", 'promoters = ["ada"]\n[staging]\nauto = false')
        commit = team.integrated_by("ada")
        with pytest.raises(RefusedError, match=r"github-actions\[bot\] may not promote"):
            team.verify(BOT, "staging", commit, tag="Staging")

    def test_production_has_no_automatic_move(self, team: Team) -> None:
        team.write("production", 'promoters = ["ada"]')
        commit = team.integrated_by("ada")
        team.enter("staging", "ada", commit)
        team.road.workspace.put("refs/tags/Production", commit)
        with pytest.raises(RefusedError, match=r"github-actions\[bot\] may not promote to production"):
            team.verify(BOT, "production", commit, tag="Production")

    def test_who_integrated_can_not_approve_it_through_the_app(self, team: Team) -> None:
        team.write("staging", 'approvers = ["ada", "grace"]')
        commit = team.integrated_by("ada")
        for who, enough in (("ada", False), ("grace", True)):
            team.become(who)
            request = Request(stages.STAGING, commit, reason="seen")
            approve(team.road.workspace.repository(), team.config(stages.STAGING), request)
            if enough:
                assert team.verify(BOT, "staging", commit, tag="Staging").commit == commit
            else:
                with pytest.raises(RefusedError, match="that of ada, who promotes it, does not count"):
                    team.verify(BOT, "staging", commit, tag="Staging")

    @pytest.mark.parametrize("recorded", [True, False], ids=["in the ledger", "by the job alone"])
    @pytest.mark.parametrize(("who", "moves"), [("ada", True), ("eve", False)])
    def test_integration_leaves_the_tag_to_people_who_may(
        self, team: Team, who: str, moves: bool, recorded: bool
    ) -> None:
        commit = team.road.workspace.commit()
        team.enter("integration", who if recorded else "", commit)
        team.become("hal" if recorded else who)
        repository = team.road.workspace.repository()
        advanced = advance.advance(repository, config_for(repository, stages.INTEGRATION, commit), commit)
        assert advanced.staging is moves
        assert ("eve may not promote to staging; ada may" in advanced.held) is not moves
        repository = team.road.workspace.repository()
        assert (repository.branch("main"), repository.tag("Staging")) == (commit, commit if moves else None)


def test_configuration_of_another_project_does_not_count(team: Team) -> None:
    road = team.road
    place = road.workspace.clone / "a" / "other"
    place.mkdir(parents=True)
    (place / "ml-cicd.toml").write_text('name = "other"\n[environments.production]\npromoters = ["eve"]\n')
    road.workspace.git("add", "--all")
    commit = road.on_main()
    config = Config("app", environments={"production": Environment("production", promoters=("ada",))})
    assert rules.of_commit(road.workspace.repository(), config, commit) is config
    (road.workspace.clone / "b").mkdir()
    (road.workspace.clone / "b" / "ml-cicd.toml").write_text('name = "app"\n')
    road.workspace.git("add", "--all")
    commit = road.on_main()
    assert rules.of_commit(road.workspace.repository(), config, commit).environments["production"].promoters == ()
