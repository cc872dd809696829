"""Run a workflow under `act`, and read its jobs, steps, annotations and `ml-cicd` calls."""

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
"""The folder with scripts that hide commands of this machine."""
PACKAGE = Path(__file__).resolve().parents[2]
RUN_ID = "4242"
JOB_TOKEN = "the-job-token"  # noqa: S105 -- this token gives no access
TOKENS = ("GITHUB_TOKEN", "REGISTRY_TOKEN", "DEPLOY_SSH_KEY", "KUBECONFIG_TEXT", "APP_SECRETS", "LEDGER_KEY")
"""The environment variables that pass secrets to commands."""
NO_ENGINE = "unix:///nonexistent"
TIMEOUT = 120.0


@dataclass(frozen=True)
class Reply:
    """The exit code and the outputs of a scripted command; it waits for `seconds` first."""

    exit_code: int = 0
    outputs: Mapping[str, str] = field(default_factory=dict)
    seconds: int = 0


_parser_of = functools.cache(cli.parser_of)


@dataclass(frozen=True)
class Call:
    """One call of `ml-cicd`: the command, its arguments, and the secrets in its environment (`TOKENS`)."""

    command: str
    arguments: list[str]
    tokens: dict[str, str]

    def __str__(self) -> str:
        """Return the call as one would type it."""
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
    """The names of the jobs in the workflow file, by id."""

    def job(self, name: str) -> Job:
        """Return the job with that id, also of a called workflow.

        Raises:
            KeyError: act's log has no such job.

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
        """Return the results of the steps of a job, by name: only steps that are written in the workflow itself."""
        return {step.name: step.result for step in self.job(job).steps if step.top} if job in self.results else {}

    def step(self, name: str) -> Step:
        """Return the first step with that name or id, in any job."""
        steps = (step for job in self.log.jobs for step in job.steps if step.top)
        return next(step for step in steps if name in (step.name, step.path[0]))

    def unsound(self) -> Iterator[str]:
        """Yield reasons why the run proves nothing, whatever its exit code.

        For example: no runner fits a job, a job did not run and act said nothing, a repository has no local copy, there
        was an error outside of steps, act crashed, or the real command would reject a call.
        """
        yield from self.log.problems
        if self.exit_code not in (0, 1):
            yield from (f"act ended with {self.exit_code}", *self.log.messages)
        if self.exit_code == 0:
            yield from (line for line in self.log.messages if "rror" in line)
            missing = (job for job, name in self.expected.items() if not self._came_to(job, name))
            yield from (f"job '{job}' did not run, and act's log has no reason" for job in sorted(missing))
        yield from (f"job '{job.id}' started, but has no result" for job in self.log.jobs if not job.result)
        for call in self.calls:
            if error := call.usage_error():
                yield f"ml-cicd {call}: {error}"

    def _came_to(self, job: str, name: str) -> bool:
        """Return whether act's log has a job of the workflow file, or a job of the workflow that the job calls."""
        for logged in self.log.jobs:
            place = logged.key.partition("/")[2]
            if place == name or place.startswith(f"{name}/") or ("/" not in place and logged.id == job):
                return True
        return False

    def assert_sound(self) -> None:
        """Raise AssertionError with all reasons why the run proves nothing, if there is one."""
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
    """Run the workflow `text` of `project` with the kit `kit`, and keep the log and all other files in `folder`.

    Only runners with `labels` exist (without any: those that the workflow names). `variables` are those of the
    repository; `overrides` are context values that `act` would otherwise invent. With `cancel`, the run is interrupted
    as soon as a reply waits.

    Raises:
        UsageError: the workflow uses something that can't run locally.
        AssertionError: the run proves nothing, and `sound` is true.

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
    result = Run(exit_code, parser.log, _calls(folder / "calls"), folder, expected)
    if sound:
        result.assert_sound()
    return result


def _local(project: Project) -> dict[str, str]:
    """Return the texts of the project's YAML files, by path: a workflow may use them by `./`."""
    files = [file for pattern in ("*.yml", "*.yaml") for file in project.path.rglob(pattern)]
    return {str(file.relative_to(project.path)): file.read_text("utf-8") for file in files}


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
    """Run `act` without the variables of this process, and keep its log in `folder/act.jsonl`. Returns its exit code.

    Raises:
        TimeoutExpired: `act` does not end within `TIMEOUT` seconds.

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
    settings = {
        "HOME": str(project.home), "DOCKER_HOST": NO_ENGINE, "ML_CICD_TEST": str(folder),
        "ML_CICD_TEST_PACKAGE": str(PACKAGE), "ML_CICD_TEST_PYTHON": sys.executable,
        "ML_CICD_TEST_TOKENS": " ".join(TOKENS),
        # Without garbage collection below 256 MiB, a short run takes an eighth less time.
        "GOGC": "off", "GOMEMLIMIT": "256MiB",
    }  # fmt: skip
    environment = execution.environment(settings, RUNNER)
    with (folder / "act.jsonl").open("wb") as log:
        process = subprocess.Popen(
            words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
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
    """Interrupt the process as soon as the file `waits` exists."""
    end = time.monotonic() + TIMEOUT
    while not waits.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)


def _calls(file: Path) -> list[Call]:
    """Return the calls that `standin.sh` wrote: per call the number of words, the tokens as `NAME=value`, the words."""
    fields = iter(file.read_text("utf-8").split("\0")) if file.exists() else iter(())
    calls = []
    while count := next(fields, ""):
        tokens = [next(fields).partition("=") for _ in TOKENS]
        command, *arguments = [next(fields) for _ in range(int(count))]
        calls.append(Call(command, arguments, {name: value for name, _, value in tokens if value}))
    return calls
