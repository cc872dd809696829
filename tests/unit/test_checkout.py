"""A release is brought back from what the ledger says: its commit, its bundle, and the data that the bundle locks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from cicd import cli, ledger, stages
from cicd import labels as names
from cicd.config import Config, Environment
from cicd.errors import CheckFailedError, RefusedError, UsageError
from cicd.road import checkout, verification
from cicd.road.request import Built, Request

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.ledger import Entry
    from tests.unit.conftest import Workspace
    from tests.unit.support.registry_server import Registry

CONFIG = Config("app", environments={name: Environment(name) for name in ("integration", "staging", "production")})
BUNDLE, DATA = f"localhost:5000/acme/app/bundle@sha256:{'b' * 64}", f"sha256:{'d' * 64}"
RELEASE, TEST = (f"localhost:5000/acme/{name}@sha256:{'0' * 64}" for name in ("app", "app/test"))
LOCK = "schema: '2.0'\nstages:\n  prepare:\n    cmd: make data\n    outs: [{path: data.csv, md5: abc}]\n"


def record(
    workspace: Workspace, environment: str, basis: Entry | None = None, bundle: str = "", data: str = ""
) -> Entry:
    commit = workspace.git("rev-parse", "HEAD")
    made = ledger.Deployment(
        "app", environment, "deploy", "passed", commit, RELEASE, TEST,
        bundle=bundle, data=data, basis=basis.basis if basis else None, started=str(environment),
    )  # fmt: skip
    return ledger.append(workspace.repository(), made)


def chains(workspace: Workspace) -> dict[str, list[Entry]]:
    return ledger.read_all(workspace.repository(), "app")


def test_an_entry_leads_to_the_bundle_that_integration_named(workspace: Workspace) -> None:
    first = record(workspace, "integration", bundle=BUNDLE, data=DATA)
    record(workspace, "production", record(workspace, "staging", first))
    for name in (None, "1", "#1"):
        found = checkout.origin(chains(workspace), "production", name)
        assert (found.entry.number, found.entry.deployment.environment) == (1, "production")
        assert (found.bundle, found.data) == (BUNDLE, DATA)


def test_what_the_ledger_does_not_have_is_refused(workspace: Workspace) -> None:
    with pytest.raises(RefusedError, match="Nothing has passed staging yet"):
        checkout.origin(chains(workspace), "staging", None)
    record(workspace, "integration")
    with pytest.raises(RefusedError, match="integration has no entry 7"):
        checkout.origin(chains(workspace), "integration", "7")
    with pytest.raises(RefusedError, match="names no model bundle"):
        checkout.origin(chains(workspace), "integration", "1")


def test_integration_records_what_the_labels_of_its_release_say(workspace: Workspace, registry: Registry) -> None:
    release = registry.add("acme/app", "release", {names.BUNDLE: BUNDLE, names.DATA: DATA})
    built = Built(release, registry.add("acme/app/test", "test"))
    request = Request(stages.INTEGRATION, "c" * 40, built=built)
    candidate = verification.verify(workspace.repository(), CONFIG, request)
    assert (candidate.bundle, candidate.data) == (BUNDLE, DATA)


def test_a_bundle_that_is_no_image_by_digest_is_no_entry() -> None:
    made = {"project": "app", "environment": "integration", "action": "deploy", "result": "passed", "commit": "c" * 40}
    with pytest.raises(RefusedError, match="its bundle is 'acme/app:latest'"):
        ledger.deployment_from({**made, "release": RELEASE, "test": TEST, "bundle": "acme/app:latest"})


def test_the_code_is_that_of_the_commit_whatever_the_clone_is_at(workspace: Workspace, tmp_path: Path) -> None:
    (workspace.clone / "file").write_text("old")
    workspace.git("add", "file")
    commit = workspace.commit("old")
    (workspace.clone / "file").write_text("new")
    workspace.git("commit", "--quiet", "--all", "-m", "new")
    place = checkout.code(workspace.repository(), commit, tmp_path / "back")
    assert (place, (place / "file").read_text()) == (tmp_path / "back", "old")
    assert (workspace.clone / "file").read_text() == "new"
    with pytest.raises(UsageError, match="is not empty"):
        checkout.code(workspace.repository(), commit, tmp_path / "back")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A project with a bundle that has a lock."""
    (tmp_path / "project" / "bundle").mkdir(parents=True)
    (tmp_path / "project" / "bundle" / "dvc.lock").write_text(LOCK)
    return tmp_path / "project"


def dvc(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command `dvc` that notes how it was called, and then does this."""
    command = folder / "bin" / "dvc"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\necho "$@" >> called\n{script}\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:/usr/bin:/bin")


def test_the_data_come_from_the_stages_of_the_lock_and_a_remote_that_fails_does_not_matter(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dvc(tmp_path, '[ "$1" = repro ]', monkeypatch)
    assert checkout.data(place) == ("brought back", ("prepare",))
    assert (place / "called").read_text().splitlines() == ["pull --quiet prepare", "repro --single-item prepare"]
    assert (place / "dvc.lock").read_text() == LOCK
    assert not (place / "bundle" / "dvc.lock").exists()


@pytest.mark.parametrize(
    ("script", "said"), [("exit 1", "could not make the data again"), ("sed -i s/abc/xyz/ dvc.lock", "made other data")]
)
def test_data_that_are_not_what_they_were_are_told(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    dvc(tmp_path, script, monkeypatch)
    with pytest.raises(CheckFailedError, match=said):
        checkout.data(place)


def test_without_dvc_the_lock_is_put_in_its_place(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.defpath)
    assert checkout.data(place) == ("locked", ("prepare",))
    assert (place / "dvc.lock").is_file()
    assert checkout.data(place) == ("not locked", ())


def test_what_is_no_lock_is_told(place: Path) -> None:
    (place / "bundle" / "dvc.lock").write_text("stages: 7")
    with pytest.raises(CheckFailedError, match="is not a lock file of DVC"):
        checkout.data(place)


def test_an_unknown_entry_ends_before_anything_is_made(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
    assert cli.main(["checkout", "staging", "3", "--directory", str(workspace.clone)]) == 4
    assert "staging has no entry 3" in capsys.readouterr().err
    assert {path.name for path in workspace.clone.parent.iterdir()} == {"clone", "remote.git"}
