"""R11: a deployment whose outcome was lost is told by `status`, and recorded by the next run or `record --observed`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import cli, ledger, stages
from cicd.config import Environment
from cicd.deploy.target import Running, nothing
from cicd.errors import CheckFailedError, RefusedError, UnreachableError
from cicd.ledger import signing
from cicd.road import observed, people, recording, verification
from cicd.road.request import Request, resolve
from tests.unit.support import full_disk
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import always

if TYPE_CHECKING:
    from cicd.deploy.target import Accept, Finish, Order
    from tests.unit.support.production import Production
    from tests.unit.support.registry_server import Registry

OBSERVE = ["record", "--observed", "--environment", "production"]
BACK = ("--environment", "production", "--backwards")


def said(entries: list[ledger.Entry]) -> list[tuple[str, str, bool, bool]]:
    """Return what each entry says, in short: action, commit, whether it was observed, whether it was late."""
    shown: list[tuple[str, str, bool, bool]] = []
    for entry in entries:
        done = entry.deployment
        shown.append((done.action, done.commit, done.observed, done.late))
    return shown


@pytest.mark.case("K3", "lost outcome")
def test_r11_status_tells_of_a_lost_outcome(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    commit = production.lose()
    started = production.target.observe()
    assert started
    assert started.started
    capsys.readouterr()
    assert cli.main(["status"]) == 1
    told = f"but {production.road.release(commit)[0]} runs since {started.started}, deployed by ada: no entry records"
    output = capsys.readouterr().out
    assert told in output
    assert "ml-cicd record --observed --environment production" in output


def test_r11_record_observed_records_it_once(production: Production, capfd: pytest.CaptureFixture[str]) -> None:
    commit = production.lose()
    outcome = recording.parse(production.outcome)[0]
    capfd.readouterr()
    assert cli.main([*OBSERVE, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["entry"]["deployment"]["observed"] is True
    newest = production.entries()[-1].deployment
    assert said(production.entries())[-1] == ("deploy", commit, True, False)
    assert (newest.actor, newest.started, newest.tests) == ("ada", outcome.started, {})
    assert (newest.basis, newest.release, newest.test) == (outcome.basis, outcome.release, outcome.test)
    assert "whether the tests passed is not known" in newest.reason
    assert cli.main(OBSERVE) == 0
    assert "is recorded already" in capfd.readouterr().out
    assert len(production.entries()) == 3
    assert cli.main(["verify", "--ledger"]) == 0


def test_r11_next_run_records_it(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    lost, after = production.lose(), production.release()
    assert "no entry records its deployment. This run records it, too." in capsys.readouterr().err
    assert said(production.entries())[-2:] == [("deploy", lost, True, False), ("deploy", after, False, False)]
    assert production.entries()[-1].deployment.replaced == production.road.release(lost)[0]
    assert cli.main(["verify", "--ledger"]) == 0


def test_r11_a_second_deployment_of_the_same_release_is_recorded(production: Production) -> None:
    assert cli.main(["deploy", *BACK]) == 0
    commit = production.second
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 0
    assert cli.main(OBSERVE) == 0
    assert said(production.entries())[-1] == ("deploy", commit, True, False)


def test_late_outcome_does_not_undo_what_followed(production: Production) -> None:
    lost = production.lose()
    outcome = production.outcome
    assert production.back() == 0
    assert production.runs == production.second
    assert production.record(lost, outcome) == 0
    assert said(production.entries())[-3:] == [
        ("deploy", lost, True, False), ("rollback", production.second, False, False), ("deploy", lost, False, True),
    ]  # fmt: skip
    assert production.record(lost, outcome) == 0
    assert len(production.entries()) == 5
    newest = ledger.last_passed(production.entries())
    assert newest
    assert newest.number == 4
    assert production.back() == 0
    assert production.runs == production.second


def test_late_outcome_of_what_still_runs_counts(production: Production) -> None:
    lost = production.lose()
    outcome = production.outcome
    assert cli.main(OBSERVE) == 0
    assert production.record(lost, outcome) == 0
    assert said(production.entries())[-2:] == [("deploy", lost, True, False), ("deploy", lost, False, False)]


@pytest.mark.case("K14", "rollback while a record waits")
def test_rollback_goes_one_release_back_from_what_runs(production: Production) -> None:
    lost = production.lose()
    assert production.back() == 0
    assert production.runs == production.second
    assert said(production.entries())[-2:] == [
        ("deploy", lost, True, False), ("rollback", production.second, False, False),
    ]  # fmt: skip


@pytest.mark.case("K14", "rollback while a record waits")
def test_lost_rollback_is_not_taken_back(production: Production) -> None:
    assert cli.main(["deploy", *BACK]) == 0
    assert production.runs == production.first
    assert production.back() == 0
    assert production.runs == production.first
    assert {action for action, *_ in said(production.entries())[2:]} == {"rollback"}


@pytest.mark.case("K14", "deployment after a rollback that nobody recorded")
def test_refusal_says_that_a_release_runs_only_if_the_target_said_so(
    production: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    again = ["deploy", "--environment", "production", "--commit", production.first]
    assert cli.main(again) == 4
    assert cli.main(["deploy", *BACK]) == 0
    capsys.readouterr()
    assert cli.main(again) == 4
    refusal = capsys.readouterr().err
    assert f"{production.second[:12]}, the newest commit that passed by the ledger of production" in refusal
    assert "runs in" not in refusal
    assert cli.main(OBSERVE) == 0
    repository = production.road.workspace.repository()
    request, config = resolve(repository, Request(stages.PRODUCTION, production.second))
    assert verification.verify(repository, config, request, production.target).action == "deploy"
    production.release()
    repository.fetch()
    with pytest.raises(RefusedError, match="which runs in production"):
        verification.verify(repository, config, request, production.target)


@pytest.mark.case("K14", "rollback while a record waits")
def test_rollback_workflow_refuses_to_go_two_releases_back(
    production: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = production.lose()
    assert cli.main(["deploy", *BACK, "--commit", production.first]) == 4
    output = capsys.readouterr().err
    assert f"does not have the release that runs, {lost[:12]}" in output
    assert f"Name that commit: {production.second[:12]}" in output
    assert production.runs == lost
    assert cli.main(["deploy", *BACK, "--commit", production.second]) == 0
    assert production.runs == production.second


def test_person_may_go_further_back(production: Production) -> None:
    production.lose()
    assert production.back("1") == 0
    assert production.runs == production.first


def test_observed_entry_accepts_nothing(production: Production) -> None:
    commit = production.road.accepted("integration", "staging")
    repository = production.road.workspace.repository()
    chains = ledger.read_all(repository, "app")
    entries = chains["staging"]
    unseen = [*entries[:-1], replace(entries[-1], deployment=replace(entries[-1].deployment, observed=True))]
    with pytest.raises(RefusedError, match="has not passed"):
        verification.acceptance({**chains, "staging": unseen}, "production", commit)
    basis = ledger.Basis("staging", unseen[-1].number, unseen[-1].sha256)
    accepted = replace(unseen[-1].deployment, environment="production", basis=basis, observed=False)
    assert people.missing_approval(Environment("staging", approvers=("hal",)), unseen[-1].deployment, unseen, "ada")
    observed_entry = replace(unseen[-1].deployment, started="later")
    ledger.append(repository, observed_entry)
    newest = ledger.read(repository, "app", "staging")[-1]
    with pytest.raises(RefusedError, match="whose tests nobody saw"):
        ledger.append(repository, replace(accepted, basis=newest.basis))


@pytest.mark.parametrize(
    "claim",
    [
        {"observed": False},
        {"environment": "staging"},
        {"project": "other"},
        {"action": "approve", "result": "approved"},
    ],
    ids=lambda claim: next(iter(claim)),
)
def test_unrecorded_deployment_may_only_be_an_observed_one(production: Production, claim: dict[str, object]) -> None:
    production.lose()
    after = production.lose()
    outcome, lost = recording.parse(production.outcome)
    assert lost
    before = production.entries()
    forged = replace(lost, **claim)  # type: ignore[arg-type]
    assert production.record(after, ledger.encode(outcome, forged)) == 4
    assert production.record(after, ledger.encode(replace(outcome, observed=True))) == 4
    assert production.entries() == before


def test_target_that_knows_little_is_recorded_from_the_ledger(production: Production) -> None:
    commit = production.lose()
    file = production.target.folder / "running.json"
    known = json.loads(file.read_text())
    unknown = dict.fromkeys(("commit", "entry", "after", "actor", "action", "test", "run", "started"), "")
    file.write_text(json.dumps({**known, **unknown}))
    assert cli.main(OBSERVE) == 0
    newest = production.entries()[-1].deployment
    assert (newest.commit, newest.actor, newest.observed) == (commit, "", True)
    assert newest.basis
    assert newest.basis.environment == "staging"


def test_release_that_nobody_accepted_is_not_recorded(
    production: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    file = production.target.folder / "running.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "release": f"ghcr.io/acme/app@sha256:{'e' * 64}"}))
    assert cli.main(OBSERVE) == 4
    assert "no entry of staging accepted it" in capsys.readouterr().err
    after = production.release()
    assert "The deployment before is not recorded: " in capsys.readouterr().err
    assert said(production.entries())[-1] == ("deploy", after, False, False)


def forget(production: Production, *numbers: int) -> None:
    """Remove entries of production, and what the registry knows of them."""
    for name in [name for name in production.road.registry.manifests if "/ledger-" in name]:
        del production.road.registry.manifests[name]
    production.road.workspace.push(*(f":refs/tags/ledger/app/production/{number}" for number in numbers))


def test_r11_first_deployment_of_all_is_recorded_by_the_next_run(production: Production) -> None:
    forget(production, 2, 1)
    file = production.target.folder / "running.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "after": ""}))
    after = production.release()
    assert said(production.entries()) == [("deploy", production.second, True, False), ("deploy", after, False, False)]


def test_person_who_names_the_commit_may_go_back_where_the_ledger_knows_one_release(production: Production) -> None:
    forget(production, 2)
    assert cli.main(["deploy", *BACK, "--commit", production.first]) == 0
    assert production.runs == production.first


def test_way_forwards_is_free_after_a_lost_rollback(production: Production) -> None:
    commit = production.second
    production.road.rebuild(commit)
    forwards = ["deploy", "--environment", "production", "--commit", commit]
    assert cli.main(forwards) == 0
    assert production.record(commit) == 0
    assert cli.main(["deploy", *BACK, "--commit", production.first]) == 0
    assert cli.main(forwards) == 0
    assert production.runs == commit


def test_nothing_that_runs_is_not_recorded(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    (production.target.folder / "running.json").unlink()
    assert cli.main(OBSERVE) == 4
    assert "Nothing runs in production" in capsys.readouterr().err
    assert cli.main(["record", "--observed"]) == 2


def test_bundle_of_an_observed_first_stage_is_the_images(registry: Registry) -> None:
    bundle = f"ghcr.io/acme/app/bundle@sha256:{'b' * 64}"
    release = registry.add("acme/app", "release", {"ml-cicd.bundle": bundle, "ml-cicd.data": "md5:1"})
    test = registry.add("acme/app/test", "test")
    running = Running(release, "c" * 40, "", "", "http://x", healthy=True, test=test, started="then")
    done = observed.deployment("app", "integration", {}, running)
    assert (done.bundle, done.data, done.test, done.basis, done.started) == (bundle, "md5:1", test, None, "then")
    with pytest.raises(RefusedError, match="knows its test image"):
        observed.deployment("app", "integration", {}, replace(running, test=""))
    for known, expected in (({"ml-cicd.bundle": bundle}, (bundle, "")), ({}, ("", ""))):
        image = registry.add("acme/app", f"release with {len(known)} labels", known)
        done = observed.deployment("app", "integration", {}, replace(running, release=image))
        assert (done.bundle, done.data) == expected


def test_only_observed_and_late_entries_say_so() -> None:
    image = f"ghcr.io/acme/app@sha256:{'a' * 64}"
    done = ledger.Deployment("app", "integration", "deploy", "passed", "c" * 40, image, image)
    for name in ("observed", "late"):
        assert name.encode() not in signing.decode(ledger.envelope(done, 1, "")).payload
        rare = replace(done, **{name: True})  # type: ignore[arg-type]
        assert ledger.parse(ledger.envelope(rare, 1, "")).deployment == rare
        with pytest.raises(RefusedError, match=f"its {name} has another type"):
            ledger.parse(ledger.envelope(replace(done, **{name: "yes"}), 1, ""))  # type: ignore[arg-type]


@pytest.mark.case("K1", "engine error after the switch")
@pytest.mark.case("K1", "a failed deployment loses the hint of its error")
def test_deployment_that_an_outside_system_ends_is_recorded(
    production: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken(FolderTarget):
        def apply(self, order: Order, accept: Accept, finish: Finish = nothing) -> Running:
            raise UnreachableError("The engine \x1b[31mbroke\u202e.", "Repair it.")

    broken = Broken(production.target.folder)
    for module in ("cicd.road.deployment", "cicd.road.rollback"):
        monkeypatch.setattr(f"{module}.target_for", always(broken))
    commit = production.road.accepted("integration", "staging")
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 69
    assert "Repair it." in capsys.readouterr().err
    assert production.record(commit) == 0
    newest = production.entries()[-1].deployment
    assert (newest.commit, newest.result) == (commit, "failed")
    assert newest.reason == "The engine \\x1b[31mbroke\\u202e."
    assert production.back() == 69
    assert production.entries()[-1].deployment.reason.startswith("it is slow: The engine")
    assert "Repair it." in capsys.readouterr().err


@pytest.mark.case("K13", "control characters in a ledger field")
@pytest.mark.parametrize("text", ["\u202e\x1b[31m", "a\x00b", "line\u2028line", "\ud800", "x" * 5000])
def test_text_from_outside_never_keeps_a_deployment_from_being_recorded(
    production: Production, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Odd(FolderTarget):
        def apply(self, order: Order, accept: Accept, finish: Finish = nothing) -> Running:
            raise CheckFailedError(f"it names the digest {text}", f"Look: {text}")

        def observe(self) -> Running | None:
            serving = super().observe()
            return serving and replace(serving, url=text, actor=text, detail=text)

    odd = Odd(production.target.folder)
    monkeypatch.setattr("cicd.road.deployment.target_for", always(odd))
    monkeypatch.setenv("GITHUB_ACTOR", "ada" + text.replace("\x00", "").replace("\ud800", ""))
    commit = production.road.accepted("integration", "staging")
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 1
    assert production.record(commit) == 0
    newest = production.entries()[-1].deployment
    assert newest.result == "failed"
    assert newest.reason.startswith("it names the digest")


def test_full_disk_of_the_runner_stops_a_deployment_before_it_begins(
    production: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commit = production.road.accepted("integration", "staging")
    with pytest.MonkeyPatch.context() as patch:
        full_disk.fill(patch, "outputs")
        assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 69
    assert f"Could not write the outputs of this step to {production.target.folder}" in capsys.readouterr().err
    assert production.runs == production.second
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(production.target.folder / "summary"))
    full_disk.fill(monkeypatch, "summary")
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 0
    assert "The job has no summary" in capsys.readouterr().err
    assert production.record(commit) == 0
