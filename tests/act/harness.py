"""Runs a workflow under `act` as a team's repository would, and says what ran, with which result.

The kit is a frozen copy of the working tree. In a `scripted` kit, `ml-cicd` is a stand-in (`standin.sh`) that notes
its calls and answers from a script, so that the YAML is tested without an engine.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd import cli, freeze
from cicd.forge import act, events, git, workflows
from cicd.forge.actlog import Parser

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.forge.actlog import Job, Log, Step

ROOT = Path(__file__).resolve().parents[2]
CALLERS = ROOT / "example_project" / ".github" / "workflows"
RUNNER = Path(__file__).with_name("runner")
"""Commands that stand before the machine's own."""
REPOSITORY = "acme/app"
ACTOR = "ada"
RUN_ID = "4242"
GITHUB_TOKEN = "the-job-token"
REGISTRY_TOKEN = "the-registry-token"
NO_ENGINE = "unix:///nonexistent"
TIMEOUT = 120
DATE = "2026-01-05T12:00:00+00:00"
PUSHED = "c5e73789fe7d5fd80fb7f7b22a56b007fb6a1492"
"""The commit of the project: the same every time."""
CONFIG = """name = "app"
[tests]
unit = ["pytest"]
[train]
command = ["train"]
inputs = ["src"]
"""

BOOTSTRAP = """import os
with open(os.environ["GITHUB_PATH"], "a") as stream:
    stream.write({bin!r} + "\\n")
"""


@dataclass(frozen=True)
class Reply:
    """What a scripted command answers."""

    exit_code: int = 0
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """What starts a run."""

    name: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """One call of `ml-cicd`: its command, its arguments, and the tokens in its environment."""

    command: str
    arguments: list[str]
    tokens: dict[str, str]

    def __str__(self) -> str:
        """It as one would type it."""
        return shlex.join([self.command, *self.arguments])

    def usage_error(self) -> str:
        """What the real command's parser has against the arguments; empty when it takes them."""
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said):
                cli.parser_of(self.command).parse_args(self.arguments)
        except SystemExit:
            return said.getvalue()
        return ""


@dataclass(frozen=True)
class Run:
    """A finished run."""

    exit_code: int
    log: Log
    calls: list[Call]
    folder: Path

    def job(self, name: str) -> Job | None:
        """The called workflow's job (or the caller's own) with that id; None when `act` never came to it."""
        return next((job for job in self.log.jobs if job.id == name), None)

    @property
    def results(self) -> dict[str, str]:
        """The result of each job, by id."""
        return {job.id: job.result for job in self.log.jobs}

    def steps(self, job: str) -> dict[str, str]:
        """The result of each step of a job that stands in the workflow itself, by name."""
        found = self.job(job)
        return {step.name: step.result for step in found.steps if step.top} if found else {}

    def step(self, name: str) -> Step:
        """The step with that name or id, of whichever job."""
        return next(s for job in self.log.jobs for s in job.steps if s.top and name in (s.name, s.path[0]))

    def outputs(self) -> dict[str, str]:
        """What the caller's following job got from the called workflow."""
        outputs: dict[str, str] = json.loads((self.folder / "outputs.json").read_text("utf-8"))
        return outputs

    def assert_sound(self) -> None:
        """Fail on what makes a run worthless, whatever its exit code: a job that no runner took, an action that is
        not local, an error outside of steps, a crash, a call that the real command would not understand.
        """
        assert self.log.problems == [], self.log.problems
        assert self.exit_code in (0, 1), self.log.messages
        if self.exit_code == 0:
            assert [line for line in self.log.messages if "rror" in line] == []
        assert [job.id for job in self.log.jobs if not job.result] == [], "these jobs began and have no result"
        wrong = {str(call): error for call in self.calls if (error := call.usage_error())}
        assert wrong == {}, wrong


@dataclass(frozen=True)
class Kit:
    """A frozen copy of the kit."""

    path: Path

    @classmethod
    def real(cls, path: Path) -> Kit:
        """The working tree, with its own bootstrap and command."""
        freeze.freeze(ROOT, path, freeze.REPOSITORY, "v1", worktree=True)
        return cls(path)

    def scripted(self, path: Path) -> Kit:
        """A copy with the same workflows and actions, whose command is the stand-in.

        It holds nothing else: `act` copies the whole directory for every action that it starts.
        """
        for part in (".github/workflows", "actions"):
            shutil.copytree(self.path / part, path / part)
        command = path.parent / f"{path.name}-bin" / "ml-cicd"
        command.parent.mkdir()
        shutil.copy(Path(__file__).with_name("standin.sh"), command)
        (path / "cicd").mkdir()
        (path / "cicd" / "bootstrap.py").write_text(BOOTSTRAP.format(bin=str(command.parent)))
        return Kit(path)

    def mutated(self, path: Path, file: str, pattern: str, replacement: str) -> Kit:
        """A copy in which `pattern`, which must match in `file` exactly once, is replaced."""
        shutil.copytree(self.path, path)
        text, count = re.subn(pattern, replacement, (path / file).read_text("utf-8"))
        assert count == 1, f"{file} holds {count} times: {pattern}"
        (path / file).write_text(text, "utf-8")
        return Kit(path)


