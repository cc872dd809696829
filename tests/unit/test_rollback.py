"""R8: the way back by hand, also without a registry and without the git remote; nothing of it is lost."""

from __future__ import annotations

import copy
import json
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from cicd import cli, ledger
from cicd.deploy.target import nothing
from cicd.errors import RefusedError
from cicd.ledger import signing
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import CONFIG, always

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cicd.deploy.holder import Holder
    from cicd.deploy.target import Accept, Finish, Order, Running
    from tests.unit.support.production import Production

BACK = ("--environment", "production", "--backwards")


def test_rollback_is_recorded_with_reason(production: Production) -> None:
    assert production.back() == 0
    assert production.runs == production.first
    newest = production.entries()[-1]
    assert (newest.deployment.action, newest.deployment.result) == ("rollback", "passed")
    assert (newest.deployment.actor, newest.deployment.reason) == ("ada", "it is slow")
    assert (newest.number, production.waiting()) == (3, [])
    running = production.target.observe()
    assert running
    assert (running.action, running.test, running.started) == (
        "rollback", newest.deployment.test, newest.deployment.started,
    )  # fmt: skip
    assert production.back() == 0
    assert (production.runs, len(production.entries())) == (production.first, 3)


@pytest.mark.parametrize("name", ["1", "#1", "commit"])
def test_rollback_by_entry_or_commit(production: Production, name: str) -> None:
    production.release()
    assert production.back(production.first if name == "commit" else name) == 0
    assert production.runs == production.first
    assert production.back("3") == 0
    assert production.runs not in (production.first, production.second)


