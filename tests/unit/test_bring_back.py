"""A release comes back as a whole: the engine gets its bundle first, then a folder gets code, model and data."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli, ledger, stages
from cicd.errors import CheckFailedError, UnreachableError, UsageError
from cicd.oci import archives
from cicd.road import checkout
from tests.unit.support.road import CONFIG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicd.repository import Repository
    from tests.unit.support.workspace import Workspace

BUNDLE, DATA = f"localhost:5000/acme/app/bundle@sha256:{'b' * 64}", f"sha256:{'d' * 64}"
RELEASE, TEST = (f"localhost:5000/acme/{name}@sha256:{'0' * 64}" for name in ("app", "app/test"))


class Engine:
    """An engine that has bundles, and notes what was done with it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes] | None) -> None:
        self.files, self.done, self.problem = files, [], ""  # type: tuple[Any, list[tuple[Any, ...]], str]
        monkeypatch.setattr("cicd.oci.engine.connect", lambda *_: self)
        monkeypatch.setattr("cicd.oci.images.pull", self.pull)
        monkeypatch.setattr("cicd.oci.containers.created", self.created)
        monkeypatch.setattr("cicd.oci.containers.save", self.save)

    def pull(self, client: object, image: str) -> None:
        if self.problem:
            raise UnreachableError(self.problem, "Start it.")
        self.done.append(("pull", client, image))

    @contextmanager
    def created(self, client: object, image: str, **options: object) -> Iterator[str]:
        self.done.append(("create", client, image))
        yield f"container of {image}"

    def save(self, container: str, path: str, target: Path) -> bool:
        self.done.append(("copy", container, path))
        target.write_bytes(archives.packed(self.files or {}))
        return self.files is not None


@pytest.fixture
def repository(workspace: Workspace) -> Repository:
    """Return a clone whose integration accepted a release with a model."""
    (workspace.clone / "code.py").write_text("1")
    (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
    workspace.git("add", "--all")
    commit = workspace.commit()
    workspace.push("main")
    deployment = ledger.Deployment(
        "app", "integration", "deploy", "passed", commit, RELEASE, TEST, bundle=BUNDLE, data=DATA
    )
    ledger.append(workspace.repository(), deployment)
    return workspace.repository()


def test_release_comes_back_with_code_and_model(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(monkeypatch, {"bundle/model": b"weights"})
    back = checkout.bring_back(repository, CONFIG, stages.INTEGRATION, "1", tmp_path / "back")
    assert (back.folder, back.commit) == (str(tmp_path / "back"), repository.main_commit)
    assert (back.release, back.bundle, back.digest) == (RELEASE, BUNDLE, DATA)
    assert (back.data, back.stages) == ("not locked", ())
    assert (back.project, back.environment, back.entry) == ("app", "integration", 1)
    assert (tmp_path / "back" / "code.py").read_text() == "1"
    assert (tmp_path / "back" / "bundle" / "model").read_bytes() == b"weights"
    container = f"container of {BUNDLE}"
    assert engine.done == [("pull", engine, BUNDLE), ("create", engine, BUNDLE), ("copy", container, "/bundle")]
    branch = repository.git("-C", str(tmp_path / "back"), "rev-parse", "--abbrev-ref", "HEAD")
    assert branch == "HEAD", "no branch of the clone is in use there"


def test_folder_is_beside_the_clone_unless_named(
    repository: Repository, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    Engine(monkeypatch, {"bundle/model": b"weights"})
    monkeypatch.chdir(workspace.clone)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert cli.main(["checkout", "integration", "--json"]) == 0
    folder = workspace.clone.parent / "app-integration-1"
    assert json.loads(capfd.readouterr().out)["folder"] == str(folder)
    assert (folder / "bundle" / "model").is_file()


def test_silent_registry_leaves_no_folder(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(monkeypatch, {})
    engine.problem = "The registry does not answer."
    with pytest.raises(UnreachableError):
        checkout.bring_back(repository, CONFIG, stages.INTEGRATION, None, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_model_replaces_that_of_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "old").write_text("of the commit")
    engine: Any = Engine(monkeypatch, {"bundle/model": b"weights"})
    checkout.model(engine, BUNDLE, tmp_path)
    assert [file.name for file in (tmp_path / "bundle").iterdir()] == ["model"]
    engine.files = None
    with pytest.raises(CheckFailedError, match="so it is no model bundle"):
        checkout.model(engine, BUNDLE, tmp_path)


def test_empty_folder_is_taken_and_a_file_is_not(repository: Repository, tmp_path: Path) -> None:
    commit = repository.commit("main")
    (tmp_path / "empty").mkdir()
    assert (checkout.code(repository, commit, tmp_path / "empty") / "code.py").is_file()
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is not empty"):
        checkout.code(repository, commit, tmp_path / "file")
