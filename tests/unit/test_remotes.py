"""A clone with a real remote and a local forge: what is shown names its remote, and what is changed must be told it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from cicd import cli, forge_identity
from cicd.errors import UsageError
from cicd.ledger import pending
from cicd.repository import clone
from cicd.repository.remotes import Remote, chosen, shown

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.production import Production
    from tests.unit.support.workspace import Workspace

pytestmark = pytest.mark.case("K7", "a clone with a real remote and a local forge")
CHANGING = {
    "promote": ["promote", "production", "--yes"],
    "approve": ["approve", "--yes", "production", "main", "--reason", "seen"],
    "rollback": ["rollback", "production", "--reason", "slow", "--yes"],
    "deploy": ["deploy", "--environment", "production", "--commit", "main"],
    "record": ["record", "--pending"],
    "unlock": ["unlock", "production"],
    "advance": ["advance", "--commit", "main"],
}


def add_forge(workspace: Workspace, name: str = "local") -> Path:
    """Give the clone a remote as a local forge's, with all that the real one has, and return its path."""
    path = workspace.clone / ".ml-cicd" / "local" / "git" / "acme" / "app"
    path.parent.mkdir(parents=True)
    shutil.copytree(workspace.remote, path, ignore=lambda *_: {"objects"})
    (path / "objects").symlink_to(workspace.clone / ".git" / "objects")
    workspace.git("remote", "add", name, str(path))
    return path


@pytest.fixture
def both(production: Production) -> Production:
    """Return a production whose clone has the remote `origin` and that of a local forge."""
    add_forge(production.road.workspace)
    return production


