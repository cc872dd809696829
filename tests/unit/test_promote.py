"""`ml-cicd promote`: shows first what will happen, asks, moves the tag safely, and only where the release may go."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from cicd import cli, stages
from cicd.errors import RefusedError
from cicd.repository import Repository
from cicd.road import promotion
from cicd.road.request import config_for
from tests.unit.test_promotion import Road

if TYPE_CHECKING:
    from tests.unit.conftest import Workspace
    from tests.unit.support.registry_server import Registry

POLICY = """name = "app"
[environments.production]
approvers = ["grace"]
promoters = ["ada"]
"""


@pytest.fixture
def road(workspace: Workspace, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Road:
    for name in ("GITHUB_ACTIONS", "GITHUB_TRIGGERING_ACTOR", "LEDGER_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_ACTOR", "ada")
    monkeypatch.chdir(workspace.clone)
    (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
    workspace.git("add", "--all")
    return Road(workspace, registry)


def tag(road: Road, name: str = "Production") -> str | None:
    return road.workspace.repository().tag(name)


def test_the_newest_accepted_commit_is_promoted_by_its_tag(road: Road, capfd: pytest.CaptureFixture[str]) -> None:
    old = road.accepted("integration", "staging", "production")
    commit = road.accepted("integration", "staging")
    road.accepted("integration")
    assert cli.main(["promote", "production", "--yes"]) == 0
    assert tag(road) == commit
    said = capfd.readouterr().out
    assert f"production: {old[:12]} -> {commit[:12]}" in said
    assert f"release   {road.release(commit)[0]}" in said
    assert f"replaces  {road.release(old)[0]}" in said
    assert f"brings    1 commit\n    {commit[:7]} a change" in said
    assert f"Production moved to {commit[:12]}: the push started the workflow production." in said


def test_promote_again_says_what_the_ledger_says(road: Road, capfd: pytest.CaptureFixture[str]) -> None:
    def again() -> str:
        assert cli.main(["promote", "production", commit, "--yes"]) == 0
        return capfd.readouterr().out

    commit = road.accepted("integration", "staging")
    again()
    assert f"Production is at {commit[:12]} already, but its run has not recorded anything yet." in again()
    road.record("production", commit, "failed")
    assert "but its deployment failed (entry #1)" in again()
    road.record("production", commit)
    assert "its release runs there since entry #2 (" in again()
    older = commit
    commit = road.accepted("integration", "staging", "production")
    again()
    road.record("production", older, action="rollback")
    assert "it passed (entry #3), and entry #4 has replaced it since.\nTo bring it back: ml-cicd rollback" in again()


def test_promote_on_a_local_remote_waits_for_the_run(
    road: Road, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The push to a local forge returns after the run: here nothing has recorded, then the hook records."""
    monkeypatch.setattr(Repository, "forge", "0123abcd")
    commit = road.accepted("integration", "staging")
    assert cli.main(["promote", "production", "--yes"]) == 0
    said = f"Production moved to {commit[:12]}, but its run has not recorded anything. See ml-cicd local runs"
    assert said in capfd.readouterr().out
    newer = road.accepted("integration", "staging")

    def push(*_: object) -> None:
        road.record("production", newer)

    monkeypatch.setattr(promotion, "push", push)
    assert cli.main(["promote", "production", "--yes"]) == 0
    assert f"Production moved to {newer[:12]}, and its release runs there since entry #1" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://github.com/acme/app.git", "https://github.com/acme/app/actions"),
        ("git@github.com:acme/app.git", "https://github.com/acme/app/actions"),
        ("ssh://git@git.acme.example:2222/acme/app", "https://git.acme.example/acme/app/actions"),
        ("/srv/git/app.git", "the runs of its workflow"),
    ],
)
def test_promote_names_the_page_of_the_runs(road: Road, address: str, page: str) -> None:
    road.workspace.git("remote", "add", "elsewhere", address)
    assert promotion._runs_page(Repository(road.workspace.clone, "elsewhere")) == page


def test_a_commit_can_be_named_and_staging_takes_what_integration_accepted(road: Road) -> None:
    commit = road.accepted("integration")
    road.accepted("integration")
    assert cli.main(["promote", "staging", commit[:12], "--yes"]) == 0
    assert tag(road, "Staging") == commit


def test_what_is_not_accepted_is_refused_before_anything_is_pushed(
    road: Road, capsys: pytest.CaptureFixture[str]
) -> None:
    road.on_main()
    assert cli.main(["promote", "production", "--yes"]) == 4
    assert "Nothing has passed staging yet" in capsys.readouterr().err
    road.accepted("integration")
    assert cli.main(["promote", "production", "main", "--yes"]) == 4
    commit = road.accepted("integration", "staging")
    road.record("staging", commit, "failed")
    assert cli.main(["promote", "production", "--yes"]) == 4
    assert tag(road) is None


def test_the_missing_approval_is_shown_and_refused_until_it_is_there(
    road: Road, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (road.workspace.clone / "ml-cicd.toml").write_text(POLICY)
    road.workspace.git("add", "--all")
    commit = road.accepted("integration", "staging")
    assert cli.main(["promote", "production", "--yes"]) == 4
    said = capsys.readouterr()
    assert "missing   " in said.out
    assert "needs an approval for production by grace" in said.err
    monkeypatch.setenv("GITHUB_ACTOR", "grace")
    assert cli.main(["approve", "production", commit, "--reason", "seen"]) == 0
    assert cli.main(["promote", "production", "--yes"]) == 4
    monkeypatch.setenv("GITHUB_ACTOR", "ada")
    assert cli.main(["promote", "production", "--yes"]) == 0
    assert tag(road) == commit


def test_it_asks_first(road: Road, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    commit = road.accepted("integration", "staging")
    assert cli.main(["promote", "production"]) == 2
    assert "Add --yes" in capsys.readouterr().err
    assert cli.main(["promote", "production", "--dry-run"]) == 0
    for answer, moved in (("", None), ("no", None), ("y", commit)):
        terminal = io.StringIO(f"{answer}\n")
        terminal.isatty = lambda: True  # type: ignore[method-assign]
        monkeypatch.setattr(sys, "stdin", terminal)
        assert cli.main(["promote", "production"]) == 0
        assert tag(road) == moved


def test_a_tag_that_somebody_moved_meanwhile_is_left_alone(road: Road) -> None:
    commit, other = road.accepted("integration", "staging"), road.accepted("integration", "staging")
    repository = road.workspace.repository()
    project = config_for(repository, stages.PRODUCTION, commit)
    planned = promotion.plan(repository, project, stages.PRODUCTION, commit)
    road.workspace.git("tag", "Production", other)
    road.workspace.push("Production")
    with pytest.raises(RefusedError, match="moved meanwhile: somebody else is promoting"):
        promotion.push(repository, planned)
    assert tag(road) == other


def test_json_says_what_was_planned_and_whether_it_was_pushed(road: Road, capfd: pytest.CaptureFixture[str]) -> None:
    commit = road.accepted("integration", "staging")
    for words, pushed in ((["--dry-run"], False), (["--yes"], True)):
        assert cli.main(["promote", "production", "--json", *words]) == 0
        found = json.loads(capfd.readouterr().out)
        assert (found["commit"], found["release"], found["pushed"]) == (commit, road.release(commit)[0], pushed)
