"""What git says is kept, and its failure is never taken for a "no"."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cicd import git, ledger
from cicd.errors import UnreachableError, UsageError
from cicd.repository import Repository, mirror

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.workspace import Workspace

NOTHING = "0" * 40


def forget(workspace: Workspace, name: str) -> str:
    """Take the content of an object away, and return its id."""
    identity = workspace.git("rev-parse", name)
    (workspace.clone / ".git" / "objects" / identity[:2] / identity[2:]).unlink()
    return identity


@pytest.mark.case("K2", "git's own words are kept")
def test_failure_keeps_gits_words(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match=r"git show failed in .*: fatal: ambiguous argument 'no-such'"):
        git.text(workspace.clone, "show", "no-such")


def test_missing_git_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreachableError, match="The command git can't be started") as caught:
        git.text(tmp_path, "status")
    assert "apt-get install git" in caught.value.hint


def test_folder_outside_a_clone_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not in a git repository"):
        git.text(tmp_path, "status")


@pytest.mark.parametrize("remote", ["/no/such/remote", "http://127.0.0.1:1/acme/app", "ssh://127.0.0.1:1/acme/app"])
def test_dead_remote_is_unreachable(workspace: Workspace, remote: str) -> None:
    with pytest.raises(UnreachableError, match="remote does not answer: "):
        git.text(workspace.clone, "fetch", remote)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", UnreachableError),
        ("remote: Repository not found.\nfatal: repository 'https://github.com/a/b/' not found", UnreachableError),
        ("fatal: cannot create directory at 'x': No space left on device", UnreachableError),
        ("fatal: bad object HEAD", UsageError),
    ],
)
def test_words_decide_the_kind_of_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, kind: type[Exception]
) -> None:
    script = tmp_path / "git"
    script.write_text(f'#!/bin/sh\nprintf "%s" "{words}" >&2\nexit 128\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(kind):
        git.output(tmp_path, "fetch")


@pytest.mark.case("K2", "an exit code above 1 is an error, not a no")
def test_query_tells_no_from_failure(workspace: Workspace) -> None:
    verify = ("rev-parse", "--verify", "--quiet")
    assert git.query(workspace.clone, *verify, "main") == workspace.git("rev-parse", "main")
    assert git.query(workspace.clone, *verify, "no-such") is None
    with pytest.raises(UsageError, match="rev-parse failed"):
        git.query(workspace.clone, *verify, "main:../outside")


def test_silent_failure_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "git"
    script.write_text("#!/bin/sh\nexit 128\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="exit code 128"):
        git.query(tmp_path, "rev-parse", "--verify", "--quiet", "main")


def test_objects_are_read_by_any_name(workspace: Workspace) -> None:
    (workspace.clone / "file").write_text("line\nline\n")
    workspace.git("add", "file")
    workspace.commit()
    content = b"line\nline\n"
    assert git.objects(workspace.clone, ["HEAD:file", "HEAD:none", "HEAD:file"]) == [content, None, content]


@pytest.mark.case("K2", "a file that can't be read is not absent")
def test_unreadable_file_is_not_absent(workspace: Workspace) -> None:
    (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
    workspace.git("add", "ml-cicd.toml")
    commit = workspace.commit()
    workspace.push("main")
    repository = workspace.repository()
    assert repository.show(commit, "no-such") is None
    forget(workspace, "HEAD:ml-cicd.toml")
    with pytest.raises(UsageError, match="cat-file failed"):
        repository.show(commit, "ml-cicd.toml")
    with pytest.raises(UsageError, match="cat-file failed"):
        ledger.keyring(repository)


@pytest.mark.case("K2", "a blobless mirror without its remote")
def test_contents_at_a_dead_remote_are_unreachable(workspace: Workspace) -> None:
    (workspace.clone / "file").write_text("content")
    workspace.git("add", "file")
    commit = workspace.commit()
    workspace.push("main")
    with mirror(f"file://{workspace.remote}") as repository:
        shutil.rmtree(workspace.remote)
        with pytest.raises(UnreachableError, match="remote does not answer"):
            repository.show(commit, "file")


@pytest.mark.case("K2", "merge-base fails")
def test_ancestry_tells_no_from_failure(workspace: Workspace) -> None:
    first, second = workspace.git("rev-parse", "HEAD"), workspace.commit()
    repository = Repository(workspace.clone, "origin")
    assert repository.is_ancestor(first, second)
    assert not repository.is_ancestor(second, first)
    assert not repository.is_ancestor(NOTHING, second)
    third = workspace.commit()
    forget(workspace, second)
    with pytest.raises(UsageError, match="merge-base failed"):
        repository.is_ancestor(first, third)


@pytest.mark.case("K2", "a shallow clone denies no ancestry")
def test_shallow_clone_denies_no_ancestry(workspace: Workspace, tmp_path: Path) -> None:
    first, second = workspace.git("rev-parse", "HEAD"), workspace.commit()
    workspace.push("main")
    workspace.git("clone", "--quiet", "--depth", "1", f"file://{workspace.remote}", str(tmp_path / "shallow"))
    with pytest.raises(UsageError, match="This clone is shallow") as caught:
        Repository(tmp_path / "shallow", "origin").is_ancestor(first, second)
    assert "git fetch --unshallow origin" in caught.value.hint
