"""Which branch holds the tested commits is the remote's to say, and nothing moves before that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd import cli, config, github, ledger
from cicd.errors import UsageError
from cicd.forge import remote
from cicd.ledger import signing
from cicd.road import advance, verification
from tests.unit.support import production
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.road import CONFIG, Road

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

CALLER = "on:\n  workflow_dispatch:\n"


@pytest.fixture
def road(workspace: Workspace, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Road:
    """Return a project with its callers, and be Ada in its clone."""
    (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
    (workspace.clone / ".github" / "workflows").mkdir(parents=True)
    (workspace.clone / ".github" / "workflows" / "staging.yml").write_text(CALLER)
    workspace.git("add", "--all")
    production.use(monkeypatch, FolderTarget(tmp_path), workspace.clone)
    return Road(workspace, registry)


def two_branches(road: Road, default: str) -> tuple[str, str]:
    """Give the remote `main` and `master`, of which one is stale, and a default branch; return new and stale commit."""
    workspace = road.workspace
    stale, new = workspace.git("rev-parse", "HEAD"), workspace.commit("the callers")
    named, other = ("master", "main") if default == "master" else ("main", "master")
    workspace.put(f"refs/heads/{named}", new)
    workspace.put(f"refs/heads/{other}", stale)
    workspace.put("refs/heads/develop", new)
    (workspace.remote / "HEAD").write_text(f"ref: refs/heads/{default}\n")
    return new, stale


@pytest.mark.case("K7", "main and a stale master, or the reverse")
@pytest.mark.parametrize("default", ["main", "master"])
def test_default_branch_of_the_remote_decides(road: Road, default: str) -> None:
    new, stale = two_branches(road, default)
    repository = road.workspace.repository()
    assert (repository.main_branch, repository.main_commit) == (default, new)
    assert verification.check_on_main(repository, new) == new
    commit = road.workspace.commit("integrated")
    road.record("integration", commit)
    assert advance.advance(road.workspace.repository(), CONFIG, commit).staging
    repository = road.workspace.repository()
    other = "master" if default == "main" else "main"
    assert (repository.branch(default), repository.branch(other)) == (commit, stale)
    assert cli.main(["promote", "staging", "--dry-run"]) == 0


@pytest.mark.case("K7", "main and master, and neither is the default branch")
def test_unclear_main_branch_moves_nothing(road: Road, capsys: pytest.CaptureFixture[str]) -> None:
    commit = road.accepted("integration")
    two_branches(road, "develop")
    before = road.workspace.git("ls-remote", "origin")
    for words in (
        ["advance", "--commit", commit],
        ["promote", "staging", "--yes"],
        ["verify", "--environment", "staging", "--commit", commit],
        ["rollback", "staging", "--reason", "slow", "--yes"],
        ["history", "staging"],
    ):
        assert cli.main(words) == 2
        assert "branches main and master, and its default branch is neither" in capsys.readouterr().err
    assert road.workspace.git("ls-remote", "origin") == before


def test_keys_of_the_stale_branch_do_not_count(road: Road) -> None:
    keys = {name: signing.new_pair()[1] for name in ("stale", "new")}
    for name, public in keys.items():
        (road.workspace.clone / "ml-cicd.toml").write_text(f'name = "app"\n[ledger]\nkeys = ["""{public}"""]\n')
        road.workspace.git("add", "--all")
        if name == "stale":
            road.workspace.commit(name)
    two_branches(road, "master")
    assert ledger.keyring(road.workspace.repository()).keyids == signing.keyring([keys["new"]]).keyids


def test_keys_of_the_stale_branch_do_not_count_where_the_new_one_has_no_configuration(road: Road) -> None:
    file = road.workspace.clone / "ml-cicd.toml"
    file.write_text(f'name = "app"\n[ledger]\nkeys = ["""{signing.new_pair()[1]}"""]\n')
    road.workspace.git("add", "--all")
    road.workspace.commit("stale")
    file.unlink()
    road.workspace.git("add", "--all")
    two_branches(road, "master")
    assert ledger.keyring(road.workspace.repository()).keyids == []


def test_configuration_with_wrong_keys_is_named_with_its_branch(road: Road) -> None:
    (road.workspace.clone / "ml-cicd.toml").write_text('name = "app"\n[ledger]\nkeys = 7\n')
    road.workspace.git("add", "--all")
    road.workspace.put("refs/heads/main", road.workspace.commit())
    with pytest.raises(UsageError, match=r"ml-cicd\.toml on main"):
        ledger.keyring(road.workspace.repository())


def test_answer_is_known_while_the_remote_is_down(road: Road) -> None:
    two_branches(road, "master")
    repository = road.workspace.repository()
    road.workspace.remote.rename(road.workspace.remote.with_name("away.git"))
    assert repository.main_branch == "master"


@pytest.mark.case("K7", "git init -b master: the dispatch fails after Staging moved")
@pytest.mark.parametrize(
    ("caller", "message"),
    [
        (("other.yml", CALLER), "has no .github/workflows/staging.yml"),
        (("staging.yml", "on: push\n"), "has a .github/workflows/staging.yml without 'workflow_dispatch'"),
    ],
    ids=["missing", "not by hand"],
)
def test_nothing_moves_if_staging_can_not_start(
    road: Road,
    caller: tuple[str, str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    workflows = road.workspace.clone / ".github" / "workflows"
    file, text = caller
    (workflows / "staging.yml").unlink()
    (workflows / file).write_text(text)
    road.workspace.git("add", "--all")
    commit = road.workspace.commit()
    road.record("integration", commit)
    monkeypatch.setattr(github, "in_actions", lambda: True)
    before = road.workspace.git("ls-remote", "origin")
    assert cli.main(["advance", "--commit", commit]) == 2
    assert message in capsys.readouterr().out
    assert road.workspace.git("ls-remote", "origin") == before


def test_default_branch_without_the_caller_moves_nothing(road: Road) -> None:
    road.workspace.put("refs/heads/legacy", road.workspace.git("rev-parse", "HEAD"))
    commit = road.workspace.commit()
    (road.workspace.remote / "HEAD").write_text("ref: refs/heads/legacy\n")
    with pytest.raises(UsageError, match=r"The default branch legacy has no \.github/workflows/staging\.yml"):
        advance.check_startable(road.workspace.repository(), commit, "staging.yml")
    road.workspace.put("refs/heads/legacy", commit)
    advance.check_startable(road.workspace.repository(), commit, "staging.yml")


@pytest.mark.parametrize("branch", ["main", "master"])
def test_staging_starts_on_the_main_branch(road: Road, branch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = road.workspace
    if branch == "master":
        workspace.put("refs/heads/master", workspace.git("rev-parse", "HEAD"))
        (workspace.remote / "HEAD").write_text("ref: refs/heads/master\n")
        workspace.push(":main")
    commit = workspace.commit("integrated")
    road.record("integration", commit)
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr(github, "in_actions", lambda: True)
    monkeypatch.setattr(github, "dispatch_workflow", lambda *call: calls.append(call))
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/app")
    assert cli.main(["advance", "--commit", commit]) == 0
    assert calls == [("acme/app", "staging.yml", branch, {"commit": commit})]


@pytest.mark.case("K7", "trunk-based: the integration branch is main")
class TestTrunk:
    """A team whose integration branch is main: nothing is fast-forwarded."""

    def test_only_staging_moves(self, road: Road) -> None:
        hook = road.workspace.remote / "hooks" / "update"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text('#!/bin/sh\ncase "$1" in refs/heads/*) exit 1;; esac\n')
        hook.chmod(0o755)
        commit = road.accepted("integration")
        assert advance.advance(road.workspace.repository(), CONFIG, commit) == advance.Advance("advanced", staging=True)
        repository = road.workspace.repository()
        assert (repository.branch("main"), repository.tag("Staging")) == (commit, commit)

    def test_nothing_moves_if_people_move_staging(self, road: Road) -> None:
        commit = road.accepted("integration")
        by_hand = config.parse('name = "app"\n[staging]\nauto = false\n')
        before = road.workspace.git("ls-remote", "origin")
        advanced = advance.advance(road.workspace.repository(), by_hand, commit)
        assert advanced == advance.Advance("advanced", staging=False)
        assert road.workspace.git("ls-remote", "origin") == before

    def test_older_commit_is_superseded(self, road: Road) -> None:
        older, newer = road.accepted("integration"), road.accepted("integration")
        repository = road.workspace.repository()
        assert advance.advance(repository, CONFIG, older).state == "superseded"
        assert advance.advance(repository, CONFIG, newer).staging
        assert road.workspace.repository().tag("Staging") == newer


class TestForge:
    """Which default branch a local remote gets, where the clone has both branches and no `origin`."""

    @pytest.mark.parametrize("here", ["main", "master"])
    def test_branch_that_is_checked_out_decides(self, workspace: Workspace, here: str) -> None:
        workspace.git("branch", "master")
        workspace.git("remote", "remove", "origin")
        workspace.git("checkout", "--quiet", here)
        assert remote.default_branch(workspace.clone) == here

    def test_otherwise_a_person_must_say(self, workspace: Workspace) -> None:
        workspace.git("branch", "master")
        workspace.git("remote", "remove", "origin")
        workspace.git("checkout", "--quiet", "-b", "develop")
        with pytest.raises(UsageError, match="both main and master"):
            remote.default_branch(workspace.clone)
