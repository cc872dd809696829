"""Every command works on the project in its directory, although another project has its `ml-cicd.toml` at the root."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd import cli, config, ledger, place
from cicd.config import parsing
from cicd.errors import UnreachableError, UsageError
from cicd.ledger import pending, signing
from cicd.repository import clone, fetched, image_path
from tests.unit.support import production
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import always
from tests.unit.support.road import Road

if TYPE_CHECKING:
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

pytestmark = pytest.mark.case("K7", "a project in a folder beside another project at the root")
FOLDER = "projects/a"
IMAGE = "ghcr.io/acme/app@sha256:" + "a" * 64
COMMANDS = {
    "status": ["status"],
    "promote": ["promote", "production", "--dry-run"],
    "rollback": ["rollback", "production", "--reason", "slow", "--dry-run"],
    "history": ["history", "production"],
    "doctor": ["doctor", "--part", "repository"],
    "rulesets": ["rulesets"],
    "gate": ["gate", "--account"],
    "approve": ["approve", "--yes", "production", "COMMIT", "--reason", "seen"],
    "checkout": ["checkout", "production"],
    "unlock": ["unlock", "production"],
    "build": ["build"],
    "test": ["test", "--image", "x"],
    "check": ["check", "--image", "x"],
    "rehearse": ["rehearse", "--image", "x"],
    "train": ["train", "--image", "x"],
    "release": ["release", "--bundle", IMAGE, "--test-image", "x"],
    "verify": ["verify", "--environment", "production", "--commit", "COMMIT"],
    "verify --ledger": ["verify", "--ledger"],
    "deploy": ["deploy", "--environment", "production", "--commit", "COMMIT"],
    "deploy --dry-run": ["deploy", "--environment", "production", "--commit", "COMMIT", "--dry-run"],
    "record": ["record", "--environment", "staging", "--commit", "COMMIT", "--outcome", "OUTCOME"],
    "record --pending": ["record", "--pending"],
    "advance": ["advance", "--commit", "COMMIT"],
}
"""A call of each command that has `--directory`."""
WITHOUT_CONFIGURATION = {"adopt", "conclude", "upgrade"}
"""What they do with the directory, their own tests hold: none of them reads the configuration."""
IN_JOBS = ("approve", "verify", "deploy", "record", "advance")
EXIT_CODES = {"status": 1, "doctor": 1}
"""The ledger says that a release runs in staging, and nothing does. No workflow of the project calls the kit."""
NEED_AN_ENGINE = ("checkout", "build", "test", "check", "rehearse", "train", "release")


class Monorepo:
    """A repository with the project `other` at its root and the project `app` in a folder, released three times."""

    def __init__(self, road: Road, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.road, self.clone = road, road.workspace.clone
        self.target = FolderTarget(folder)
        self.project = self.clone / FOLDER
        self.project.mkdir(parents=True)
        (self.clone / "ml-cicd.toml").write_text('name = "other"\n[train]\ncommand = ["true"]\n')
        toml = 'name = "app"\n[train]\ncommand = ["true"]\nbranch = ["true"]\n'
        (self.project / "ml-cicd.toml").write_text(toml)
        (self.clone / ".github" / "workflows").mkdir(parents=True)
        (self.clone / ".github" / "workflows" / "staging.yml").write_text("on: workflow_dispatch\n")
        road.workspace.git("add", "--all")
        production.use(monkeypatch, self.target, self.clone)
        monkeypatch.setattr("cicd.commands.unlock.target_for", always(self.target))
        self.read: list[str] = []
        parse = parsing.parse

        def spy(text: str, source: str = config.FILE) -> config.Config:
            parsed = parse(text, source)
            self.read.append(parsed.name)
            return parsed

        monkeypatch.setattr(config, "parse", spy)
        monkeypatch.setattr(parsing, "parse", spy)
        for _ in range(2):
            self.commit = road.accepted("integration", "staging", "production")
        self.commit = road.accepted("integration", "staging")

    def run(self, name: str, *words: str) -> int:
        """Run a call of `COMMANDS`, and note whose configurations it reads."""
        release, test = self.road.release(self.commit)
        basis = ledger.read(self.road.workspace.repository(), "app", "integration")[-1].basis
        outcome = ledger.Deployment(
            "app", "staging", "deploy", "passed", self.commit, release, test, basis=basis, actor="ada"
        )
        values = {"COMMIT": self.commit, "OUTCOME": outcome.to_json()}
        self.read.clear()
        return cli.main([*(values.get(word, word) for word in COMMANDS[name]), *words])


@pytest.fixture
def monorepo(workspace: Workspace, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Monorepo:
    def refuse() -> None:
        raise UnreachableError("There is no engine.", "Start it.")

    monkeypatch.setattr("cicd.oci.engine.connect", refuse)
    return Monorepo(Road(workspace, registry), tmp_path, monkeypatch)


def test_every_command_with_a_directory_is_called() -> None:
    taking = {name for name in cli.COMMANDS if "--directory" in cli.parser_of(name).format_help()}
    assert {name.partition(" ")[0] for name in COMMANDS} == taking - WITHOUT_CONFIGURATION


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("from_root", [True, False], ids=["--directory", "inside"])
def test_command_reads_its_own_project(
    monorepo: Monorepo, name: str, from_root: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not from_root:
        monkeypatch.chdir(monorepo.project)
    code = monorepo.run(name, *(["--directory", FOLDER] if from_root else []))
    assert {*monorepo.read} == (set() if name == "record --pending" else {"app"})
    assert code == EXIT_CODES.get(name, 0) or name in NEED_AN_ENGINE


@pytest.mark.parametrize("name", COMMANDS)
def test_command_finds_its_project_from_a_subfolder(
    monorepo: Monorepo, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = monorepo.project / "src" / "app"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    code = monorepo.run(name)
    assert {*monorepo.read} == (set() if name == "record --pending" else {"app"})
    assert code == EXIT_CODES.get(name, 0) or name in NEED_AN_ENGINE


def test_search_for_the_project_ends_at_the_root_of_the_clone(
    monorepo: Monorepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    (monorepo.clone.parent / "ml-cicd.toml").write_text('name = "elsewhere"\n')
    (monorepo.clone / "ml-cicd.toml").unlink()
    docs = monorepo.clone / "docs"
    docs.mkdir()
    for folder in (docs, monorepo.clone):
        monkeypatch.chdir(folder)
        assert place.project(Path()) == Path()
        assert monorepo.run("status") == 2
    assert monorepo.run("status", "--directory", f"{FOLDER}/src") == 2  # a named directory is that directory


def test_forge_is_that_of_the_whole_clone(monorepo: Monorepo, tmp_path: Path) -> None:
    assert place.root(monorepo.project) == monorepo.clone.resolve()
    outside = tmp_path / "outside"
    outside.mkdir()
    assert place.root(outside) == outside


@pytest.mark.parametrize("name", IN_JOBS)
def test_job_without_checkout_reads_its_own_project(
    monorepo: Monorepo, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote, empty = monorepo.road.workspace.remote, tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    for variable, value in {
        "GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": f"file://{remote.parent}", "GITHUB_REPOSITORY": remote.name,
        "GITHUB_WORKSPACE": str(empty),
    }.items():  # fmt: skip
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr("cicd.github.dispatch_workflow", lambda *_: None)
    monkeypatch.setattr("cicd.github.run_url", lambda: "")
    assert monorepo.run(name, "--directory", FOLDER) == 0
    assert {*monorepo.read} == {"app"}


def test_keys_of_the_other_project_do_not_count(monorepo: Monorepo) -> None:
    public = signing.new_pair()[1]
    (monorepo.clone / "ml-cicd.toml").write_text(f'name = "other"\n[ledger]\nkeys = [{json.dumps(public)}]\n')
    monorepo.road.workspace.git("add", "--all")
    monorepo.road.on_main()
    monorepo.road.workspace.repository()
    assert not ledger.keyring(clone(monorepo.project)).keyids
    assert ledger.keyring(clone(monorepo.clone)).keyids


def test_outcomes_wait_for_their_own_project(monorepo: Monorepo) -> None:
    release, test = monorepo.road.release(monorepo.commit)
    outcome = ledger.Deployment("app", "integration", "deploy", "passed", monorepo.commit, release, test)
    pending.keep(clone(monorepo.project), outcome)
    assert pending.waiting(clone(monorepo.clone)) == []
    assert len(pending.waiting(clone(monorepo.project))) == 1


def test_folder_of_manifests_is_the_projects(monorepo: Monorepo) -> None:
    for folder, text in ((monorepo.clone, "other"), (monorepo.project, "app")):
        (folder / "deploy" / "base").mkdir(parents=True)
        (folder / "deploy" / "base" / "kustomization.yaml").write_text(text)
        (folder / "deploy" / "common.yaml").write_text(text)
    monorepo.road.workspace.git("add", "--all")
    commit = monorepo.road.workspace.commit()
    for directory, text in ((monorepo.clone, "other"), (monorepo.project, "app")):
        with clone(directory).unpacked(commit, "deploy/base") as unpacked:
            assert (unpacked / "kustomization.yaml").read_text() == text
            assert (unpacked.parent / "common.yaml").read_text() == text


def test_images_of_two_projects_have_repositories_of_their_own(
    monorepo: Monorepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/models")
    assert image_path(monorepo.clone, "other") == "acme/models"
    assert image_path(monorepo.project, "app") == "acme/models/app"
    assert image_path(tmp_path, "app") == "acme/models"


@pytest.mark.parametrize("given", [FOLDER, f"./{FOLDER}/", f"{FOLDER}/../a"])
def test_job_names_its_directory_in_any_way(
    workspace: Workspace, tmp_path: Path, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for variable, value in {
        "GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": f"file://{workspace.remote.parent}",
        "GITHUB_REPOSITORY": workspace.remote.name,
    }.items():  # fmt: skip
        monkeypatch.setenv(variable, value)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    for name in (given, str(tmp_path / given)):
        with fetched(tmp_path.__class__(name)) as repository:
            assert repository.directory == FOLDER
    with fetched(tmp_path.__class__()) as repository:
        assert repository.directory == ""
    with pytest.raises(UsageError, match="outside of the repository"), fetched(tmp_path.__class__("../elsewhere")):
        pass
