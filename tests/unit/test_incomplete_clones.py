"""A clone without all history or contents gives the answers of a full clone, or says that it can't."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from cicd import cli
from cicd.errors import UnreachableError, UsageError
from cicd.repository import Repository, clone
from tests.unit.support import production
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.road import Road

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

SAME, CUT = "same", "shallow"


class Shallow:
    """A project with two releases in production and a third in staging, cloned in whole and shallowly."""

    def __init__(self, road: Road, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (road.workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
        road.workspace.git("add", "--all")
        self.target = FolderTarget(folder)
        self.full, self.shallow = road.workspace.clone, folder / "shallow"
        self.monkeypatch = monkeypatch
        production.use(monkeypatch, self.target, self.full)
        self.commits = [road.accepted("integration", "staging", "production") for _ in range(2)]
        road.workspace.commit("on the way")
        self.commits.append(road.accepted("integration", "staging"))
        road.workspace.git("clone", "--quiet", "--depth", "1", f"file://{road.workspace.remote}", str(self.shallow))

    def run(self, place: Path, *words: str) -> int:
        self.monkeypatch.chdir(place)
        return cli.main([word.format(*self.commits) for word in words])


@pytest.fixture
def shallow(workspace: Workspace, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shallow:
    return Shallow(Road(workspace, registry), tmp_path, monkeypatch)


@pytest.mark.case("K2", "every command in a shallow clone")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["history", "production", "--json"], SAME),
        (["status", "--json"], SAME),
        (["verify", "--ledger"], SAME),
        (["promote", "production", "--dry-run"], CUT),
        (["verify", "--environment", "production", "--commit", "{2}"], CUT),
        (["verify", "--environment", "production", "--commit", "{0}", "--backwards"], CUT),
        (["rollback", "production", "--reason", "slow", "--dry-run"], CUT),
        (["rollback", "production", "{0}", "--reason", "slow", "--dry-run"], CUT),
        (["rollback", "production", "1", "--reason", "slow", "--dry-run"], CUT),
        (["approve", "--yes", "production", "{1}", "--reason", "seen"], CUT),
        (["deploy", "--environment", "production", "--commit", "{2}", "--dry-run"], CUT),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_shallow_clone_answers_as_a_full_one_or_says_why_not(
    shallow: Shallow, words: list[str], expected: str, capfd: pytest.CaptureFixture[str]
) -> None:
    code = shallow.run(shallow.full, *words)
    full = capfd.readouterr().out
    cut_code, cut = shallow.run(shallow.shallow, *words), capfd.readouterr()
    if expected == SAME:
        assert (cut_code, cut.out) == (code, full)
    else:
        assert (code, cut_code) == (0, 2)
        assert "This clone is shallow" in cut.err
        assert "git fetch --unshallow origin" in cut.err


@pytest.mark.case("K2", "promote counts the commits of a shallow clone")
def test_unshallowed_clone_promotes(shallow: Shallow, capfd: pytest.CaptureFixture[str]) -> None:
    assert shallow.run(shallow.shallow, "promote", "production", "--dry-run") == 2
    Repository(shallow.shallow, "origin").git("fetch", "--quiet", "--unshallow", "origin")
    assert shallow.run(shallow.shallow, "promote", "production", "--dry-run", "--json") == 0
    assert len(json.loads(capfd.readouterr().out)["commits"]) == 2


@pytest.mark.case("K2", "the first promotion in a shallow clone says brings 1 commit")
def test_first_promotion_counts_no_cut_history(shallow: Shallow, capfd: pytest.CaptureFixture[str]) -> None:
    work = shallow.full
    Repository(work, "origin").git("push", "--quiet", "origin", ":refs/tags/ledger/app/production/2")
    Repository(work, "origin").git("push", "--quiet", "origin", ":refs/tags/ledger/app/production/1")
    assert shallow.run(work, "promote", "production", "--dry-run") == 0
    assert "brings    5 commits" in capfd.readouterr().out
    assert shallow.run(shallow.shallow, "promote", "production", "--dry-run") == 2
    captured = capfd.readouterr()
    assert ("brings" in captured.out, "can't say which commits" in captured.err) == (False, True)


def test_commit_that_a_shallow_clone_lacks_is_not_absent(shallow: Shallow) -> None:
    repository = clone(shallow.shallow)
    with pytest.raises(UsageError, match=r"shallow, so it can't say whether there is a commit"):
        repository.commit(shallow.commits[0])
    with pytest.raises(UsageError, match=r"shallow, so it can't say whether there is a commit"):
        repository.show(shallow.commits[0], "ml-cicd.toml")
    with pytest.raises(UsageError, match="There is no commit"):
        clone(shallow.full).show("0" * 40, "ml-cicd.toml")


@pytest.mark.case("K2", "a clone without contents or folders, without its remote")
@pytest.mark.parametrize("filter_", ["blob:none", "tree:0"])
def test_partial_clone_without_its_remote_says_so(workspace: Workspace, tmp_path: Path, filter_: str) -> None:
    (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
    workspace.git("add", "--all")
    commit = workspace.commit()
    workspace.push("main")
    place = tmp_path / "partial"
    words = ("--quiet", "--no-checkout", f"--filter={filter_}", f"file://{workspace.remote}", str(place))
    workspace.git("clone", *words)
    shutil.move(workspace.remote, tmp_path / "gone")
    repository = clone(place)
    for read in (lambda: repository.show(commit, "ml-cicd.toml"), lambda: repository.read([f"{commit}:ml-cicd.toml"])):
        with pytest.raises(UnreachableError, match=r"remote does not answer: .*does not appear to be a git repository"):
            read()


def test_number_in_a_commit_is_no_refusal(workspace: Workspace) -> None:
    repository = Repository(workspace.clone, f"{workspace.remote}-403f")
    with pytest.raises(UnreachableError, match="The push to"):
        repository.push("main:refs/heads/x")
