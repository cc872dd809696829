"""`ml-cicd local comments`: what the runs of a branch said, on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd import cli
from cicd.comment import data
from cicd.forge.running import records
from cicd.forge.state import Forge
from tests.unit.support.foreign_projects import git

if TYPE_CHECKING:
    from pathlib import Path

GOOD = data.dump(data.Said("ci", "passed", tests={"passed": 3}, checks={}))


@pytest.fixture
def forge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Forge:
    """Return the forge of a clone in a folder with a space, which is the current folder."""
    clone = tmp_path / "my app"
    clone.mkdir()
    git(clone, "init", "--quiet", "--initial-branch=feature/x")
    monkeypatch.chdir(clone)
    return Forge.of_project(clone)


def ran(forge: Forge, file: str, said: str, artifact: str = data.ARTIFACT, ref: str = "refs/heads/feature/x") -> None:
    """Record a run that ended."""
    run = records.create(
        forge, {}, workflow=file, file=file, event="push", ref=ref, sha="a" * 40, actor="ada",
        started="", result="success",
    )  # fmt: skip
    folder = records.artifacts(forge, run.number) / artifact
    folder.mkdir(parents=True)
    (folder / data.FILE).write_text(said, "utf-8")


@pytest.mark.parametrize("options", [[], ["--markdown"]])
def test_file_that_is_no_report_is_named_and_the_others_are_shown(
    forge: Forge, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    ran(forge, "other.yml", "{}")
    ran(forge, "ci.yml", GOOD)
    assert cli.main(["local", "comments", *options]) == 0
    shown = capsys.readouterr()
    assert "3 passed" in shown.out
    assert "run 1: The file comment.json of an artifact is not what a run writes" in shown.err


def test_stages_of_the_newest_commit_are_shown_and_other_branches_are_not(
    forge: Forge, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(forge, "ci.yml", GOOD)
    ran(forge, "staging.yml", data.dump(data.Said("staging", "passed", commit="a" * 40)), ref="refs/tags/Staging")
    ran(forge, "production.yml", data.dump(data.Said("production", "failed", commit="b" * 40)), ref="refs/heads/main")
    ran(forge, "ci.yml", data.dump(data.Said("ci", "failed")), ref="refs/heads/other")
    assert cli.main(["local", "comments"]) == 0
    shown = capsys.readouterr().out
    assert "staging: passed (run 2)" in shown
    assert "ci: passed (run 1)" in shown
    assert "failed" not in shown


def test_detached_head_is_told_to_name_a_branch(forge: Forge, capsys: pytest.CaptureFixture[str]) -> None:
    clone = forge.path.parent.parent
    git(clone, "commit", "--quiet", "--allow-empty", "--message=x")
    git(clone, "checkout", "--quiet", "--detach")
    ran(forge, "ci.yml", GOOD)
    assert cli.main(["local", "comments"]) == 2
    assert "Name a branch" in capsys.readouterr().err
    assert cli.main(["local", "comments", "feature/x"]) == 0
