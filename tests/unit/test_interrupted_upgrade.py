"""An upgrade that is killed loses nothing, and the next one starts from the files as they were."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cicd import git
from cicd.errors import UnreachableError, UsageError
from cicd.start import applying, merging
from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MESSAGE = "Upgrade ml-cicd\n"
START = {"kept": "kept\n", "changed": "one\ntwo\nthree\n", "gone": "gone\n", "both": "start\n"}
YOURS = {**START, "both": "ours\n"}
THEIRS = {"kept": "kept\n", "changed": "one\ntwo\nfour\n", "both": "theirs\n", "folder/new": "a new file\n"}
OWN = {"notes": "not in git\n", "folder/own": "not in git either\n"}
CODE = """
import sys
from pathlib import Path
from cicd.start import applying
from tests.unit import test_interrupted_upgrade as upgrade
root = Path(sys.argv[1])
applying.take_back(root)
applying.apply(root, upgrade.merged(root), upgrade.MESSAGE)
"""
MARKS = [f"upgrade.{name}.{side}" for name in ("note", "files", "message", "index") for side in ("before", "after")]


def tree(root: Path, texts: dict[str, str]) -> str:
    names = merging.store(root, {path: text.encode() for path, text in texts.items()})
    return merging.write_tree(root, {path: merging.Blob("100644", name) for path, name in names.items()})


def merged(root: Path) -> merging.Merge:
    """Return an upgrade with a file that changes, a new one, a removed one, and one in conflict."""
    return merging.merge(root, tree(root, START), tree(root, YOURS), tree(root, THEIRS), ("yours", "theirs"))


def files(root: Path) -> dict[str, str]:
    """Return the files of the work tree: path -> text."""
    paths = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {path.relative_to(root).as_posix(): path.read_text() for path in paths}


def state(root: Path) -> tuple[dict[str, str], str, str, bool]:
    """Return files, index, status, and whether git has a message for the next commit."""
    index = git.text(root, "ls-files", "--stage")
    return files(root), index, git.text(root, "status", "--porcelain"), (root / ".git/SQUASH_MSG").exists()


def run(root: Path, **environment: str) -> int:
    """Take back and apply in a process of its own; return its exit code."""
    command = [sys.executable, "-c", CODE, str(root)]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clone with the project's last commit, and with files that git does not know."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@example.org")
    directory = tmp_path / "clone"
    directory.mkdir()
    git.output(directory, "init", "--quiet")
    write(directory, YOURS)
    git.output(directory, "add", "--all")
    git.output(directory, "commit", "--quiet", "--message", "work")
    write(directory, OWN)
    return directory


def write(root: Path, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def test_every_mark_is_passed(root: Path, tmp_path: Path) -> None:
    assert run(root, ML_CICD_CRASH_TRACE=str(tmp_path / "trace")) == 0
    assert (tmp_path / "trace").read_text().split() == MARKS
    assert not (root / ".git/ml-cicd").exists()


@pytest.mark.case("K3", "upgrade is killed between its files and the index")
@pytest.mark.parametrize("mark", MARKS)
def test_killed_upgrade_is_taken_back_and_repeated(root: Path, mark: str) -> None:
    before = state(root)
    assert run(root, ML_CICD_CRASH_AT=mark) == -signal.SIGKILL
    left = files(root)
    assert {path: left[path] for path in OWN} == OWN
    finished = mark == "upgrade.index.after"
    assert applying.take_back(root) is (not finished and mark != "upgrade.note.before")
    assert not (root / ".git/ml-cicd").exists()
    if finished:  # work tree, index and message have it: it can be committed, or thrown away with git
        assert "UU both" in git.text(root, "status", "--porcelain")
        return
    assert state(root) == before
    assert run(root) == 0
    assert (root / ".git/SQUASH_MSG").read_text() == MESSAGE
    assert set(git.lines(root, "status", "--porcelain")) >= {"M  changed", "D  gone", "UU both", "A  folder/new"}
    assert {path: files(root)[path] for path in OWN} == OWN


@pytest.mark.parametrize("half", ["changed", "folder/new", "gone", "all"])
def test_files_that_git_was_writing_are_taken_back(root: Path, half: str) -> None:
    before = state(root)
    assert run(root, ML_CICD_CRASH_AT="upgrade.files.before") == -signal.SIGKILL
    if half in ("changed", "all"):
        (root / "changed").write_text(THEIRS["changed"][:9])
    if half in ("folder/new", "all"):
        (root / "folder/new").write_text("")
    if half in ("gone", "all"):
        (root / "gone").unlink()
    assert applying.take_back(root)
    assert state(root) == before


@pytest.mark.parametrize("mark", ["upgrade.restore.before", "upgrade.remove.before"])
def test_taking_back_can_be_killed_too(root: Path, mark: str) -> None:
    before = state(root)
    assert run(root, ML_CICD_CRASH_AT="upgrade.message.after") == -signal.SIGKILL
    assert run(root, ML_CICD_CRASH_AT=mark) == -signal.SIGKILL
    assert applying.take_back(root)
    assert state(root) == before


def test_work_that_came_after_the_kill_stays(root: Path) -> None:
    assert run(root, ML_CICD_CRASH_AT="upgrade.message.after") == -signal.SIGKILL
    write(root, {"changed": "my own\n", "folder/new": "mine too\n"})
    assert applying.take_back(root)
    assert files(root) == {**YOURS, **OWN, "changed": "my own\n", "folder/new": "mine too\n"}


def test_commit_that_came_after_the_kill_stays(root: Path) -> None:
    assert run(root, ML_CICD_CRASH_AT="upgrade.message.after") == -signal.SIGKILL
    git.output(root, "commit", "--quiet", "--all", "--message", "as it is")
    before = files(root)
    assert not applying.take_back(root)
    assert files(root) == before


def test_empty_file_of_the_project_is_not_taken_for_the_beginning_of_a_new_one(root: Path) -> None:
    write(root, {"folder/new": ""})
    assert run(root, ML_CICD_CRASH_AT="upgrade.files.before") == -signal.SIGKILL
    assert applying.take_back(root)
    assert (root / "folder/new").exists()
    with pytest.raises(UsageError, match="folder/new"):
        applying.apply(root, merged(root), MESSAGE)
    assert (root / "folder/new").exists()


def test_index_that_another_git_holds_is_named_and_all_is_taken_back(root: Path) -> None:
    upgrade = merged(root)
    before = state(root)
    (root / ".git/index.lock").touch()
    with pytest.raises(UnreachableError, match=r"index\.lock"):
        applying.apply(root, upgrade, MESSAGE)
    (root / ".git/index.lock").unlink()
    assert state(root) == before
