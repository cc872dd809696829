"""Pushes to the remote: what was declined, lost or not answered is told apart; folders and tokens reach git safely."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from cicd.errors import RefusedError, UnreachableError, UsageError
from cicd.repository import LostRaceError, Repository, mirror
from cicd.repository.snapshot import _authorization

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.workspace import Workspace


def hook(workspace: Workspace, text: str) -> None:
    """Let the remote run a script before it takes a push."""
    file = workspace.remote / "hooks" / "pre-receive"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


def test_declined_push_is_refused(workspace: Workspace) -> None:
    hook(workspace, "echo this branch is protected >&2; exit 1")
    commit = workspace.commit()
    with pytest.raises(RefusedError, match=r"The remote declined the push: [\s\S]*pre-receive hook declined") as caught:
        workspace.repository().push(f"{commit}:refs/heads/main")
    assert "contents: write" in caught.value.hint


def test_dead_remote_takes_no_push(workspace: Workspace) -> None:
    repository, commit = workspace.repository(), workspace.commit()
    workspace.remote.rename(workspace.remote.with_name("away.git"))
    with pytest.raises(UnreachableError, match="The push to origin failed: "):
        repository.push(f"{commit}:refs/heads/main")


def test_existing_tag_is_a_lost_race_and_nothing_is_pushed(workspace: Workspace) -> None:
    repository, commit = workspace.repository(), workspace.commit()
    repository.push(f"{commit}:refs/tags/v1")
    with pytest.raises(LostRaceError):
        repository.push(f"{workspace.commit()}:refs/tags/v1", f"{commit}:refs/tags/v2")
    repository.fetch()
    assert (repository.tag("v1"), repository.tag("v2")) == (commit, None)


def test_person_sees_what_the_remote_says(workspace: Workspace, capfd: pytest.CaptureFixture[str]) -> None:
    hook(workspace, "echo the run begins >&2")
    repository = workspace.repository()
    repository.push(f"{workspace.commit()}:refs/heads/main")
    assert "the run begins" not in capfd.readouterr().err
    repository.push(f"{workspace.commit()}:refs/heads/main", show=True)
    assert "the run begins" in capfd.readouterr().err


def test_mirror_leaves_contents_at_the_remote_until_asked(workspace: Workspace) -> None:
    (workspace.clone / "a").write_text("content of a")
    workspace.git("add", "a")
    commit = workspace.commit()
    workspace.push("main")
    with mirror(f"file://{workspace.remote}") as repository:
        missing = repository.git("rev-list", "--objects", "--missing=print", commit)
        assert "\n?" in missing
        assert repository.show(commit, "a") == "content of a"
        folder = repository.path
    assert not folder.exists()


def test_folder_of_a_commit_is_unpacked_for_a_while(workspace: Workspace) -> None:
    for name in ("deploy/base/all.yaml", "deploy/shared.yaml", "other/x"):
        file = workspace.clone / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    workspace.git("add", "--all")
    commit = workspace.commit()
    repository = Repository(workspace.clone, "origin")
    with repository.unpacked(commit, "deploy/base") as folder:
        assert (folder / "all.yaml").read_text() == "deploy/base/all.yaml"
        assert (folder.parent / "shared.yaml").is_file()
        assert not (folder.parent.parent / "other").exists()
    assert not folder.exists()
    with pytest.raises(UsageError, match="has no folder deploy/none"), repository.unpacked(commit, "deploy/none"):
        pass


@pytest.mark.parametrize(
    ("token", "server"), [("", "https://github.com"), ("secret", ""), ("secret", "http://github.com")]
)
def test_token_goes_to_no_server_without_encryption(token: str, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", token)
    monkeypatch.setenv("GITHUB_SERVER_URL", server)
    assert _authorization() == {}


def test_token_replaces_other_logins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.delenv("GIT_CONFIG_COUNT", raising=False)
    login = base64.b64encode(b"x-access-token:secret").decode()
    given = _authorization()
    assert given["GIT_CONFIG_COUNT"] == "2"
    assert {given["GIT_CONFIG_KEY_0"], given["GIT_CONFIG_KEY_1"]} == {"http.https://github.com/.extraheader"}
    assert [given["GIT_CONFIG_VALUE_0"], given["GIT_CONFIG_VALUE_1"]] == ["", f"AUTHORIZATION: basic {login}"]
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    assert _authorization().keys() >= {"GIT_CONFIG_KEY_1", "GIT_CONFIG_KEY_2"}
    assert _authorization()["GIT_CONFIG_COUNT"] == "3"
