"""Production asks for the verdict of the model gate, for the approval that it needs, and for the same champion."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli, ledger, stages
from cicd.config import Environment, GateSettings, MetricSettings
from cicd.errors import RefusedError
from cicd.gate import account
from cicd.ledger import Entry, Judgement
from cicd.road import promotion, verdicts, verification
from cicd.road.request import Request
from tests.unit.support.judged import JudgedRoad, digest, judgement
from tests.unit.support.road import CONFIG, approve

if TYPE_CHECKING:
    from cicd.config import Config
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

GATED = replace(CONFIG, gate=GateSettings((MetricSettings("accuracy", 0.01),), ("evaluate",), "data"))
APPROVED_BY_ADA = replace(
    GATED, environments={**GATED.environments, "production": Environment("production", approvers=("ada", "grace"))}
)
ASKING = judgement("inconclusive", "ask", champion="")


class People:
    """Who runs the commands."""

    def __init__(self, road: JudgedRoad, monkeypatch: pytest.MonkeyPatch) -> None:
        self.road, self.monkeypatch = road, monkeypatch

    def become(self, who: str) -> None:
        self.monkeypatch.delenv("GITHUB_TRIGGERING_ACTOR", raising=False)
        self.monkeypatch.setenv("GITHUB_ACTOR", who)

    def promote(
        self, commit: str, config: Config = GATED, who: str = "eve", *, to: str = "production", backwards: bool = False
    ) -> verification.Candidate:
        self.become(who)
        request = Request(stages.named(to), commit, backwards=backwards)
        return verification.verify(self.road.workspace.repository(), config, request)

    def approve(self, commit: str, config: Config = GATED, who: str = "ada") -> Entry:
        self.become(who)
        request = Request(stages.PRODUCTION, commit, reason="read the report")
        return approve(self.road.workspace.repository(), config, request)


@pytest.fixture
def road(workspace: Workspace, registry: Registry) -> JudgedRoad:
    return JudgedRoad(workspace, registry)


@pytest.fixture
def people(road: JudgedRoad, monkeypatch: pytest.MonkeyPatch) -> People:
    return People(road, monkeypatch)


def released(road: JudgedRoad, commit: str) -> str:
    return road.release(commit)[0]


def test_a_release_without_a_verdict_does_not_reach_production(road: JudgedRoad, people: People) -> None:
    commit = road.judged(None, "staging")
    with pytest.raises(RefusedError, match=f"has not judged the release of {commit[:12]}") as refused:
        people.promote(commit)
    assert f"Run integration of {commit[:12]} again" in refused.value.hint
    assert people.promote(commit, CONFIG).commit == commit
    by_hand = replace(CONFIG, gate=replace(GATED.gate, evaluate=(), evaluation_set=""))  # type: ignore[type-var]
    assert people.promote(commit, by_hand).commit == commit


@pytest.mark.parametrize("verdict", ["superior", "non-inferior", "unchanged", "first"])
def test_a_release_that_passed_the_gate_reaches_production(road: JudgedRoad, people: People, verdict: str) -> None:
    commit = road.judged(judgement(verdict), "staging")
    assert people.promote(commit).commit == commit


@pytest.mark.parametrize("verdict", ["mixed", "inconclusive"])
def test_where_people_are_asked_staging_is_open_and_production_waits_for_an_approval(
    road: JudgedRoad, people: People, verdict: str
) -> None:
    commit = road.judged(judgement(verdict, "ask", reason="the commit changes [gate] skip"))
    assert people.promote(commit, to="staging").commit == commit
    road.record("staging", commit)
    with pytest.raises(RefusedError, match="production needs an approval") as refused:
        people.promote(commit)
    assert f"on {commit[:12]} is {verdict} (the commit changes [gate] skip)" in refused.value.message
    assert f"ml-cicd approve production {commit[:12]} --reason" in refused.value.hint
    people.approve(commit)
    assert people.promote(commit).commit == commit


def test_an_approval_is_needed_even_if_main_no_longer_has_a_gate(road: JudgedRoad, people: People) -> None:
    commit = road.judged(ASKING, "staging")
    with pytest.raises(RefusedError, match="needs an approval"):
        people.promote(commit, CONFIG)


def test_one_of_the_approvers_approves_and_not_the_person_who_promotes(road: JudgedRoad, people: People) -> None:
    commit = road.judged(ASKING, "staging")
    with pytest.raises(RefusedError, match="eve may not approve"):
        people.approve(commit, APPROVED_BY_ADA, "eve")
    people.approve(commit, GATED, "eve")  # when nobody was named
    with pytest.raises(RefusedError, match="needs an approval"):
        people.promote(commit, APPROVED_BY_ADA)
    people.approve(commit, APPROVED_BY_ADA, "ada")
    with pytest.raises(RefusedError, match="ada"):
        people.promote(commit, APPROVED_BY_ADA, "ada")
    assert people.promote(commit, APPROVED_BY_ADA, "eve").commit == commit


class TestApprovals:
    """Which entries of production are approvals that count."""

    def missing(self, road: JudgedRoad, commit: str, config: Config = GATED, **changes: Any) -> str:
        """Return what is missing if the entries of production were changed so."""
        chains = ledger.read_all(road.workspace.repository(), "app")
        entries = [replace(entry, **changes) for entry in chains.get("production", [])]
        accepted = verification.acceptance(chains, "production", commit).deployment
        environment = config.environments["production"]
        return verdicts.missing_approval({**chains, "production": entries}, environment, accepted, "eve")

    def test_an_approval_that_no_signature_vouches_for_does_not(self, road: JudgedRoad, people: People) -> None:
        commit = road.judged(ASKING, "staging")
        people.approve(commit)
        assert self.missing(road, commit) == ""
        assert "needs an approval" in self.missing(road, commit, trust="unsigned")

    def test_a_deployment_is_no_approval(self, road: JudgedRoad) -> None:
        commit = road.judged(ASKING, "staging")
        road.day = "2001-01-01"
        road.record("production", commit, "failed")
        assert "needs an approval" in self.missing(road, commit)

    def test_a_deployment_that_nobody_saw_pass_does_not_stand_for_one(self, road: JudgedRoad) -> None:
        commit = road.judged(ASKING, "staging", "production")
        assert self.missing(road, commit) == ""
        (entry,) = ledger.read(road.workspace.repository(), "app", "production")
        observed = replace(entry.deployment, observed=True)
        assert "needs an approval" in self.missing(road, commit, deployment=observed)

    @pytest.mark.parametrize(("who", "counts"), [("ada", True), ("Grace", True), ("hal", False), ("eve", False)])
    def test_one_by_an_approver_who_does_not_promote_counts(
        self, road: JudgedRoad, people: People, who: str, *, counts: bool
    ) -> None:
        commit = road.judged(ASKING, "staging")
        people.approve(commit, GATED, who)
        promoted_by_an_approver = replace(APPROVED_BY_ADA.environments["production"], approvers=("ada", "grace", "eve"))
        for environment in (APPROVED_BY_ADA.environments["production"], promoted_by_an_approver):
            config = replace(GATED, environments={**GATED.environments, "production": environment})
            assert (self.missing(road, commit, config) == "") == counts


def test_an_approval_of_an_earlier_verdict_on_the_release_does_not_count(road: JudgedRoad, people: People) -> None:
    commit = road.judged(ASKING, "staging")
    people.approve(commit)
    road.gate = judgement("mixed", "ask", champion="", candidate="others")
    road.day = "9999-01-01"
    for environment in ("integration", "staging"):
        road.record(environment, commit)
    with pytest.raises(RefusedError, match="is mixed: production needs an approval"):
        people.promote(commit)


def test_an_approval_counts_for_the_same_predictions_judged_by_the_same_rules_alone(
    road: JudgedRoad, people: People
) -> None:
    first = road.judged(ASKING, "staging")
    people.approve(first)
    same = road.judged(ASKING, "staging")
    assert people.promote(same).commit == same
    for other in (
        judgement("inconclusive", "ask", champion="", candidate="others"),
        judgement("inconclusive", "ask", champion="", evaluation="another set"),
        judgement("inconclusive", "ask", champion="", rules="others"),
        Judgement("inconclusive", "ask", digest("rules")),
    ):
        commit = road.judged(other, "staging")
        with pytest.raises(RefusedError, match="needs an approval"):
            people.promote(commit)


@pytest.mark.parametrize("verdict", ["failed", "regressed", "inconclusive"])
def test_no_approval_changes_a_verdict_that_blocks(road: JudgedRoad, people: People, verdict: str) -> None:
    road.gate = judgement(verdict, "block")
    commit = road.on_main()
    road.record("integration", commit, "failed")
    with pytest.raises(RefusedError, match=f"is {verdict} .entry 1 of integration.*No approval changes that"):
        people.approve(commit)
    with pytest.raises(RefusedError, match="has not passed staging"):
        people.promote(commit)
    with pytest.raises(RefusedError, match="failed in integration"):
        people.promote(commit, to="staging")


def test_a_later_release_of_the_commit_is_approved_by_its_own_verdict(road: JudgedRoad, people: People) -> None:
    road.gate = judgement("failed", "block")
    commit = road.on_main()
    road.record("integration", commit, "failed", build="first")
    road.gate = ASKING
    for environment in ("integration", "staging"):
        road.record(environment, commit)
    people.approve(commit)
    assert people.promote(commit).commit == commit


class TestChampion:
    """The release that production runs is the one that the verdict speaks of."""

    def test_another_one_by_now_is_refused_with_the_way_out(self, road: JudgedRoad, people: People) -> None:
        old = road.judged(judgement("first", champion="", candidate="old"), "staging", "production")
        between = road.judged(judgement(against=released(road, old), candidate="between"), "staging")
        waiting = road.judged(judgement(against=released(road, old)), "staging")
        assert people.promote(waiting).commit == waiting
        road.record("production", between)
        with pytest.raises(RefusedError, match=f"than what runs now: .*, of {between[:12]}") as refused:
            people.promote(waiting)
        assert f"Run integration of {waiting[:12]} again. It compares" in refused.value.hint
        assert f"ml-cicd promote production {waiting[:12]}" in refused.value.hint

    @pytest.mark.parametrize(
        ("run", "command"),
        [
            ("https://github.com/acme/app/actions/runs/7", ": gh run rerun 7 --repo acme/app. It"),
            ("https://git.acme.com/acme/app/actions/runs/7", ": gh run rerun 7 --repo git.acme.com/acme/app. It"),
            ("file:///srv/git/local/app/actions/runs/7", ": ml-cicd local rerun 7. It"),
            ("https://ci.acme.com/builds/7", "again. It"),
        ],
    )
    def test_the_way_out_is_a_command(self, road: JudgedRoad, people: People, run: str, command: str) -> None:
        road.run = run
        old = road.judged(judgement("first", champion="", candidate="old"), "staging", "production")
        between = road.judged(judgement(against=released(road, old), candidate="between"), "staging")
        waiting = road.judged(judgement(against=released(road, old)), "staging")
        road.record("production", between)
        with pytest.raises(RefusedError) as refused:
            people.promote(waiting)
        assert command in refused.value.hint

    @pytest.mark.parametrize("build", ["", "again"], ids=["the same digest", "another digest"])
    def test_once_integration_has_run_again_the_release_goes_on(
        self, road: JudgedRoad, people: People, build: str
    ) -> None:
        old = road.judged(judgement("first", champion="", candidate="old"), "staging", "production")
        between = road.judged(judgement(against=released(road, old), candidate="between"), "staging")
        waiting = road.judged(judgement(against=released(road, old)), "staging")
        road.record("production", between)
        road.gate = judgement(against=released(road, between), champion="between")
        road.record("integration", waiting, build=build)
        road.gate = None
        if build:
            with pytest.raises(RefusedError) as refused:
                people.promote(waiting)
            assert f"The newest release of {waiting[:12]} was compared with it" in refused.value.hint
            assert refused.value.hint.endswith(f"ml-cicd promote staging {waiting[:12]}")
            road.record("staging", waiting, build=build)
        assert people.promote(waiting).commit == waiting

    def test_a_release_that_is_shown_worse_than_what_runs_now_is_refused(
        self, road: JudgedRoad, people: People
    ) -> None:
        old = road.judged(judgement("first", champion="", candidate="old"), "staging", "production")
        between = road.judged(judgement(against=released(road, old), candidate="between"), "staging")
        waiting = road.judged(judgement(against=released(road, old)), "staging")
        road.record("production", between)
        road.gate = judgement("regressed", "block", against=released(road, between), champion="between")
        road.record("integration", waiting, "failed")
        road.gate = None
        with pytest.raises(RefusedError, match=r"is regressed \(entry 4 of integration\). No approval changes that"):
            people.promote(waiting)

    def test_a_new_release_of_the_same_model_is_the_same_champion(self, road: JudgedRoad, people: People) -> None:
        old = road.judged(judgement("first", champion="", candidate="old"), "staging", "production")
        code = road.judged(judgement("unchanged", against=released(road, old), candidate="old"), "staging")
        waiting = road.judged(judgement(against=released(road, old)), "staging")
        road.record("production", code)
        assert people.promote(waiting).commit == waiting

    def test_a_champion_from_before_the_gate_is_the_one_that_was_compared(
        self, road: JudgedRoad, people: People
    ) -> None:
        old = road.judged(None, "staging", "production")
        waiting = road.judged(judgement(against=released(road, old)), "staging")
        assert people.promote(waiting).commit == waiting

    @pytest.mark.parametrize("runs", [judgement("first", champion="", candidate="other"), None])
    def test_a_first_model_is_none_once_another_one_runs(
        self, road: JudgedRoad, people: People, runs: Judgement | None
    ) -> None:
        road.judged(runs, "staging", "production")
        first = road.judged(judgement("first", champion=""), "staging")
        with pytest.raises(RefusedError, match="another release than what runs now"):
            people.promote(first)

    def test_the_same_predictions_on_another_set_are_no_proof(self, road: JudgedRoad, people: People) -> None:
        old = road.judged(judgement("first", champion="", candidate="old"), "staging", "production")
        code = judgement("unchanged", against=released(road, old), candidate="old", evaluation="another set")
        other = road.judged(code, "staging")
        waiting = road.judged(judgement(against=released(road, old)), "staging")
        road.record("production", other)
        with pytest.raises(RefusedError, match="another release than what runs now"):
            people.promote(waiting)

    def test_what_ran_in_production_before_comes_back_without_a_verdict(self, road: JudgedRoad, people: People) -> None:
        old = road.judged(None, "staging", "production")
        road.judged(judgement(against=released(road, old)), "staging", "production")
        assert people.promote(old, backwards=True).action == "rollback"


PRODUCTION = GATED.environments["production"]
RUNS = "https://github.com/acme/app/actions/runs"


def chain(environment: str, *deployments: dict[str, Any]) -> dict[str, list[Entry]]:
    """Return the entries of an environment; each deployment is of the release `app@new` unless it says otherwise."""
    made = [
        Entry(number, "", "", ledger.Deployment("app", environment, **{**PASSED, **deployment}))
        for number, deployment in enumerate(deployments, 1)
    ]
    return {environment: made}


PASSED: dict[str, Any] = {"action": "deploy", "result": "passed", "commit": "c" * 40, "release": "app@new", "test": ""}
ACCEPTED = ledger.Deployment("app", "staging", **PASSED)
OLD_RUNS = chain("production", {"release": "app@old", "commit": "a" * 40})


def refused(chains: verdicts.Chains) -> RefusedError:
    with pytest.raises(RefusedError) as raised:
        verdicts.check(GATED, chains, PRODUCTION, ACCEPTED, "eve")
    return raised.value


class TestMadeUpChains:
    """What a verdict means, in ledgers that need no repository."""

    def test_a_ledger_without_an_entry_of_integration_has_no_verdict(self) -> None:
        nothing = (verdicts.of_release({}, "app@new"), verdicts.of_commit({}, "c"), verdicts.champion({}))
        assert (*nothing, verdicts.looks({})) == (None, None, None, [])
        assert refused({}).hint.startswith("Run integration of cccccccccccc again. It compares")

    def test_a_verdict_is_that_of_its_own_commit(self) -> None:
        of_another = {"commit": "b" * 40, "gate": judgement("failed", "block")}
        chains = chain("integration", {"gate": judgement()}, of_another)
        judged = verdicts.of_commit(chains, "c" * 40)
        assert judged
        assert judged.entry.number == 1
        verdicts.check_approvable(chains, "c" * 40)
        assert verdicts.of_commit(chains, "e" * 40) is None

    @pytest.mark.parametrize("verdict", [judgement(against="app@other"), judgement("failed", "block"), ASKING, None])
    def test_only_production_asks_for_the_verdict(self, verdict: Judgement | None) -> None:
        chains = {**chain("integration", {"gate": verdict}), **OLD_RUNS}
        staging = Environment("staging")
        verdicts.check(GATED, chains, staging, ACCEPTED, "eve")
        assert verdicts.missing_approval(chains, staging, ACCEPTED, "eve") == ""
        assert refused(chains)

    def test_a_release_that_passed_in_production_before_needs_no_new_verdict(self) -> None:
        chains = {
            **chain("integration", {"gate": judgement("failed", "block", against="app@before")}),
            **chain("production", {}, {"release": "app@old"}),
        }
        verdicts.check(GATED, chains, PRODUCTION, ACCEPTED, "eve")
        assert "No approval changes that" in refused({**chains, "production": []}).message

    def test_a_verdict_without_an_evaluation_speaks_of_no_champion(self) -> None:
        unknown = Judgement("inconclusive", "ask", digest("rules"), champion="app@before")
        chains = {**chain("integration", {"gate": unknown}, {"release": "app@old", "gate": judgement()}), **OLD_RUNS}
        assert "needs an approval" in refused(chains).message

    @pytest.mark.parametrize(
        ("approvers", "ending"), [(("ada", "grace"), "an approval by ada or grace"), ((), "an approval")]
    )
    def test_the_message_names_who_may_approve(self, approvers: tuple[str, ...], ending: str) -> None:
        chains = chain("integration", {"gate": ASKING})
        environment = replace(PRODUCTION, approvers=approvers)
        assert verdicts.missing_approval(chains, environment, ACCEPTED, "eve").endswith(ending)

    def test_the_way_out_is_the_newest_run_of_this_commit(self) -> None:
        integration = chain(
            "integration", {"run": f"{RUNS}/1", "gate": judgement(against="app@before")}, {"run": f"{RUNS}/2"},
            {"run": f"{RUNS}/3", "commit": "b" * 40, "release": "app@another"},
        )  # fmt: skip
        assert "gh run rerun 2 --repo acme/app." in refused({**integration, **OLD_RUNS}).hint

    @pytest.mark.parametrize(
        ("newest", "way_out"),
        [
            ({"release": "app@again", "gate": judgement(against="app@old")}, "The newest release of cccccccccccc was"),
            (
                {"release": "app@again", "gate": judgement(against="app@before")},
                "Run integration of cccccccccccc again",
            ),
        ],
        ids=["compared with what runs", "compared with another release"],
    )
    def test_a_newer_release_of_the_commit_is_a_way_out_if_it_was_compared_with_what_runs(
        self, newest: dict[str, Any], way_out: str
    ) -> None:
        integration = chain("integration", {"gate": judgement(against="app@before")}, newest)
        assert refused({**integration, **OLD_RUNS}).hint.startswith(way_out)

    def test_a_release_that_two_commits_share_is_no_newer_release_of_itself(self) -> None:
        by_another_commit = {"commit": "b" * 40, "gate": judgement(against="app@before")}
        integration = chain("integration", {"gate": judgement(against="app@old")}, by_another_commit)
        assert refused({**integration, **OLD_RUNS}).hint.startswith("Run integration of cccccccccccc again")

    def test_the_wrong_clock_of_a_promotion_that_nobody_judged_delays_no_other(self) -> None:
        first, second = (
            {"release": f"app@{day}", "gate": judgement(candidate=day), "ended": f"2026-01-{day}"}
            for day in ("01", "03")
        )
        unjudged = {"release": "app@unjudged", "ended": "2099-01-01"}
        chains = {
            **chain("integration", first, second),
            **chain("production", unjudged, {"release": "app@01", "ended": "2026-01-02"}),
        }
        assert [look.entry for look in verdicts.looks(chains)] == ["integration/1", "production/2", "integration/2"]


def test_a_promotion_shows_the_missing_approval_first(road: JudgedRoad, people: People) -> None:
    commit = road.judged(ASKING, "staging")
    people.become("eve")
    planned = promotion.plan(road.workspace.repository(), GATED, stages.PRODUCTION, commit)
    assert planned.missing.startswith(f"The model gate's verdict on {commit[:12]} is inconclusive")
    people.approve(commit)
    assert promotion.plan(road.workspace.repository(), GATED, stages.PRODUCTION, commit).missing == ""


class TestLooks:
    def looks(self, road: JudgedRoad) -> list[tuple[str, str, bool]]:
        looks = verdicts.looks(ledger.read_all(road.workspace.repository(), "app"))
        return [(look.entry, look.record.candidate, look.promoted) for look in looks]

    def test_they_are_in_the_order_of_time_with_the_promotions(self, road: JudgedRoad) -> None:
        road.judged(judgement("first", champion="", candidate="a"), "staging", "production")
        road.judged(None, "staging")
        road.judged(judgement(candidate="b"), "staging")
        assert self.looks(road) == [
            ("integration/1", digest("a"), False), ("production/1", digest("a"), True),
            ("integration/3", digest("b"), False),
        ]  # fmt: skip

    def test_a_look_before_a_promotion_belongs_to_the_account_before_it(self, road: JudgedRoad) -> None:
        """Its number was counted then: two candidates are judged, and the first one is promoted afterwards."""
        first = road.judged(judgement(candidate="a"), "staging")
        road.judged(judgement(candidate="b"), "staging")
        road.record("production", first)
        road.judged(judgement(candidate="c", champion="a"), "staging")
        computed = account.account(verdicts.looks(ledger.read_all(road.workspace.repository(), "app")))
        assert [(line.look.entry, line.number, line.begins) for line in computed.lines] == [
            ("integration/1", 1, False), ("integration/2", 2, False), ("production/1", 1, True),
            ("integration/3", 1, False),
        ]  # fmt: skip

    def test_clocks_that_differ_change_no_order(self, road: JudgedRoad) -> None:
        road.minutes = 10
        road.judged(judgement(candidate="a"), "staging")
        road.minutes = 5
        second = road.judged(judgement(candidate="b"), "staging")
        road.minutes = 0
        road.record("production", second)
        road.minutes = 20
        road.judged(judgement(candidate="c", champion="b"), "staging")
        assert [entry for entry, _, _ in self.looks(road)] == [
            "integration/1", "integration/2", "production/1", "integration/3",
        ]  # fmt: skip

    def test_a_release_that_is_judged_again_was_promoted_before(self, road: JudgedRoad) -> None:
        first = road.judged(judgement(candidate="a"), "staging", "production")
        road.judged(judgement(candidate="b", champion="a"), "staging")
        road.gate = judgement("unchanged", candidate="a", champion="a")
        road.record("integration", first)
        road.gate = None
        road.record("integration", first)
        assert [entry for entry, _, _ in self.looks(road)] == [
            "integration/1", "production/1", "integration/2", "integration/3",
        ]  # fmt: skip

    def test_a_release_that_comes_back_is_no_new_promotion(self, road: JudgedRoad) -> None:
        first = road.judged(judgement(candidate="a"), "staging", "production")
        road.judged(judgement(candidate="b", champion="a"), "staging", "production")
        road.record("production", first, action="rollback")
        assert [entry for entry, _, promoted in self.looks(road) if promoted] == ["production/1", "production/2"]

    def test_what_was_never_judged_and_what_failed_is_no_promotion(self, road: JudgedRoad) -> None:
        road.judged(None, "staging", "production")
        commit = road.judged(judgement(candidate="a"), "staging")
        road.record("production", commit, "failed")
        assert self.looks(road) == [("integration/2", digest("a"), False)]

    def test_a_command_prints_the_account_of_the_ledger(
        self, road: JudgedRoad, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (road.workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
        monkeypatch.chdir(road.workspace.clone)
        assert cli.main(["gate", "--account"]) == 0
        assert "The ledger holds no verdict of the model gate yet." in capfd.readouterr().out
        gate = judgement(candidate="a")
        assert gate.record
        road.judged(replace(gate, record=replace(gate.record, alpha=0.02)), "staging", "production")
        assert cli.main(["gate", "--account"]) == 0
        output = capfd.readouterr().out
        assert "integration/1" in output
        assert "in production: the account begins anew" in output
        assert cli.main(["gate", "--account", "--json"]) == 0
        lines = json.loads(capfd.readouterr().out)["looks"]
        assert [(line["entry"], line["look"], line["begins"]) for line in lines] == [
            ("integration/1", 1, False), ("production/1", 1, True),
        ]  # fmt: skip

    def test_numbers_that_can_not_be_recomputed_fail_the_command(
        self, road: JudgedRoad, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (road.workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
        monkeypatch.chdir(road.workspace.clone)
        road.judged(judgement(candidate="a"), "staging")
        assert cli.main(["gate", "--account"]) == 1
        assert "integration/1 holds other numbers: look 1, 4.000%." in capfd.readouterr().out
