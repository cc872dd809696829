"""R8: the way back by hand, also without a registry and without the git remote; nothing of it is lost."""

from __future__ import annotations

import copy
import json
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from cicd import cli
from cicd.errors import RefusedError
from cicd.ledger import signing
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import CONFIG, Production, use
from tests.unit.support.registry_server import serve
from tests.unit.support.road import Road
from tests.unit.support.workspace import new_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cicd.deploy.holder import Holder

BACK = ("--environment", "production", "--backwards")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """Production as every test finds it; set up once, since that takes the most time."""
    folder = tmp_path_factory.mktemp("production")
    for registry in serve():
        production = Production(Road(new_workspace(folder), registry), FolderTarget(folder))
        with pytest.MonkeyPatch.context() as patch:
            use(patch, production.target, production.road.workspace.clone)
            (production.road.workspace.clone / "ml-cicd.toml").write_text(CONFIG)
            production.road.workspace.git("add", "--all")
            production.first, production.second = production.release(), production.release()
        yield production


@pytest.fixture
def production(made_once: Production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Production:
    """Return a copy of the production that all tests share."""
    folder = tmp_path / "production"
    road = copy.copy(made_once.road)
    road.workspace = made_once.road.workspace.copy(folder)
    monkeypatch.setattr(road.registry, "status", 0)
    production = Production(road, FolderTarget(folder))
    production.first, production.second = made_once.first, made_once.second
    use(monkeypatch, production.target, road.workspace.clone)
    return production


def test_rollback_is_recorded_with_reason(production: Production) -> None:
    assert production.back() == 0
    assert production.runs == production.first
    newest = production.entries()[-1]
    assert (newest.deployment.action, newest.deployment.result) == ("rollback", "passed")
    assert (newest.deployment.actor, newest.deployment.reason) == ("ada", "it is slow")
    assert (newest.number, production.waiting()) == (3, [])
    assert production.back() == 0
    assert (production.runs, len(production.entries())) == (production.first, 3)


@pytest.mark.parametrize("name", ["1", "#1", "commit"])
def test_rollback_by_entry_or_commit(production: Production, name: str) -> None:
    production.release()
    assert production.back(production.first if name == "commit" else name) == 0
    assert production.runs == production.first
    assert production.back("3") == 0
    assert production.runs not in (production.first, production.second)


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
def test_forward_deployment_needs_registry(production: Production, command: str) -> None:
    production.road.registry.status = 503
    assert cli.main([command, "--environment", "production", "--commit", production.second]) == 69


@pytest.mark.parametrize("command", ["rollback", "deploy"])
def test_rollback_to_unretained_release_needs_registry(production: Production, command: str) -> None:
    (production.target.folder / "retained.json").unlink()
    production.road.registry.status = 503
    assert (production.back() if command == "rollback" else cli.main(["deploy", *BACK])) == 69
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
    assert cli.main(["approve", "production", production.second, "--reason", "fixed"]) == 0
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
        monkeypatch.setattr(f"{module}.target_for", lambda *_: bad)
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
    approval = json.dumps({**json.loads(production.outcome), "action": "approve", "result": "approved"})
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
    monkeypatch.setattr("cicd.road.deployment.target_for", lambda *_: Pruned(production.target.folder))
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
    monkeypatch.setattr("cicd.road.deployment.target_for", lambda *_: Busy(production.target.folder))
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 4
    assert "failed in staging" in capsys.readouterr().err
    assert production.runs == production.second
