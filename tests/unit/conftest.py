"""Real git repositories for the tests of ledger and promotion: a bare remote and a clone."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import hypothesis
import pytest

from cicd.repository import SNAPSHOT, Repository
from tests.unit.support.registry_server import Registry, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A machine that is busy has not done wrong.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

SETTINGS = """
[user]
  name = A Person
  email = person@example.com
[uploadpack]
  allowFilter = true
[maintenance]
  auto = false
[receive]
  autogc = false
"""
"""Nobody collects garbage in what is thrown away: looking for it takes a process after every commit, fetch and push."""


@dataclass(frozen=True)
class Workspace:
    """A clone and its bare remote."""

    clone: Path
    remote: Path

    def git(self, *words: str) -> str:
        command = ["git", "-C", str(self.clone), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, message: str = "a change") -> str:
        """Add a commit and return its SHA."""
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def push(self, *words: str) -> None:
        self.git("push", "--quiet", "origin", *words)

    def put(self, ref: str, name: str) -> None:
        """Write a ref to clone and remote directly: they share their objects, and a push takes long."""
        for file in (self.remote / ref, self.clone / ".git" / ref.replace("refs", SNAPSHOT, 1)):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{name}\n")

    def put_entry(self, name: str, content: bytes) -> None:
        """Write an annotated tag with this content, valid or not; an existing tag is replaced."""
        git = Repository(self.clone, "origin").git
        blob = git("hash-object", "-w", "--stdin", stdin=content)
        body = f"object {blob}\ntype blob\ntag {name}\ntagger x <x@x> 0 +0000\n\nput there\n"
        self.put(f"refs/tags/{name}", git("mktag", stdin=body.encode()))

    def repository(self) -> Repository:
        """Return the freshly fetched repository that the package works on."""
        repository = Repository(self.clone, "origin")
        repository.fetch()
        return repository

    def another_clone(self) -> Workspace:
        """Return a clone of the same remote, which fetches on its own."""
        folder = self.clone.with_name("another")
        shutil.copytree(self.clone, folder, symlinks=True)
        (folder / ".git" / "objects").rename(folder / ".git" / "objects-of-its-own")
        (folder / ".git" / "objects").symlink_to(self.clone / ".git" / "objects")
        return Workspace(folder, self.remote)

    def copy(self, folder: Path) -> Workspace:
        """Copy clone, remote and everything beside them to `folder`, which must not exist."""
        shutil.copytree(self.clone.parent, folder, symlinks=True)
        workspace = Workspace(folder / self.clone.name, folder / self.remote.name)
        settings = workspace.clone / ".git" / "config"
        settings.write_text(settings.read_text().replace(str(self.remote), str(workspace.remote)))
        return workspace


def new_workspace(folder: Path) -> Workspace:
    """Return a workspace in `folder` with a first commit on main."""
    remote, clone = folder / "remote.git", folder / "clone"
    subprocess.run(["git", "init", "--quiet", "--template=", "--bare", "-b", "main", remote], check=True)
    subprocess.run(["git", "clone", "--quiet", "--template=", remote, clone], check=True, capture_output=True)
    for settings in (remote / "config", clone / ".git" / "config"):
        with settings.open("a") as stream:
            stream.write(SETTINGS)
    shutil.rmtree(remote / "objects")
    (remote / "objects").symlink_to("../clone/.git/objects")
    workspace = Workspace(clone, remote)
    workspace.git("checkout", "--quiet", "-b", "main")
    workspace.commit("first")
    workspace.push("main")
    return workspace


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace that nobody changes; copying it is ten times as quick as making one."""
    return new_workspace(tmp_path_factory.mktemp("blank"))


@pytest.fixture
def workspace(blank: Workspace, tmp_path: Path) -> Workspace:
    return blank.copy(tmp_path / "workspace")


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """Return a running registry; the machine's credentials are hidden."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    for name in ("REGISTRY_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    yield from serve()
