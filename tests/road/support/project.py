"""A project as a team's repository, with a forge of its own and real pushes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd import labels as names
from cicd.forge.state import Forge
from cicd.oci import engine
from tests.deploy.support import base_layers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docker.models.containers import Container

KIT = Path(__file__).resolve().parents[3]
EXAMPLE = KIT / "example_project"
TINY = KIT / "tests" / "fixtures" / "tiny"
COMMAND = Path(sys.executable).parent / "ml-cicd"
IDENTITY = {
    "GIT_AUTHOR_NAME": "A Data Scientist",
    "GIT_AUTHOR_EMAIL": "scientist@example.com",
    "GIT_COMMITTER_NAME": "A Data Scientist",
    "GIT_COMMITTER_EMAIL": "scientist@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,  # neither signatures nor hooks of the person who runs this
}


@dataclass(frozen=True)
class Run:
    """A run of a workflow, as the forge keeps it."""

    number: int
    file: str
    ref: str
    sha: str
    result: str
    seconds: float
    failed: str


class Project:
    """A git repository in `path` with the files of `source`, renamed to `name` if one is given.

    `quiet` keeps the output of its pushes in `said`. Without `unit_tests` the project's unit tests are not run.
    """

    def __init__(
        self, path: Path, source: Path = EXAMPLE, *, name: str = "", quiet: bool = False, unit_tests: bool = True
    ) -> None:
        self.path = path
        self.source = source
        self.name = name
        self.quiet = quiet
        self.unit_tests = unit_tests
        self.said = ""

    def git(self, *words: str) -> str:
        """Run a git command and return its output."""
        return subprocess.run(
            ["git", *words], cwd=self.path, env={**os.environ, **IDENTITY}, check=True, capture_output=True, text=True
        ).stdout.strip()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the kit and keep its output."""
        return subprocess.run([COMMAND, *words], cwd=self.path, check=False, capture_output=True, text=True)

    def json(self, *words: str) -> Any:
        """Return what a command of the kit prints with --json."""
        done = self.command(*words, "--json")
        if not done.stdout:
            raise RuntimeError(f"ml-cicd {' '.join(words)} printed nothing: {done.stderr}")
        return json.loads(done.stdout)

    def up(self, *words: str) -> int:
        """Start the forge with its output on the terminal, and return the exit code."""
        forge = Forge.of_project(self.path)
        is_new = not forge.path.is_dir()
        code = subprocess.run([COMMAND, "local", "up", *words], cwd=self.path, check=False).returncode
        if is_new and not code:
            state = forge.state()
            base_layers.bring(state.registry, state.base, state.repository, f"{state.repository}/test")
        return code

    def down(self) -> None:
        """Stop and remove the forge and everything that ran in it."""
        subprocess.run([COMMAND, "local", "down"], cwd=self.path, check=True)

    @property
    def registry(self) -> Container:
        """Return the container of the forge's registry."""
        labels = [f"{names.INSTANCE}={Forge.of_project(self.path).instance}", f"{names.ROLE}=registry"]
        (container,) = engine.connect().containers.list(all=True, filters={"label": labels}, ignore_removed=True)
        return container

    @contextmanager
    def without_registry(self) -> Iterator[None]:
        """Stop the registry for as long as the block runs."""
        self.registry.stop(timeout=1)
        try:
            yield
        finally:
            self.registry.start()
            assert self.up() == 0

    def create(self) -> None:
        """Commit the source as it is now: as first commit on main, or as one more if it changed."""
        self.path.mkdir(parents=True, exist_ok=True)
        if not (self.path / ".git").is_dir():
            self.git("init", "--quiet", "--initial-branch=main")
        else:
            self.git("checkout", "--quiet", "--force", "main")
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."],
            cwd=self.source, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        wanted = {name for name in listed.split("\0") if name and (self.source / name).is_file()}
        for name in {name for name in self.git("ls-files", "-z").split("\0") if name} - wanted - {"CHANGELOG.md"}:
            (self.path / name).unlink()
        for name in wanted:
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.source / name, self.path / name)
        configuration = self.path / "ml-cicd.toml"
        if self.name:
            configuration.write_text(re.sub(r'^name = ".*"', f'name = "{self.name}"', configuration.read_text()))
        if not self.unit_tests:
            text = configuration.read_text()
            configuration.write_text(re.sub(r"^unit = .*$", 'unit = ["true"]', text, flags=re.MULTILINE))
        self.git("add", "--all")
        if self.git("status", "--porcelain"):
            self.git("commit", "--quiet", "--message", "The project as it stands")

    def write(self, name: str, text: str) -> None:
        """Write a file, and make its folder."""
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text)

    def commit(self, message: str) -> str:
        """Commit everything and return the SHA."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def push(self, *words: str) -> list[Run]:
        """Push to the forge, wait for the runs, and return them."""
        before = len(self.runs())
        kept = subprocess.PIPE if self.quiet else None
        done = subprocess.run(
            ["git", "push", "--quiet", "local", *words],
            cwd=self.path, env={**os.environ, **IDENTITY}, check=False, stderr=kept, text=True,
        )  # fmt: skip
        self.said = done.stderr or ""
        if done.returncode:
            raise RuntimeError(f"git push local {' '.join(words)} failed: {self.said or 'see above'}")
        return self.runs()[before:]

    def runs(self) -> list[Run]:
        """Return every run of the forge, oldest first."""
        names = Run.__dataclass_fields__
        return [Run(**{name: one[name] for name in names}) for one in self.json("local", "runs")]

    def log(self, run: Run) -> str:
        """Return the whole log of a run."""
        return self.command("local", "logs", str(run.number)).stdout

    def environments(self) -> dict[str, dict[str, Any]]:
        """Return the environments that `ml-cicd status` shows."""
        environments: dict[str, dict[str, Any]] = self.json("status", "--remote", "local")["environments"]
        return environments

    def history(self, environment: str) -> list[dict[str, Any]]:
        """Return the entries that `ml-cicd history` shows, newest first."""
        entries: list[dict[str, Any]] = self.json("history", environment, "--remote", "local")
        return entries
