"""Make the repository whose workflows a test runs, and the events that trigger them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd import git
from cicd.forge.events import history, payloads

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

REPOSITORY = "acme/app"
ACTOR = "ada"
DATE = "2026-01-05T12:00:00+00:00"
AUTHOR = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@acme.example", "GIT_AUTHOR_DATE": DATE}
COMMITTER = {name.replace("AUTHOR", "COMMITTER"): value for name, value in AUTHOR.items()}


@dataclass(frozen=True)
class Event:
    """The event that triggers a run, with its payload."""

    name: str
    payload: Mapping[str, Any]


class Project:
    """A repository with one commit of `files`, the same id every time: a work tree, and the bare remote for jobs."""

    def __init__(self, path: Path, files: Mapping[str, bytes], executable: Collection[str] = ()) -> None:
        self.path = path / "project"
        self.home = path / "home"
        self.server = f"file://{path}/git"
        remote = path / "git" / REPOSITORY
        self.home.mkdir(parents=True)
        for name, content in files.items():
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (self.path / name).write_bytes(content)
        for name in executable:
            (self.path / name).chmod(0o755)
        self._git("init", "--quiet", "--template=", "--initial-branch", "develop")
        self._git("add", "--force", ".")
        self._git("commit", "--quiet", "--message", "Begin")
        self._git("remote", "add", "origin", f"https://github.com/{REPOSITORY}")
        self._git("clone", "--quiet", "--bare", "--template=", ".", str(remote))
        git.text(remote, "config", "uploadpack.allowAnySHA1InWant", "true")
        self.commit = git.text(self.path, "rev-parse", "HEAD")
        self.repository = payloads.HostedRepository(remote, "https://github.com", REPOSITORY)
        self._pushes: dict[str, Event] = {}

    @classmethod
    def of(cls, source: Path, path: Path) -> Project:
        """Make a project in `path` of the files of the work tree `source`, committed or not, except ignored ones."""
        names = [name for name in git.files(source) if (source / name).is_file()]
        executable = [name for name in names if os.access(source / name, os.X_OK)]
        return cls(path, {name: (source / name).read_bytes() for name in names}, executable)

    def _git(self, *arguments: str) -> None:
        no_global_settings = {"HOME": str(self.home), "GIT_CONFIG_NOSYSTEM": "1"}
        git.text(self.path, *arguments, environment=no_global_settings | AUTHOR | COMMITTER)

    def workflow(self, file: str) -> str:
        """Return the text of a workflow file of the project."""
        return (self.path / ".github" / "workflows" / file).read_text("utf-8")

    def push(self, ref: str) -> Event:
        """Return the event of a push that created `ref`."""
        if ref not in self._pushes:
            update = payloads.RefUpdate(history.NO_OBJECT, self.commit, ref)
            self._pushes[ref] = Event("push", payloads.push(self.repository, update, self.commit, ACTOR, []))
        return self._pushes[ref]

    def pull_request(self, *, fork: str = "") -> Event:
        """Return the event of an opened pull request to develop; `fork` is `owner/name` where it comes from a fork."""
        return Event("pull_request", payloads.pull_request(self.repository, self.commit, "develop", ACTOR, fork=fork))

    def merge_group(self) -> Event:
        """Return the event of a merge queue that tests a commit for develop."""
        return Event("merge_group", payloads.merge_group(self.repository, self.commit, "develop", ACTOR))

    def dispatch(self, inputs: Mapping[str, str], file: str = "caller.yml") -> Event:
        """Return a `workflow_dispatch` event."""
        return Event("workflow_dispatch", payloads.dispatch(self.repository, file, "refs/heads/develop", inputs, ACTOR))
