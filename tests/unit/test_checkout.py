"""A release is brought back from what the ledger says: its commit, its bundle, and the data that the bundle locks."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import cli, ledger, stages
from cicd import labels as names
from cicd.config import Config, Environment, Train
from cicd.errors import CheckFailedError, RefusedError, UsageError
from cicd.road import checkout, verification
from cicd.road.request import Built, Request
from tests.unit.support.fake_engine import NEVER, Engine

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.ledger import Entry
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

CONFIG = Config("app", environments={name: Environment(name) for name in ("integration", "staging", "production")})
BUNDLE, DATA = f"localhost:5000/acme/app/bundle@sha256:{'b' * 64}", f"sha256:{'d' * 64}"
RELEASE, TEST = (f"localhost:5000/acme/{name}@sha256:{'0' * 64}" for name in ("app", "app/test"))
LOCK = """schema: '2.0'
stages:
  prepare: {cmd: make data, outs: [{path: data.csv, md5: abc}]}
  train: {cmd: make bundle, outs: [{path: bundle, md5: def.dir}]}
"""


def record(
    workspace: Workspace, environment: str, basis: Entry | None = None, bundle: str = "", data: str = ""
) -> Entry:
    commit = workspace.git("rev-parse", "HEAD")
    deployment = ledger.Deployment(
        "app", environment, "deploy", "passed", commit, RELEASE, TEST,
        bundle=bundle, data=data, basis=basis.basis if basis else None, started=str(environment),
    )  # fmt: skip
    return ledger.append(workspace.repository(), deployment)


def chains(workspace: Workspace) -> dict[str, list[Entry]]:
    return ledger.read_all(workspace.repository(), "app")


def test_entry_leads_to_model_bundle(workspace: Workspace) -> None:
    first = record(workspace, "integration", bundle=BUNDLE, data=DATA)
    record(workspace, "production", record(workspace, "staging", first))
    for name in (None, "1", "#1"):
        origin = checkout.origin(chains(workspace), "production", name)
        assert (origin.entry.number, origin.entry.deployment.environment) == (1, "production")
        assert (origin.bundle, origin.data) == (BUNDLE, DATA)


def test_entry_leads_to_the_model_of_the_integration_entry_that_it_names(workspace: Workspace) -> None:
    first = record(workspace, "integration", bundle=BUNDLE, data=DATA)
    staging = record(workspace, "staging", first)
    workspace.commit()
    record(workspace, "integration")
    assert checkout.origin(chains(workspace), "staging", str(staging.number)).bundle == BUNDLE


def test_unknown_entry_is_refused(workspace: Workspace) -> None:
    with pytest.raises(RefusedError, match="Nothing has passed staging yet"):
        checkout.origin(chains(workspace), "staging", None)
    record(workspace, "integration")
    with pytest.raises(RefusedError, match="integration has no entry 7"):
        checkout.origin(chains(workspace), "integration", "7")
    assert checkout.origin(chains(workspace), "integration", "1").bundle == "", "a project without a model has none"


def test_integration_records_release_labels(workspace: Workspace, registry: Registry) -> None:
    release = registry.add("acme/app", "release", {names.BUNDLE: BUNDLE, names.DATA: DATA})
    built = Built(release, registry.add("acme/app/test", "test"))
    request = Request(stages.INTEGRATION, "c" * 40, built=built)
    candidate = verification.verify(workspace.repository(), CONFIG, request)
    assert (candidate.bundle, candidate.data) == (BUNDLE, DATA)


@pytest.mark.case("K3", "a release that names no bundle")
@pytest.mark.parametrize(
    ("image_labels", "words"),
    [({}, "names no model bundle"), ({names.BUNDLE: "acme/app:latest"}, "'acme/app:latest' is not an image by digest")],
)
def test_release_of_a_project_with_a_model_names_its_bundle(
    workspace: Workspace, registry: Registry, image_labels: dict[str, str], words: str
) -> None:
    built = Built(registry.add("acme/app", "release", image_labels), registry.add("acme/app/test", "test"))
    request = Request(stages.INTEGRATION, "c" * 40, built=built)
    with pytest.raises(UsageError, match=words):
        verification.verify(workspace.repository(), replace(CONFIG, train=Train(("train",))), request)
    if not image_labels:
        assert verification.verify(workspace.repository(), CONFIG, request).bundle == ""


def test_entry_needs_bundle_by_digest() -> None:
    fields = {
        "project": "app",
        "environment": "integration",
        "action": "deploy",
        "result": "passed",
        "commit": "c" * 40,
    }
    with pytest.raises(RefusedError, match="its bundle is 'acme/app:latest'"):
        ledger.deployment_from({**fields, "release": RELEASE, "test": TEST, "bundle": "acme/app:latest"})


def test_code_is_that_of_the_commit(workspace: Workspace, tmp_path: Path) -> None:
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


def test_model_is_taken_from_a_container_that_never_runs(tmp_path: Path) -> None:
    """An image of files alone names no command, so the container is created with one."""
    engine, boxes = Engine(), []
    engine.add_image(BUNDLE)
    engine.holds[BUNDLE] = {"bundle/model.bin": b"weights"}
    engine.on["remove .*"] = lambda: boxes.append(engine.box(engine.names()[-1]))
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "old.bin").write_text("old")
    checkout.model(engine.client(), BUNDLE, tmp_path)
    assert {file.name: file.read_text() for file in (tmp_path / "bundle").iterdir()} == {"model.bin": "weights"}
    assert [(box.config["Cmd"], box.started) for box in boxes] == [(["none"], NEVER)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a project whose bundle has a lock."""
    (tmp_path / "project" / "bundle").mkdir(parents=True)
    (tmp_path / "project" / "bundle" / "dvc.lock").write_text(LOCK)
    return tmp_path / "project"


