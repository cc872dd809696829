"""A project with a forge, for tests with real pushes: remote, hook and `act`, but no registry and no engine."""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from cicd import cli, processes
from cicd.forge.running import records
from cicd.forge.state import Forge
from cicd.printers import runs as printer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from cicd.forge.running.records import Run

FIXTURES = Path(__file__).parents[1] / "fixtures" / "forge"
COMMAND = Path(sys.executable).parent / "ml-cicd"
SERVICES = SimpleNamespace(registry="localhost:5000", base="base:1", proxy="proxy:1", engine="", runner="")
RUNS_UNTIL_KILLED = "echo $$ > {mark}.tmp; mv {mark}.tmp {mark}; sleep 60 & sleep 60"
"""A script that runs until it is killed. It writes its process id to the file `mark`."""
RUNS_UNTIL_RELEASED = "touch {mark}; for _ in $(seq 3000); do test -e {mark}.go && break; sleep 0.02; done"
"""A script that creates the file `mark`, and waits until the file `mark.go` exists."""


@dataclass
class Project:
    """A project with a forge, and a person who works on it."""

    path: Path
    environment: dict[str, str]

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, files: dict[str, str] | None = None, branch: str = "") -> str:
        if branch:
            self.git("checkout", "-q", "-B", branch, "main")
        for name, text in (files or {"change": str(time.monotonic_ns())}).items():
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (self.path / name).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "a change")
        return self.git("rev-parse", "HEAD")

    def push(self, *arguments: str) -> str:
        """Push, and return the output that the person sees."""
        done = subprocess.run(
            ["git", "push", "local", *arguments], cwd=self.path, env=self.environment, capture_output=True, text=True,
            errors="replace", check=True,
        )  # fmt: skip
        return re.sub(r" *$", "", done.stderr.replace("remote: ", ""), flags=re.MULTILINE)

    def push_on_a_terminal(self, *arguments: str) -> str:
        """Push from a terminal, and return all that it shows."""
        primary, secondary = pty.openpty()
        words = ["git", "push", "local", *arguments]
        variables = {**self.environment, "TERM": "xterm"}
        shown = b""
        with subprocess.Popen(words, cwd=self.path, env=variables, stdin=secondary, stdout=secondary, stderr=secondary):
            os.close(secondary)
            with suppress(OSError):  # the terminal is closed when the last process has ended
                while chunk := os.read(primary, 1 << 16):
                    shown += chunk
        os.close(primary)
        return shown.decode(errors="replace")

    def start_push(self, *arguments: str) -> AbstractContextManager[subprocess.Popen[str]]:
        """Start a push that runs during the block."""
        return self._start(["git", "push", "local", *arguments])

    def start(self, *words: str) -> AbstractContextManager[subprocess.Popen[str]]:
        """Start a command `ml-cicd local` that runs during the block."""
        return self._start([str(COMMAND), "local", *words])

    def local(self, *words: str) -> tuple[int, str]:
        """Run `ml-cicd local` in this process, which is quicker than a new one. Return its exit code and its output."""
        output = io.StringIO()
        variables = patch.dict(os.environ, self.environment, clear=True)
        with chdir(self.path), variables, redirect_stdout(output), redirect_stderr(output):
            return cli.main(["local", *words]), output.getvalue()

    @contextmanager
    def _start(self, words: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
        """Start a process, and interrupt it if the block raises."""
        with subprocess.Popen(
            words, cwd=self.path, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                yield process
            except BaseException:
                for number in (signal.SIGINT, signal.SIGKILL):
                    with suppress(ProcessLookupError):
                        os.killpg(process.pid, number)
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(20)
                        break
                raise

    @property
    def forge(self) -> Forge:
        return Forge.of_project(self.path)

    def records(self) -> list[Run]:
        return records.load(self.forge)

    @property
    def last(self) -> Run:
        return self.records()[-1]

    @property
    def log(self) -> str:
        return "\n".join(printer.text(records.log(self.forge, self.last.number)))


def make_kit(path: Path) -> Path:
    """Make the smallest kit."""
    shutil.copytree(FIXTURES / "kit", path)
    subprocess.run(["git", "init", "-q", "--template=", str(path)], check=True)
    return path


def make_project(path: Path, cache: Path) -> Project:
    """Make the smallest project, without a forge."""
    shutil.copytree(FIXTURES / "project", path)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "ML_CICD_", "GITHUB_"))}
    person = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER")
              for key, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"))}  # fmt: skip
    project = Project(path, {**kept, **person, "XDG_CACHE_HOME": str(cache), "GIT_CONFIG_GLOBAL": os.devnull})
    project.git("init", "-q", "--template=", "-b", "main")
    project.commit()
    return project


def until(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until the condition is true, and return its value."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "the condition did not become true in time"
        time.sleep(0.02)
    return value


def alive(process: int) -> bool:
    """Return whether the process still runs."""
    return processes.start_time(process) != ""