@pytest.mark.parametrize("command", CHANGING)
def test_command_that_changes_something_needs_the_remote(
    both: Production, command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    workspace = both.road.workspace
    before = [workspace.git("ls-remote", name) for name in ("origin", "local")]
    assert cli.main(CHANGING[command]) == 2
    said = capfd.readouterr().err
    assert f"origin, {workspace.remote}" in said
    assert f"local, the local forge of {workspace.clone}" in said
    assert "Say which: --remote local or --remote origin" in said
    assert [workspace.git("ls-remote", name) for name in ("origin", "local")] == before


def test_hint_names_the_remote_that_its_command_needs(both: Production, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["deploy", "--environment", "production", "--commit", both.first, "--remote", "local"]
    assert cli.main(words) == 4
    hint = capfd.readouterr().err
    assert f"ml-cicd rollback production {both.first[:12]} --reason TEXT\nAdd to that command: --remote local\n" in hint


def test_hint_to_a_command_without_remotes_names_none(capfd: pytest.CaptureFixture[str]) -> None:
    cli.report(UsageError("The image has no label.", "Build it with: ml-cicd release"), "local")
    assert "--remote" not in capfd.readouterr().err


def test_outcome_that_waits_is_recorded_at_the_same_remote(
    both: Production, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    both.remote(up=False)
    both.back("--remote", "origin")
    assert "or: ml-cicd record --pending --remote origin" in capfd.readouterr().out


def test_promotion_on_the_forge_leaves_the_real_tag(both: Production) -> None:
    workspace = both.road.workspace
    workspace.put("refs/tags/Production", both.first)
    before = workspace.git("ls-remote", "origin")
    assert cli.main(["promote", "production", "--remote", "local", "--dry-run"]) == 0
    assert cli.main(["approve", "--yes", "production", both.second, "--reason", "seen", "--remote", "local"]) == 0
    assert workspace.git("ls-remote", "origin") == before
    assert cli.main(["history", "production", "--remote", "local"]) == 0


def test_one_remote_needs_no_name(production: Production) -> None:
    assert cli.main(["approve", "--yes", "production", production.second, "--reason", "seen"]) == 0
    assert production.back("--dry-run") == 0


@pytest.mark.parametrize("words", [["status"], ["history", "production"]], ids=["status", "history"])
def test_both_remotes_are_shown_under_their_names(
    both: Production, words: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    workspace = both.road.workspace
    cli.main(words)
    real, _, local = capfd.readouterr().out.partition("\n\n")
    assert real.startswith(f"remote origin, {workspace.remote}\n")
    assert local.startswith(f"remote local, the local forge of {workspace.clone}\n")
    assert both.second[:12] in real
    cli.main([*words, "--remote", "local"])
    assert capfd.readouterr().out.startswith("remote local, ")


@pytest.mark.parametrize("words", [["status"], ["history", "production"]], ids=["status", "history"])
def test_silent_remote_does_not_hide_the_forge(
    both: Production, words: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    both.remote(up=False)
    assert cli.main(words) == 69
    told = capfd.readouterr()
    assert "remote origin, " in told.out.partition("\nno answer, see below\n")[0]
    assert both.second[:12] in told.out.partition("remote local, ")[2]
    assert "The git remote does not answer" in told.err
    assert cli.main([*words, "--json"]) == 69
    assert capfd.readouterr().out == ""


def test_json_of_status_has_both(both: Production, capfd: pytest.CaptureFixture[str]) -> None:
    cli.main(["status", "--json"])
    told = json.loads(capfd.readouterr().out)
    assert told["remote"] == "origin"
    assert told["environments"] == told["remotes"]["origin"]["environments"]
    assert {*told["remotes"]} == {"origin", "local"}


def test_outcome_waits_for_its_own_remote(both: Production) -> None:
    real, local = (clone(both.road.workspace.clone, name) for name in ("origin", "local"))
    pending.keep(local, both.entries()[-1].deployment)
    assert (len(pending.waiting(real)), len(pending.waiting(local))) == (0, 1)
    pending.drop(local.path, forge_identity.of_data(local.path / ".ml-cicd" / "local"))
    assert pending.waiting(local) == []


@pytest.mark.parametrize(
    ("real", "default", "all_shown"),
    [
        (["origin"], "origin", ["origin", "local"]),
        (["github"], "github", ["github", "local"]),
        (["origin", "upstream"], "origin", ["origin", "local"]),
        ([], "local", ["local"]),
    ],
    ids=["origin", "another name", "two real ones", "the forge alone"],
)
def test_default_remote_is_the_real_one(
    workspace: Workspace, real: list[str], default: str, all_shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    add_forge(workspace)
    workspace.git("remote", "remove", "origin")
    for name in real:
        workspace.git("remote", "add", name, "https://example.com/acme/app.git")
    assert chosen(workspace.clone, None).name == default
    assert shown(workspace.clone, None) == all_shown
    if not real:
        assert chosen(workspace.clone, None, changes=True).name == "local"
        return
    with pytest.raises(UsageError, match=f"This clone has {len(real) + 1} remotes"):
        chosen(workspace.clone, None, changes=True)


def test_ledger_is_that_of_the_forge_whose_registry_is_used(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_forge(workspace)
    monkeypatch.setenv("ML_CICD_INSTANCE", forge_identity.of_data(workspace.clone / ".ml-cicd" / "local"))
    assert chosen(workspace.clone, None).name == "local"


def test_two_real_remotes_need_a_choice_too(workspace: Workspace) -> None:
    workspace.git("remote", "add", "upstream", "https://example.com/acme/app.git")
    with pytest.raises(UsageError, match="This clone has 2 remotes"):
        chosen(workspace.clone, None, changes=True)
    assert chosen(workspace.clone, "upstream", changes=True).name == "upstream"


def test_login_in_an_address_is_not_shown(workspace: Workspace) -> None:
    workspace.git("remote", "set-url", "origin", "https://ada:hunter2@example.com/acme/app.git")
    assert str(chosen(workspace.clone, None)) == "origin, https://example.com/acme/app.git"
    assert str(Remote("local", "file:///srv/app/.ml-cicd/local/git/acme/app", "0" * 8)) == (
        "local, the local forge of /srv/app"
    )


def test_forge_that_is_down_is_not_asked(both: Production, capfd: pytest.CaptureFixture[str]) -> None:
    workspace = both.road.workspace
    shutil.rmtree(workspace.clone / ".ml-cicd")
    workspace.git("remote", "remove", "local")
    cli.main(["status"])
    assert "remote local" not in capfd.readouterr().out
