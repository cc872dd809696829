"""R10: `status` tells when what runs is not what the ledger says, in words and with its exit code."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli
from cicd.errors import UnreachableError
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import always

if TYPE_CHECKING:
    from cicd.deploy.target import Running, Target
    from tests.unit.support.production import Production

OTHER = f"registry/acme/app@sha256:{'e' * 64}"
MISSING = f"production/9@{'0' * 64}"


class Nothing(FolderTarget):
    """A target that runs nothing."""

    def observe(self) -> Running | None:
        return None


class Old(FolderTarget):
    """A target that does not know when its release was deployed."""

    def observe(self) -> Running | None:
        running = super().observe()
        return replace(running, started="") if running else None


@pytest.fixture(autouse=True)
def only_production(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give production its target; in every other environment nothing runs."""

    def target_for(_: object, environment: Any, __: object) -> Target:
        kind = FolderTarget if environment.name == "production" else Nothing
        return kind(production.target.folder)

    monkeypatch.setattr("cicd.road.status.target_for", target_for)


def states(capfd: pytest.CaptureFixture[str], code: int) -> dict[str, dict[str, Any]]:
    """Return what `status --json` prints about each environment, if it ends with that exit code."""
    capfd.readouterr()
    assert cli.main(["status", "--json"]) == code
    printed = capfd.readouterr()
    environments: dict[str, dict[str, Any]] = json.loads(printed.out)["environments"]
    return environments


def run(production: Production, **changed: object) -> Running:
    """Change what the target says that it runs."""
    running = production.target.observe()
    assert running
    new = replace(running, **changed)  # type: ignore[arg-type]
    (production.target.folder / "running.json").write_text(json.dumps(asdict(new)))
    return new


def test_agreement_is_exit_0(
    production: Production, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    running = production.target.observe()
    assert running
    monkeypatch.setattr("cicd.road.status.target_for", always(Old(production.target.folder)))
    environments = states(capfd, 0)
    assert [*environments] == ["integration", "staging", "production"]
    assert environments["production"] == {
        "commit": production.second, "digest": running.release.partition("@")[2], "entry": 2, "healthy": True,
        "url": "http://localhost:1", "problem": "", "trust": "unchecked", "others": {},
        "notices": ["no smoke tests declared", "1 of 1 earlier release can come back without the registry"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"release": OTHER}, f"the ledger says .*@sha256:.*, but {OTHER} runs"),
        ({"healthy": False, "detail": "it restarts"}, "it restarts"),
        ({"after": MISSING}, f"names the entry {MISSING}, which the ledger does not have: it was cut off or altered"),
        ({"entry": MISSING}, f"names the entry {MISSING}, which the ledger does not have: it was cut off or altered"),
    ],
    ids=["another release", "not healthy", "newest entry cut off", "accepting entry cut off"],
)
def test_disagreement_is_told(
    production: Production, changed: dict[str, object], problem: str, capfd: pytest.CaptureFixture[str]
) -> None:
    running = run(production, **changed)
    state = states(capfd, 1)["production"]
    assert (state["digest"], state["healthy"]) == (running.release.partition("@")[2], running.healthy)
    assert re.search(problem, state["problem"])
    assert cli.main(["status"]) == 1
    assert state["problem"] in capfd.readouterr().out


def test_nothing_running_is_told(production: Production, capfd: pytest.CaptureFixture[str]) -> None:
    (production.target.folder / "running.json").unlink()
    state = states(capfd, 1)["production"]
    release = production.road.release(production.second)[0]
    assert state["problem"] == f"nothing runs, but the ledger says that {release} does"
    assert (state["commit"], state["digest"], state["healthy"], state["entry"]) == ("", "", False, 2)


def test_unrecorded_release_is_told(production: Production, capfd: pytest.CaptureFixture[str]) -> None:
    for name in [name for name in production.road.registry.manifests if "/ledger-" in name]:
        del production.road.registry.manifests[name]
    for number in (2, 1):
        production.road.workspace.push(f":refs/tags/ledger/app/production/{number}")
    running = run(production, entry="", after="")
    state = states(capfd, 1)["production"]
    assert state["problem"].startswith(f"the ledger says nothing, but {running.release} runs since {running.started}, ")
    assert state["problem"].endswith("ml-cicd record --observed --environment production")
    assert (state["entry"], state["trust"]) == (None, None)


@pytest.mark.parametrize("ephemeral", [True, False])
def test_environment_that_vanished_with_its_job_is_left_out(
    production: Production, ephemeral: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    production.road.record("integration", production.road.on_main(), ephemeral=ephemeral)
    assert ("integration" in states(capfd, 1)) is not ephemeral


def test_waiting_outcomes_are_told(production: Production, capfd: pytest.CaptureFixture[str]) -> None:
    production.remote(up=False)
    assert production.back() == 0
    production.remote(up=True)
    capfd.readouterr()
    assert cli.main(["status"]) == 1
    printed = capfd.readouterr().out
    assert "1 to be recorded yet: ml-cicd record --pending" in printed


def test_ledger_is_verified_where_a_target_does_not_answer(
    production: Production, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class Silent(FolderTarget):
        def observe(self) -> Running | None:
            raise UnreachableError("The engine does not answer.", "Start it.")

    monkeypatch.setattr("cicd.road.status.target_for", always(Silent(production.target.folder)))
    capfd.readouterr()
    assert cli.main(["verify", "--ledger", "--json"]) == 0
    examined = json.loads(capfd.readouterr().out)["environments"]["production"]
    newest = production.entries()[-1]
    assert examined == {
        "entries": 2, "newest": newest.name, "trust": "unchecked", "signatures": 0, "links": 2,
        "anchor": "yes", "running": "not compared: The engine does not answer.",
    }  # fmt: skip
    assert cli.main(["status"]) == 69


def test_running_entries_are_named(production: Production, capfd: pytest.CaptureFixture[str]) -> None:
    running = production.target.observe()
    assert running

    def named() -> str:
        capfd.readouterr()
        assert cli.main(["verify", "--ledger", "--json"]) == 0
        return str(json.loads(capfd.readouterr().out)["environments"]["production"]["running"])

    assert named() == f"{running.entry}, deployed after {running.after}"
    run(production, after="")
    assert named() == running.entry
    run(production, after="", entry="")
    assert named() == "no entry"
    (production.target.folder / "running.json").unlink()
    assert named() == "nothing runs"


@pytest.mark.case("K6", "retained releases were pruned")
def test_retained_releases_are_counted(production: Production, capfd: pytest.CaptureFixture[str]) -> None:
    assert states(capfd, 1)["production"]["notices"] == [
        "no smoke tests declared",
        "1 of 1 earlier release can come back without the registry",
    ]
    (production.target.folder / "retained.json").unlink()
    assert cli.main(["status"]) == 1, "nothing runs in the other environments"
    assert (
        "production: 0 of 1 earlier release can come back without the registry; the others were removed from the engine"
        in capfd.readouterr().out
    )


@pytest.mark.case("K14", "nothing tells that the proxy was killed and came back")
def test_notice_of_the_target_is_told(production: Production, capfd: pytest.CaptureFixture[str]) -> None:
    run(production, notice="the proxy ended")
    assert states(capfd, 1)["production"]["notices"][0] == "the proxy ended"