class Project:
    """A team's repository, the same commit every time: a work tree, and the bare remote that jobs check out from."""

    def __init__(self, path: Path) -> None:
        self.path = path / "project"
        self.home = path / "home"
        self.server = f"file://{path}/git"
        remote = path / "git" / REPOSITORY
        self.path.mkdir(parents=True)
        self.home.mkdir()
        (self.path / "ml-cicd.toml").write_text(CONFIG)
        author = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@acme.example", "GIT_AUTHOR_DATE": DATE}
        committer = {name.replace("AUTHOR", "COMMITTER"): value for name, value in author.items()}
        self._git("init", "--quiet", "--initial-branch", "develop")
        self._git("add", ".")
        self._git("commit", "--quiet", "--message", "Begin", **author, **committer)
        self._git("remote", "add", "origin", f"https://github.com/{REPOSITORY}")
        self._git("clone", "--quiet", "--bare", ".", str(remote))
        git.git(remote, "config", "uploadpack.allowAnySHA1InWant", "true")
        assert git.git(self.path, "rev-parse", "HEAD") == PUSHED
        self.repository = events.Repository(remote, "https://github.com", REPOSITORY)

    def _git(self, *arguments: str, **variables: str) -> None:
        nothing_global = {"HOME": str(self.home), "GIT_CONFIG_NOSYSTEM": "1"}
        subprocess.run(["git", *arguments], cwd=self.path, env=os.environ | nothing_global | variables, check=True)

    def push(self, ref: str) -> Event:
        """A push that made `ref`."""
        update = events.Update(git.NOTHING, PUSHED, ref)
        return Event("push", events.push(self.repository, update, PUSHED, ACTOR, []))

    def dispatch(self, inputs: Mapping[str, str]) -> Event:
        """An explicit start."""
        payload = events.dispatch(self.repository, "caller.yml", "refs/heads/develop", inputs, ACTOR)
        return Event("workflow_dispatch", payload)


def run(
    kit: Kit,
    project: Project,
    folder: Path,
    workflow: Mapping[str, Any],
    *,
    event: Event,
    replies: Mapping[str, Reply] | None = None,
    labels: set[str] | None = None,
) -> Run:
    """Run `workflow`, a workflow of `project`, with everything that it uses taken from `kit`; keep all in `folder`.

    There are runners for `labels` only (None: for those that the workflow names).

    Raises:
        UsageError: it uses something for which nothing local stands.

    """
    file = folder / "caller.yml"
    text = json.dumps(workflow)  # JSON is YAML
    file.write_text(text, "utf-8")
    (folder / "replies").mkdir(exist_ok=True)
    for command, reply in (replies or {}).items():
        lines = [str(reply.exit_code), *(f"{name}={value}" for name, value in reply.outputs.items())]
        (folder / "replies" / command).write_text("\n".join(lines) + "\n", "utf-8")
    needs = workflows.needs(file.name, {f"{workflows.FOLDER}/{file.name}": text}.get, kit.path)
    needs.labels = labels or needs.labels
    ended = start_act(project, folder, file, event, needs)
    parser = Parser()
    for line in ended.stdout.decode(errors="replace").splitlines():
        parser.feed(line)
    return Run(ended.returncode, parser.log, _calls(folder / "calls"), folder)


def start_act(
    project: Project, folder: Path, file: Path, event: Event, needs: workflows.Needs
) -> subprocess.CompletedProcess[bytes]:
    """Run the workflow in `file`, with nothing of this process's environment; what it says is kept in `act.jsonl`."""
    (folder / "event.json").write_text(json.dumps(event.payload), "utf-8")
    words = act.command(
        event=event.name, workflow=file, payload=folder / "event.json", work=project.path,
        scratch=folder / "act", server=project.server, needs=needs, actor=ACTOR, token=GITHUB_TOKEN,
        overrides={
            "GITHUB_SERVER_URL": project.server, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_RUN_ID": RUN_ID,
            "SHA_REF": PUSHED,
        },
    )  # fmt: skip
    here = {
        "HOME": str(project.home), "DOCKER_HOST": NO_ENGINE, "ACT_TIER_CASE": str(folder),
        "ACT_TIER_PACKAGE": str(ROOT), "ACT_TIER_PYTHON": sys.executable,
    }  # fmt: skip
    ended = subprocess.run(
        [*words, "--secret", f"REGISTRY_TOKEN={REGISTRY_TOKEN}"], cwd=folder, env=act.environment(here, RUNNER),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT, check=False,
    )  # fmt: skip
    (folder / "act.jsonl").write_bytes(ended.stdout)
    return ended


def _calls(file: Path) -> list[Call]:
    """What the stand-in noted: for each call the number of its words, the two tokens, and the words."""
    fields = iter(file.read_text("utf-8").split("\0")) if file.exists() else iter(())
    calls = []
    while count := next(fields, ""):
        tokens = {name: value for name in ("GITHUB_TOKEN", "REGISTRY_TOKEN") if (value := next(fields))}
        command, *arguments = [next(fields) for _ in range(int(count))]
        calls.append(Call(command, arguments, tokens))
    return calls
