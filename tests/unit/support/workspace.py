"""A clone and its bare remote: real git repositories for the tests of ledger and promotion."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.repository import SNAPSHOT, Repository

if TYPE_CHECKING:
    from pathlib import Path

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