def dvc(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a command `dvc` that notes its arguments and then runs `script`."""
    command = folder / "bin" / "dvc"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\necho "$@" >> called\n{script}\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:/usr/bin:/bin")


def test_data_come_from_locked_stages(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dvc(tmp_path, '[ "$1" = repro ]', monkeypatch)
    assert checkout.data(place) == ("brought back", ("prepare",))
    assert (place / "called").read_text().splitlines() == [
        "pull --quiet prepare", "repro --single-item prepare", "commit --quiet --force train"
    ]  # fmt: skip
    assert (place / "dvc.lock").read_text() == LOCK
    assert not (place / "bundle" / "dvc.lock").exists()


def test_what_dvc_says_goes_where_the_command_writes(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With --json, standard output is the answer alone. A remote that is missing is no error, and is not shown."""
    dvc(tmp_path, 'echo "$1"; echo "$1 fails" >&2', monkeypatch)
    with (tmp_path / "shown").open("w") as shown, contextlib.redirect_stdout(shown):
        print("before")
        checkout.data(place)
    assert (tmp_path / "shown").read_text().splitlines() == ["before", "repro", "repro fails", "commit"]
    assert capfd.readouterr() == ("", "commit fails\n")


@pytest.mark.parametrize(
    ("script", "message"),
    [("exit 1", "could not make the data again"), ("sed -i s/abc/xyz/ dvc.lock", "made other data")],
)
def test_different_data_are_reported(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, message: str
) -> None:
    dvc(tmp_path, script, monkeypatch)
    with pytest.raises(CheckFailedError, match=message):
        checkout.data(place)


def test_without_dvc_only_lock_is_placed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.defpath)
    assert checkout.data(place) == ("locked", ("prepare",))
    assert (place / "dvc.lock").is_file()
    assert checkout.data(place) == ("not locked", ())


@pytest.mark.parametrize(
    "lock",
    [
        "stages: 7", "stages: [[1, 2, 3]]", "stages: {", "more: {}", "stages: {prepare: 7}",
        "stages: {prepare: {outs: 7}}", "stages: {prepare: {outs: [{md5: abc}]}}",
    ],
)  # fmt: skip
def test_malformed_lock_is_reported(place: Path, lock: str) -> None:
    (place / "bundle" / "dvc.lock").write_text(lock)
    with pytest.raises(CheckFailedError, match="is not a lock file of DVC"):
        checkout.data(place)


def test_stage_without_an_output_makes_no_model(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.defpath)
    (place / "bundle" / "dvc.lock").write_text(LOCK + "  check: {cmd: make check}\n")
    assert checkout.data(place) == ("locked", ("prepare", "check"))


def test_unknown_entry_creates_no_folder(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
    assert cli.main(["checkout", "staging", "3", "--directory", str(workspace.clone)]) == 4
    assert "staging has no entry 3" in capsys.readouterr().err
    assert {path.name for path in workspace.clone.parent.iterdir()} == {"clone", "remote.git"}
