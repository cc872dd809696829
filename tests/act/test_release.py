"""The kit is released by its own workflow, and a project calls the release under `act`: no engine, no network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cicd import testing
from cicd.act import requirements
from cicd.cli import main
from cicd.testing import Kit, Project
from cicd.testing.replies import passing
from tests.act.support.case import CONFIG
from tests.act.support.release import REPOSITORY, KitRepository
from tests.unit.support import release_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

V1 = "v1.0.0-rc.1"
CALLER = f"""\
name: ci
on: push
permissions: {{}}
jobs:
  ci:
    permissions: {{contents: read, packages: read}}
    uses: {REPOSITORY}/.github/workflows/ci.yml@{V1}
"""
COMMANDS = ["build", "test", "check", "conclude"]


@pytest.fixture
def github() -> Iterator[tuple[release_server.Releases, str]]:
    releases = release_server.Releases(REPOSITORY)
    with release_server.serving(releases) as url:
        yield releases, url


@pytest.fixture
def kit(scratch: Path, request: pytest.FixtureRequest) -> KitRepository:
    return KitRepository(scratch / request.node.name)


def freeze(kit: KitRepository, *words: str) -> int:
    return main(["freeze", "--kit", str(kit.clone), "--repository", REPOSITORY, *words])


def test_release_is_tagged_and_published_by_the_workflow(
    kit: KitRepository, github: tuple[release_server.Releases, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    releases, api = github
    source = kit.merge(V1)
    refused = kit.dispatch("v1.0.0-rc.2", api)
    assert (refused.results, kit.tags()) == ({"check": "failure", "release": "skipped"}, {})
    assert [annotation.message.partition("\n")[0] for annotation in refused.log.annotations] == [
        "CHANGELOG.md has no section for v1.0.0-rc.2."
    ]

    run = kit.dispatch(V1, api)
    assert (run.exit_code, run.results) == (0, {"check": "success", "release": "success"})
    assert set(kit.tags()) == {V1}
    assert (releases.releases[V1]["prerelease"], f"Made from {source}" in releases.releases[V1]["body"]) == (True, True)

    assert freeze(kit, "--check", V1, "--record", str(tmp_path / "record.json")) == 0
    assert f"{V1} is a proven release of {REPOSITORY}." in capfd.readouterr().out
    assert (tmp_path / "record.json").read_bytes() == kit.attested.read_bytes(), "the attestation is about the record"
    assert json.loads(kit.attested.read_text())["source"] == source

    _call(kit, source, tmp_path)
    _refuse(kit, capfd)


def _call(kit: KitRepository, source: str, folder: Path) -> None:
    """Run a project's caller with the release alone: its workflow by the tag, its actions by the source's SHA."""
    release = Kit(kit.checked_out(V1))
    needs = requirements.needs("ci.yml", {".github/workflows/ci.yml": CALLER}.get, release.path)
    assert {name for name in needs.repositories if name.startswith(REPOSITORY)} == {
        f"{REPOSITORY}@{V1}",
        f"{REPOSITORY}@{source}",
    }
    project = Project(folder / "team", {"ml-cicd.toml": CONFIG})
    run = testing.run(
        release, project, folder / "run", CALLER, event=project.push("refs/heads/feature/x"), replies=passing("ci")
    )
    assert run.exit_code == 0
    assert [call.command for call in run.calls] == COMMANDS


def _refuse(kit: KitRepository, capfd: pytest.CaptureFixture[str]) -> None:
    """Break a pin of the release, and move its tag to the result; then break callers in a minor version."""
    released = kit.tags()[V1]
    workflow = kit.clone / ".github" / "workflows" / "ci.yml"
    kit.git("checkout", "-q", "--detach", V1)
    workflow.write_text(workflow.read_text("utf-8").replace(kit.git("rev-parse", f"{V1}^"), "0" * 40, 1), "utf-8")
    kit.git("commit", "-q", "--all", "--amend", "--no-edit")
    kit.git("push", "-q", "--force", "origin", f"HEAD:refs/tags/{V1}")
    capfd.readouterr()
    assert freeze(kit, "--check", V1) == 4
    assert f"The tag {V1} was moved: the remote has" in capfd.readouterr().err
    kit.git("fetch", "-q", "--tags", "--force", "origin")
    assert freeze(kit, "--check", V1) == 4
    assert ".github/workflows/ci.yml:" in capfd.readouterr().err

    kit.git("push", "-q", "--force", "origin", f"{released}:refs/tags/{V1}")
    kit.git("fetch", "-q", "--tags", "--force", "origin")
    kit.git("checkout", "-q", "main")
    kit.merge("v1.0.0")
    assert freeze(kit, "--release", "v1.0.0", "--record", str(kit.folder / "record.json")) == 0
    workflow.write_text(workflow.read_text("utf-8").replace("contents: read", "contents: write", 1), "utf-8")
    kit.merge("v1.1.0")
    assert freeze(kit, "--release", "v1.1.0") == 4
    assert "ci.yml: callers must grant contents: write, and granted read" in capfd.readouterr().err
    assert set(kit.tags()) == {V1, "v1.0.0"}
