"""One run of a workflow under `act`, and what was seen of it."""

from __future__ import annotations

import functools
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import cli
from cicd.act import execution, workflows
from cicd.act.log import Parser
from cicd.errors import UsageError
from cicd.testing.project import ACTOR, REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cicd.act.log import Annotation, Job, Log, Step
    from cicd.testing.kit import Kit
    from cicd.testing.project import Event, Project

RUNNER = Path(__file__).with_name("runner")
"""Commands that stand before the machine's own."""
PACKAGE = Path(__file__).resolve().parents[2]
RUN_ID = "4242"
JOB_TOKEN = "the-job-token"  # noqa: S105 -- it opens nothing
TOKENS = ("GITHUB_TOKEN", "REGISTRY_TOKEN", "DEPLOY_SSH_KEY", "KUBECONFIG_TEXT", "APP_SECRETS", "LEDGER_KEY")
"""The variables with which commands are given what opens something."""
NO_ENGINE = "unix:///nonexistent"
TIMEOUT = 120.0


@dataclass(frozen=True)
class Reply:
    """What a scripted command answers, and how long it waits before it does."""

    exit_code: int = 0
    outputs: Mapping[str, str] = field(default_factory=dict)
    seconds: int = 0


_parser_of = functools.cache(cli.parser_of)


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
        """Return why the parser of the real command refuses the arguments; empty if it accepts them."""
        try:
            _parser_of(self.command).parse_args(self.arguments)
        except UsageError as error:
            return error.message
        return ""


@dataclass(frozen=True)
class Run:
    """A finished run."""

    exit_code: int
    log: Log
    calls: list[Call]
    folder: Path
    expected: Mapping[str, str] = field(default_factory=dict)
    """The names of the workflow's own jobs, by id."""

    def job(self, name: str) -> Job:
        """The job with that id, also of a called workflow.

        Raises:
            KeyError: `act` never came to it.

        """
        return self.log.job(name)

    @property
    def results(self) -> dict[str, str]:
        """The result of each job (`success`, `failure` or `skipped`), by id."""
        return {job.id: job.result for job in self.log.jobs}

    @property
    def annotations(self) -> list[Annotation]:
        """All annotations, in order."""
        return self.log.annotations

    def steps(self, job: str) -> dict[str, str]:
        """The result of each step of a job, by name: those that stand in the workflow itself."""
        return {step.name: step.result for step in self.job(job).steps if step.top} if job in self.results else {}

    def step(self, name: str) -> Step:
        """The step with that name or id, of whichever job."""
        return next(s for job in self.log.jobs for s in job.steps if s.top and name in (s.name, s.path[0]))

    def unsound(self) -> Iterator[str]:
        """What makes the run worthless, whatever its exit code.

        A job that no runner took or that silently did not run, a repository that is not local, an error outside of
        steps, a crash, a call that the real command would not understand.
        """
        yield from self.log.problems
        if self.exit_code not in (0, 1):
            yield from (f"act ended with {self.exit_code}", *self.log.messages)
        if self.exit_code == 0:
            yield from (line for line in self.log.messages if "rror" in line)
            missing = (job for job, name in self.expected.items() if not self._came_to(job, name))
            yield from (f"job '{job}' did not run, and nothing says why" for job in sorted(missing))
        yield from (f"job '{job.id}' began and has no result" for job in self.log.jobs if not job.result)
        for call in self.calls:
            if error := call.usage_error():
                yield f"ml-cicd {call}: {error}"

    def _came_to(self, job: str, name: str) -> bool:
        """Whether `act` says anything of a job of the workflow itself, or of one in the workflow that it calls."""
        for found in self.log.jobs:
            place = found.key.partition("/")[2]
            if place == name or place.startswith(f"{name}/") or ("/" not in place and found.id == job):
                return True
        return False

    def assert_sound(self) -> None:
        """Raise AssertionError, with all of them, when anything makes the run worthless."""
        if problems := list(self.unsound()):
            raise AssertionError("\n".join(problems))


