"""`ml-cicd record --observed` runs alone, under the environment's lock, and records only what nothing else records."""

from __future__ import annotations

import copy
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd import cli
from cicd.errors import RefusedError
from cicd.ledger import signing
from cicd.road import recording
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import CONFIG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from cicd.config import Config, Environment
    from cicd.deploy.holder import Holder
    from cicd.deploy.target import Running
    from cicd.repository import Repository
    from tests.unit.support.production import Production

OBSERVE = ["record", "--observed", "--environment", "production"]


@dataclass(frozen=True)
class LockedTarget(FolderTarget):
    """A target that notes who takes its lock, and whether it is asked what runs meanwhile."""

    before: Callable[[], None] = lambda: None
    """What happens while the lock is waited for."""
    notes: list[str] = field(default_factory=list)

    @contextmanager
    def locked(self, holder: Holder, wait: float) -> Iterator[Callable[[], None]]:
        self.before()
        self.notes.append(f"locked by {holder.who} in {holder.run}, waiting {wait} s")
        yield lambda: None
        self.notes.append("unlocked")

    def observe(self) -> Running | None:
        self.notes.append("observed")
        return super().observe()


def use(production: Production, patch: pytest.MonkeyPatch, before: Callable[[], None] = lambda: None) -> list[str]:
    """Give `record --observed` a target with a lock, and return what the target notes."""
    target = LockedTarget(production.target.folder, before=before)

    def target_for(config: Config, environment: Environment, repository: Repository) -> LockedTarget:
        assert (config.name, environment.name) == ("app", "production")
        assert repository.path == production.road.workspace.clone
        return target

    patch.setattr("cicd.road.recording.target_for", target_for)
    return target.notes


def test_what_runs_is_recorded_under_the_lock(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    production.lose()
    notes = use(production, monkeypatch)
    monkeypatch.setattr("cicd.github.run_url", lambda: "run 7")
    assert cli.main(OBSERVE) == 0
    assert notes == ["locked by ada in run 7, waiting 0 s", "observed", "unlocked"]


def test_nothing_is_recorded_while_a_deployment_runs(
    production: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise RefusedError("Another deployment holds the lock.", "Wait for it.")

    production.lose()
    before = production.entries()
    use(production, monkeypatch, refuse)
    assert cli.main(OBSERVE) == 4
    assert "Another deployment holds the lock." in capsys.readouterr().err
    assert production.entries() == before


def test_entry_recorded_while_the_lock_was_waited_for_is_not_recorded_again(
    production: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def record_elsewhere() -> None:
        recording.record(elsewhere.workspace.repository(), outcome)

    production.lose()
    outcome = recording.parse(production.outcome)[0]
    elsewhere = copy.copy(production.road)
    elsewhere.workspace = production.road.workspace.another_clone()
    use(production, monkeypatch, record_elsewhere)
    assert cli.main(OBSERVE) == 0
    assert "is recorded already" in capsys.readouterr().out
    assert [entry.deployment.observed for entry in production.entries()] == [False, False, False]


def test_r7_nothing_is_recorded_on_a_ledger_that_was_cut_off(
    production: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    production.lose()
    production.road.workspace.push(":refs/tags/ledger/app/production/2", ":refs/tags/ledger/app/production/1")
    assert cli.main(OBSERVE) == 4
    assert "it was cut off or altered" in capsys.readouterr().err
    assert production.entries() == []


def test_without_signing_key_nothing_begins(
    production: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    production.lose()
    workspace = production.road.workspace
    (workspace.clone / "ml-cicd.toml").write_text(f"{CONFIG}[ledger]\nkeys = {json.dumps([signing.new_pair()[1]])}\n")
    workspace.git("commit", "--quiet", "--all", "-m", "keys")
    workspace.push("main")
    notes = use(production, monkeypatch)
    assert cli.main(OBSERVE) == 2
    assert "LEDGER_KEY is not set" in capsys.readouterr().err
    assert notes == []


def roll_back_offline(production: Production, *words: str) -> None:
    """Go back while the git remote is down, so that the outcome waits in the clone."""
    production.remote(up=False)
    assert production.back(*words) == 0
    production.remote(up=True)
    assert production.waiting()


def test_outcome_that_waits_is_recorded_as_it_was_and_not_as_observed(
    production: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    roll_back_offline(production)
    assert cli.main(OBSERVE) == 0
    assert "is recorded already" in capsys.readouterr().out
    newest = production.entries()[-1]
    assert (newest.number, newest.deployment.action, newest.deployment.observed) == (3, "rollback", False)
    assert (newest.deployment.reason, production.waiting()) == ("it is slow", [])


def test_outcome_that_waits_is_recorded_before_a_later_one(production: Production) -> None:
    roll_back_offline(production)
    later = production.lose()
    assert production.record(later) == 0
    assert production.waiting() == []
    recorded = [(entry.deployment.action, entry.deployment.commit) for entry in production.entries()]
    assert ("rollback", production.first) in recorded
    assert recorded[-1] == ("deploy", later)


def test_first_deployment_of_an_environment_is_recorded(production: Production) -> None:
    production.road.workspace.push(":refs/tags/ledger/app/production/2", ":refs/tags/ledger/app/production/1")
    file = production.target.folder / "running.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "after": ""}))
    assert cli.main(OBSERVE) == 0
    (entry,) = production.entries()
    assert (entry.number, entry.deployment.commit, entry.deployment.observed) == (1, production.second, True)


def test_r7_observed_entry_is_anchored_in_the_registry(production: Production) -> None:
    production.lose()
    assert cli.main(OBSERVE) == 0
    anchors = [name for name in production.road.registry.manifests if "ledger-app-production-000003-" in name]
    digits = production.entries()[-1].sha256[:16]
    name = f"ledger-app-production-000003-{digits}"
    assert sorted(anchors) == [f"acme/app/{name}", f"acme/app/test/{name}"]
