"""A disk that fills while a deployment is on its way: what happened is said, and nothing that happened is lost."""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli
from cicd.deploy.target import nothing
from cicd.errors import CheckFailedError
from tests.unit.support import full_disk
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import always

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cicd.deploy.target import Accept, Finish, Order, Running
    from tests.unit.support.production import Production

NO_ROOM = "No space left on device"
REMOTE = (
    f"remote: fatal: unable to write loose object file: {NO_ROOM}\n"
    "error: remote unpack failed: unpack-objects abnormal exit\n! [remote rejected] (unpacker error)"
)
REF = f"! [remote rejected] (cannot lock ref 'refs/tags/x': Unable to create '/srv/x.lock': {NO_ROOM})"
HERE = f"fatal: unable to write loose object file: {NO_ROOM}"
PLACES = {"the remote's objects": ("push", REMOTE), "the remote's refs": ("push", REF), "the clone": ("mktag", HERE)}
"""What git says, in its own words, and in which command."""


@contextmanager
def git_says(folder: Path, command: str, words: str) -> Iterator[None]:
    """Put a git before the real one that fails in one command with these words."""
    script = folder / "bin" / "git"
    script.parent.mkdir()
    fails = f"if {command!r} in sys.argv: sys.exit({words!r})"
    script.write_text(f"#!{sys.executable}\nimport os, sys\n{fails}\nos.execv({shutil.which('git')!r}, sys.argv)\n")
    script.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
        yield


def told_by_status(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what `status` says of production."""
    capsys.readouterr()
    cli.main(["status"])
    return next(line for line in capsys.readouterr().out.splitlines() if line.startswith("production: the ledger says"))


def filling(production: Production, patch: pytest.MonkeyPatch, part: str, then: Callable[[], None]) -> None:
    """Let the target of production fill the disk for files with `part` in their path when it has switched."""

    class Filling(FolderTarget):
        def apply(self, order: Order, accept: Accept, finish: Finish = nothing) -> Running:
            new = super().apply(order, accept, finish)
            full_disk.fill(patch, part)
            then()
            return new

    for module in ("cicd.road.deployment", "cicd.road.rollback"):
        patch.setattr(f"{module}.target_for", always(Filling(production.target.folder)))


@pytest.mark.case("K1", "full disk while the ledger is written")
@pytest.mark.parametrize("place", PLACES)
def test_deployment_is_recorded_when_the_ledger_has_room_again(
    production: Production, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit = production.lose()
    before = production.entries()
    with git_says(tmp_path, *PLACES[place]):
        assert production.record(commit) == 69
    said = capsys.readouterr().err
    assert "disk is full" in said
    assert NO_ROOM in said
    assert "Free space on the disk" in said
    assert production.entries() == before
    assert "no entry records that deployment" in told_by_status(capsys)
    assert production.record(commit) == 0
    assert production.entries()[-1].deployment.commit == commit


@pytest.mark.case("K1", "full disk after the switch of a rollback")
def test_rollback_whose_outcome_finds_no_room_is_told_and_recorded_later(
    production: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(production.entries())
    with pytest.MonkeyPatch.context() as patch:
        filling(production, patch, "/pending", lambda: None)
        assert production.back() == 69
        said = capsys.readouterr().err
    assert f"The rollback of {production.first[:12]} to production passed, and its outcome is lost: " in said
    assert NO_ROOM in said
    assert "Free space on that disk" in said
    assert "ml-cicd record --observed --environment production" in said
    assert (production.runs, len(production.entries())) == (production.first, before)
    assert "no entry records that deployment" in told_by_status(capsys)
    assert cli.main(["record", "--observed", "--environment", "production"]) == 0
    newest = production.entries()[-1].deployment
    assert (newest.action, newest.commit, newest.observed) == ("rollback", production.first, True)


@pytest.mark.case("K1", "full disk between a deployment and its outcome")
def test_deployment_whose_outcome_finds_no_room_is_told_and_recorded_later(
    production: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    commit = production.road.accepted("integration", "staging")
    with pytest.MonkeyPatch.context() as patch:
        filling(production, patch, "outputs", lambda: None)
        assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 69
        said = capsys.readouterr().err
    assert f"The deploy of {commit[:12]} to production passed, and its outcome is lost: " in said
    assert NO_ROOM in said
    assert production.runs == commit
    result = (production.target.folder / "outputs").read_text().splitlines()[-1]
    assert result == "result=failed", "with no outcome beside it, `conclude` says that a deployment is lost"
    needs: dict[str, Any] = {"deploy": {"result": "failure", "outputs": {"result": "failed"}}}
    assert cli.main(["conclude", "--needs", json.dumps(needs | {"record": {"result": "skipped"}})]) == 1
    assert "The job deploy began a deployment, and its outcome did not arrive" in capsys.readouterr().err
    assert "no entry records that deployment" in told_by_status(capsys)
    assert cli.main(["record", "--observed", "--environment", "production"]) == 0
    assert production.entries()[-1].deployment.commit == commit


def test_failed_deployment_whose_outcome_finds_no_room_says_why_it_failed(
    production: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise CheckFailedError("The tests failed.", "Read their log.")

    filling(production, monkeypatch, "outputs", fails)
    commit = production.road.accepted("integration", "staging")
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 69
    said = capsys.readouterr().err
    assert f"The deploy of {commit[:12]} to production failed (The tests failed.), and its outcome is lost: " in said
    assert "Then run this again." in said