def run(
    kit: Kit,
    project: Project,
    folder: Path,
    text: str,
    *,
    event: Event,
    replies: Mapping[str, Reply] | None = None,
    secrets: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
    labels: Iterable[str] = (),
    cancel: bool = False,
    sound: bool = True,
) -> Run:
    """Run the workflow `text`, of `project`, with everything that it uses taken from `kit`; keep all in `folder`.

    There are runners for `labels` only (none: for those that the workflow names). `variables` are
    those of the repository, `overrides` contexts that `act` would otherwise make up. With `cancel` the run is
    interrupted when a reply that waits is reached.

    Raises:
        UsageError: it uses something for which nothing local stands.
        AssertionError: something makes it worthless, and it was to be `sound`.

    """
    (folder / "replies").mkdir(parents=True, exist_ok=True)
    for command, reply in (replies or {}).items():
        outputs = (f"{name}={value}" for name, value in reply.outputs.items())
        lines = "\n".join([str(reply.exit_code), str(reply.seconds), *outputs])
        (folder / "replies" / command).write_text(f"{lines}\n", "utf-8")
    needs = workflows.needs("caller.yml", {f"{workflows.FOLDER}/caller.yml": text, **_local(project)}.get, kit.path)
    needs.labels = set(labels) or needs.labels
    exit_code = start_act(
        project,
        folder,
        text,
        event,
        needs,
        secrets=secrets or {},
        variables=variables or {},
        overrides=overrides or {},
        cancel=cancel,
    )
    parser = Parser()
    for line in (folder / "act.jsonl").read_text("utf-8", errors="replace").splitlines():
        parser.feed(line)
    jobs = workflows.document("caller.yml", text)["jobs"]
    expected = {job: str((data or {}).get("name", job)) for job, data in jobs.items()}
    found = Run(exit_code, parser.log, _calls(folder / "calls"), folder, expected)
    if sound:
        found.assert_sound()
    return found


def _local(project: Project) -> dict[str, str]:
    """The files of the project that a workflow may name by `./`."""
    found = [file for pattern in ("*.yml", "*.yaml") for file in project.path.rglob(pattern)]
    return {str(file.relative_to(project.path)): file.read_text("utf-8") for file in found}


def start_act(
    project: Project,
    folder: Path,
    text: str,
    event: Event,
    needs: workflows.Needs,
    *,
    secrets: Mapping[str, str],
    variables: Mapping[str, str],
    overrides: Mapping[str, str],
    cancel: bool = False,
) -> int:
    """Run a workflow with nothing of this process's environment; what `act` says is kept in `execution.jsonl`.

    Returns its exit code.

    Raises:
        TimeoutExpired: it does not end.

    """
    file = folder / "caller.yml"
    file.write_text(text, "utf-8")
    (folder / "event.json").write_text(json.dumps(event.payload), "utf-8")
    words = execution.command(
        event=event.name, workflow=file, payload=folder / "event.json", work=project.path,
        scratch=folder / "act", server=project.server, needs=needs, actor=ACTOR, token=JOB_TOKEN,
        overrides={
            "GITHUB_SERVER_URL": project.server, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_RUN_ID": RUN_ID,
            "SHA_REF": project.commit, **overrides,
        },
        variables=variables,
    )  # fmt: skip
    words += [word for name, value in secrets.items() for word in ("--secret", f"{name}={value}")]
    here = {
        "HOME": str(project.home), "DOCKER_HOST": NO_ENGINE, "ML_CICD_TEST": str(folder),
        "ML_CICD_TEST_PACKAGE": str(PACKAGE), "ML_CICD_TEST_PYTHON": sys.executable,
        "ML_CICD_TEST_TOKENS": " ".join(TOKENS),
        # Collecting garbage takes an eighth of so short a run; above this much memory it is done as ever.
        "GOGC": "off", "GOMEMLIMIT": "256MiB",
    }  # fmt: skip
    environment = execution.environment(here, RUNNER)
    with (folder / "act.jsonl").open("wb") as said:
        process = subprocess.Popen(
            words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        try:
            if cancel:
                _interrupt(process, folder / "waits")
            return process.wait(TIMEOUT)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise


def _interrupt(process: subprocess.Popen[bytes], waits: Path) -> None:
    """Interrupt the process as soon as `waits` is there."""
    end = time.monotonic() + TIMEOUT
    while not waits.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)


def _calls(file: Path) -> list[Call]:
    """What the stand-in noted: for each call the number of its words, the tokens as `NAME=value`, and the words."""
    fields = iter(file.read_text("utf-8").split("\0")) if file.exists() else iter(())
    calls = []
    while count := next(fields, ""):
        noted = [next(fields).partition("=") for _ in TOKENS]
        command, *arguments = [next(fields) for _ in range(int(count))]
        calls.append(Call(command, arguments, {name: value for name, _, value in noted if value}))
    return calls