@pytest.mark.parametrize("name", [None, "2"], ids=["the previous release", "entry 2"])
def test_of_two_releases_of_one_commit_the_entry_s_own_comes_back(production: Production, name: str | None) -> None:
    road, commit = production.road, production.second
    built, rebuilt = road.release(commit), road.rebuild(commit)
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 0
    assert production.record(commit) == 0
    assert [entry.deployment.release for entry in production.entries()[1:]] == [built[0], rebuilt[0]]
    assert production.back(*([name] if name else [])) == 0
    running = production.target.observe()
    assert running
    assert (running.commit, running.release) == (commit, built[0])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("0", "The ledger of production has no entry 0."),
        ("3", "Entry 3 of production is no deployment that passed."),
        ("99", "The ledger of production has no entry 99."),
    ],
)
def test_rollback_refuses_unpassed_entry(
    production: Production, name: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    production.road.record("production", production.road.accepted("integration", "staging"), "failed")
    assert production.back(name) == 4
    assert message in capsys.readouterr().err
    assert production.runs == production.second


def test_r8_rollback_needs_no_registry(production: Production) -> None:
    production.road.registry.status = 503
    assert production.back() == 0
    assert production.runs == production.first


def test_r8_workflow_rollback_needs_no_registry(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    production.road.registry.status = 503
    assert cli.main(["verify", *BACK]) == 0
    output = capsys.readouterr().err
    assert "failed with 503" in output
    assert "Only a release that production has retained can come back meanwhile." in output
    assert cli.main(["deploy", *BACK]) == 0
    assert production.runs == production.first


@pytest.mark.parametrize("command", ["verify", "deploy"])
def test_forward_deployment_needs_registry(
    production: Production, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    production.road.registry.status = 503
    assert cli.main([command, "--environment", "production", "--commit", production.second]) == 69
    assert "retain" not in capsys.readouterr().err, "only the way back can do without the registry"


@pytest.mark.parametrize("command", ["rollback", "deploy"])
@pytest.mark.case("K6", "a rollback without registry after retained releases were pruned")
def test_rollback_to_unretained_release_needs_registry(
    production: Production, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (production.target.folder / "retained.json").unlink()
    production.road.registry.status = 503
    assert (production.back() if command == "rollback" else cli.main(["deploy", *BACK])) == 69
    output = capsys.readouterr().err
    assert "production does not retain" in output
    assert "for example with docker system prune" in output
    assert production.runs == production.second


def test_r8_rollback_needs_no_git_remote(production: Production) -> None:
    production.remote(up=False)
    assert production.back() == 0
    assert production.runs == production.first
    assert len(production.waiting()) == 1
    assert cli.main(["record", "--pending"]) == 69
    production.remote(up=True)
    assert len(production.entries()) == 2
    assert cli.main(["record", "--pending"]) == 0
    assert (production.entries()[-1].deployment.action, production.waiting()) == ("rollback", [])
    assert cli.main(["record", "--pending"]) == 0
    assert len(production.entries()) == 3


def test_next_command_records_waiting_outcome(production: Production) -> None:
    production.remote(up=False)
    assert production.back() == 0
    production.remote(up=True)
    assert cli.main(["approve", "--yes", "production", production.second, "--reason", "fixed"]) == 0
    assert [entry.deployment.action for entry in production.entries()[-2:]] == ["rollback", "approve"]


def test_outdated_offline_ledger_asks_for_entry(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    repository = production.road.workspace.repository()
    production.release()
    for number in (2, 3):  # this clone has not fetched since the first release
        repository.git("update-ref", "-d", f"refs/ml-cicd/tags/ledger/app/production/{number}")
    production.remote(up=False)
    assert production.back() == 4
    assert f"Those that passed: 1 ({production.first[:12]})" in capsys.readouterr().err
    assert production.back("1") == 0
    assert production.runs == production.first


def test_cut_off_entry_stops_deployment(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    manifests = production.road.registry.manifests
    for name in [name for name in manifests if "/ledger-" in name]:
        del manifests[name]  # only what runs names the entries then
    production.road.workspace.push(":refs/tags/ledger/app/production/2", ":refs/tags/ledger/app/production/1")
    assert cli.main(["deploy", "--environment", "production", "--commit", production.second]) == 4
    assert "production/1@" in capsys.readouterr().err
    assert cli.main(["verify", "--ledger"]) == 4
    assert "it was cut off or altered" in capsys.readouterr().err


def test_verify_ledger_reports_what_it_checked(production: Production, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", "--ledger", "--json"]) == 0
    environments = json.loads(capfd.readouterr().out)["environments"]
    assert (environments["production"]["entries"], environments["production"]["links"]) == (2, 2)
    assert environments["production"]["running"].startswith("staging/2@")
    assert cli.main(["verify", "--ledger"]) == 0
    assert "The ledger is unsigned" in capfd.readouterr().out


def test_failed_rollback_is_recorded_and_says_what_to_do(
    production: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = FolderTarget(production.target.folder, production.road.release(production.first)[0])
    for module in ("cicd.road.deployment", "cicd.road.rollback"):
        monkeypatch.setattr(f"{module}.target_for", always(bad))
    assert production.back() == 1
    assert "What to do next: Read its log.\n" in capsys.readouterr().err
    newest = production.entries()[-1].deployment
    assert (newest.result, newest.reason) == ("failed", "it is slow: It does not come up.")
    assert production.runs == production.second


def test_r9_dry_run_changes_nothing(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert production.back("--dry-run", yes=False) == 0
    release = production.road.release(production.first)[0]
    change = f"production: {production.second[:12]} -> {production.first[:12]}, {release}"
    assert capsys.readouterr().out == f"{change}\n  bring up {release}\n"
    assert (production.runs, len(production.entries())) == (production.second, 2)


def test_r9_dry_run_of_a_way_back_needs_no_registry(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    production.road.registry.status = 503
    capsys.readouterr()
    assert cli.main(["deploy", *BACK, "--dry-run"]) == 0
    assert capsys.readouterr().out == f"bring up {production.road.release(production.first)[0]}\n"


@pytest.mark.parametrize("words", [(), ("--dry-run",)], ids=["deploy", "dry-run"])
def test_environment_that_would_vanish_is_refused_before_anything_changes(
    production: Production, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commit = production.road.accepted("integration", "staging")
    monkeypatch.setenv("RUNNER_ENVIRONMENT", "github-hosted")
    assert cli.main(["deploy", "--environment", "production", "--commit", commit, *words]) == 2
    assert "The environment production would vanish with this job" in capsys.readouterr().err
    assert production.runs == production.second


def test_crash_while_a_release_is_brought_up_leaves_a_failed_result(
    production: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(FolderTarget):
        def apply(self, order: Order, accept: Accept, finish: Finish = nothing) -> Running:
            raise KeyboardInterrupt

    monkeypatch.setattr("cicd.road.deployment.target_for", always(Interrupted(production.target.folder)))
    commit = production.road.accepted("integration", "staging")
    (production.target.folder / "outputs").write_text("")
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 130
    assert (production.target.folder / "outputs").read_text() == "result=failed\n"


def test_going_forwards_to_what_runs_after_a_rollback_is_no_rollback(
    production: Production, capfd: pytest.CaptureFixture[str]
) -> None:
    assert production.back() == 0
    capfd.readouterr()
    words = ["verify", "--environment", "production", "--commit", production.first, "--json"]
    assert cli.main(words) == 0
    assert json.loads(capfd.readouterr().out)["action"] == "deploy"
    assert cli.main([*words, "--backwards"]) == 0
    assert json.loads(capfd.readouterr().out)["action"] == "rollback"


def test_rollback_on_another_machine_says_that_nothing_runs_there(
    production: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    (production.target.folder / "running.json").unlink()
    assert production.back("--dry-run", yes=False) == 0
    output = capsys.readouterr().out
    assert output.startswith(f"production: nothing -> {production.first[:12]}, ")
    assert "Nothing runs there: does this machine reach the target that carries production?" in output


def test_rollback_without_terminal_needs_yes(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    assert production.back(yes=False) == 2
    assert "Add --yes" in capsys.readouterr().err
    assert production.runs == production.second


def test_rollback_without_signing_key_does_not_begin(
    production: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = production.road.workspace
    (workspace.clone / "ml-cicd.toml").write_text(f"{CONFIG}[ledger]\nkeys = {json.dumps([signing.new_pair()[1]])}\n")
    workspace.git("commit", "--quiet", "--all", "-m", "keys")
    workspace.push("main")
    assert production.back() == 2
    assert "LEDGER_KEY is not set" in capsys.readouterr().err
    assert production.runs == production.second


def test_record_refuses_an_outcome_of_another_kind(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    commit = production.release()
    entries = production.entries()
    approval = json.dumps({**ledger.decode(production.outcome), "action": "approve", "result": "approved"})
    words = ["record", "--environment", "production", "--commit", commit]
    assert cli.main([*words, "--outcome", approval]) == 4
    assert "its action is 'approve'" in capsys.readouterr().err
    other = f"ghcr.io/acme/app@sha256:{'b' * 64}"
    for option in ("--release", "--test"):
        assert cli.main([*words, "--outcome", production.outcome, option, other]) == 4
    assert production.entries() == entries


def test_removed_lock_stops_a_deployment_before_its_switch(
    production: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Pruned(FolderTarget):
        """Somebody removes the lock while the release is tested."""

        def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
            return nullcontext(self._refuse)

        def _refuse(self) -> None:
            raise RefusedError("The lock was removed.", "Run the deployment again.")

    commit = production.road.accepted("integration", "staging")
    monkeypatch.setattr("cicd.road.deployment.target_for", always(Pruned(production.target.folder)))
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 4
    assert "The lock was removed." in capsys.readouterr().err
    assert production.runs == production.second


def test_deployment_is_verified_again_under_lock(
    production: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Busy(FolderTarget):
        """While somebody waits for the lock, staging fails the release: only a fresh fetch shows it."""

        def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
            elsewhere.record("staging", commit, "failed")
            return super().locked(holder, wait)

    commit = production.road.accepted("integration", "staging")
    elsewhere = copy.copy(production.road)
    elsewhere.workspace = production.road.workspace.another_clone()
    monkeypatch.setattr("cicd.road.deployment.target_for", always(Busy(production.target.folder)))
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 4
    assert "failed in staging" in capsys.readouterr().err
    assert production.runs == production.second


class Noted(FolderTarget):
    """A target that notes who asks for its lock, and how long they would wait."""

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
        (self.folder / "lock.json").write_text(json.dumps([holder.who, holder.run, wait]))
        return super().locked(holder, wait)


def test_lock_names_its_holder_and_is_asked_for_by_what_may_go_there(
    production: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = Noted(production.target.folder)
    monkeypatch.setattr("cicd.road.deployment.target_for", always(noted))
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/app")
    monkeypatch.setenv("GITHUB_RUN_ID", "7")
    words = ["deploy", "--environment", "production", "--lock-wait", "5", "--commit"]
    assert cli.main([*words, production.road.on_main()]) == 4
    assert not (noted.folder / "lock.json").exists()
    assert cli.main([*words, production.road.accepted("integration", "staging")]) == 0
    expected = ["ada", "https://github.com/acme/app/actions/runs/7", 5]
    assert json.loads((noted.folder / "lock.json").read_text()) == expected
    running = noted.observe()
    assert running
    assert running.run == ledger.decode(production.outcome)["run"] == expected[1]
