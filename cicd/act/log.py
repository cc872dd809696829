"""Parse the log of `act --json --verbose` line by line into jobs and steps with their results.

    parser = Parser()
    for line in stream:
        ended = parser.feed(line)      # the Step or Job that ends with this line, or None
    log = parser.log                   # all jobs and steps so far
    log.verdict(exit_code)             # "success", "failure" or "skipped"

The stream may contain act's standard error too: lines that are not JSON are kept in `Log.messages`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from cicd.act.line import decode, title, unescape
from cicd.text import plain

_CRASH = re.compile(r"^(?:fatal error: |panic: )")
_ANNOTATIONS = ("error", "warning", "notice")
_LAYOUT = ("group", "endgroup", "echo")
"""Commands that GitHub knows and act does not."""


@dataclass(frozen=True)
class Annotation:
    """A line such as `::error file=a.py,line=3::message`."""

    level: str
    message: str
    properties: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the annotation as one line."""
        where = ":".join(self.properties[key] for key in ("file", "line") if key in self.properties)
        parts = (self.level, where, self.properties.get("title", ""), self.message)
        return ": ".join(part for part in parts if part)


@dataclass(eq=False)
class Step:
    """A step of a workflow, or a step inside a composite action: then its `path` has more than one part."""

    job: Job
    name: str
    stage: str
    path: tuple[str, ...]
    result: str = ""
    seconds: float = 0.0
    tolerated: bool = False
    """The step failed, and `continue-on-error` let the job go on."""
    output: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    annotations: list[Annotation] = field(default_factory=list)

    @property
    def top(self) -> bool:
        """Whether the step is written in the workflow itself: neither in a composite action nor added by act."""
        return self.stage == "Main" and len(self.path) == 1

    @property
    def failed(self) -> bool:
        """Whether the step made its job fail."""
        return self.result == "failure" and not self.tolerated


@dataclass(eq=False)
class Job:
    """A job. `result` is empty while the job runs, and stays empty if `act` reports no result."""

    key: str
    id: str
    matrix: dict[str, Any] = field(default_factory=dict)
    result: str = ""
    steps: list[Step] = field(default_factory=list)
    summary: str = ""

    @property
    def name(self) -> str:
        """The name that GitHub shows: `job`, or `calling job / job` inside a reusable workflow."""
        caller, *rest = self.key.split("/", 2)
        return f"{caller} / {rest[1]}" if len(rest) > 1 else rest[-1] if rest else caller

    @property
    def seconds(self) -> float:
        """The duration of its steps."""
        return sum(step.seconds for step in self.steps if len(step.path) == 1)

    def step(self, name: str) -> Step:
        """Return the step of the workflow with that name or id.

        Raises:
            KeyError: there is no such step.

        """
        for step in self.steps:
            if step.top and name in (step.name, step.path[0]):
                return step
        raise KeyError(name)

    @property
    def failed_step(self) -> Step | None:
        """The step that made the job fail, if it failed."""
        return next((step for step in self.steps if len(step.path) == 1 and step.failed), None)


@dataclass
class Log:
    """The jobs, problems and messages of a run of `act` so far."""

    jobs: list[Job] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """Reasons why the run proves nothing, even if act's exit code is 0."""
    messages: list[str] = field(default_factory=list)
    """Lines that are not JSON, such as `Error: ...`."""

    def job(self, name: str) -> Job:
        """Return the job with that name or id.

        Raises:
            KeyError: there is no such job.

        """
        for job in self.jobs:
            if name in (job.name, job.id, job.key):
                return job
        raise KeyError(name)

    @property
    def results(self) -> dict[str, str]:
        """The results of the jobs that have one, by name."""
        return {job.name: job.result for job in self.jobs if job.result}

    @property
    def annotations(self) -> list[Annotation]:
        """All annotations, in order."""
        return [line for job in self.jobs for step in job.steps for line in step.annotations]

    @property
    def running(self) -> list[Step]:
        """The steps of the workflow that are in progress."""
        return [step for job in self.jobs for step in job.steps if step.top and not step.result]

    @property
    def failed_step(self) -> Step | None:
        """The step that made the first failed job fail."""
        failed = (job.failed_step for job in self.jobs if job.result == "failure")
        return next((step for step in failed if step), None)

    def verdict(self, exit_code: int) -> str:
        """Return the result of the run: `success`, `failure`, or `skipped` if every job's condition was false."""
        results = set(self.results.values())
        if exit_code or self.problems or not results or results - {"success", "skipped"}:
            return "failure"
        return "success" if "success" in results else "skipped"

    def reasons(self) -> list[str]:
        """Return why the run failed, if no step did: the problems, or the error messages of `act` itself."""
        if self.problems:
            return self.problems
        return [line for line in self.messages if line.startswith("Error: ")] or (
            [] if self.results else ["no job ran"]
        )


class Parser:
    """Parses the lines of a run. `log` has the jobs and steps so far."""

    def __init__(self) -> None:
        self.log = Log()
        self._jobs: dict[str, Job] = {}
        self._steps: dict[tuple[str, str, tuple[str, ...]], Step] = {}

    def feed(self, line: str) -> Step | Job | None:
        """Parse one line. Returns the step or the job that ends with it."""
        record = decode(line)
        if record is None:
            self._message(plain(line))
            return None
        if not record.get("job"):
            return None
        job = self._job(record)
        message = str(record.get("msg", ""))
        if "LocalRepositoryCache not matched" in message:
            self._problem(f"there is no local copy of {message.rpartition('not matched ')[2]}")
        elif "Skipping unsupported platform" in message:
            label = message.partition("-P ")[2].partition("=")[0] or "?"
            self._problem(f"job '{job.name}' did not run: this machine has no runner with the label '{label}'")
        elif record.get("jobResult"):
            job.result = str(record["jobResult"])
            return job
        elif record.get("stepID"):
            return self._step_record(job, record, message)
        elif record.get("stepid") and record.get("stepResult") == "failure":
            self._problem(f"job '{job.name}': '{record.get('step')}' failed")
        elif record.get("level") == "error":
            self._problem(f"job '{job.name}': {plain(message)}")
        return None

    def _step_record(self, job: Job, record: dict[str, Any], message: str) -> Step | None:
        path = tuple(map(str, record["stepID"]))
        step = self._step(job, str(record.get("stage", "")), path, record)
        holder = self._steps.get((job.key, step.stage, path[:1]), step)
        command = record.get("command")
        if record.get("raw_output") or _ignored_command(record, message):
            text = plain(str(record.get("raw", message)).rstrip("\r\n"))
            for target in {id(step): step, id(holder): holder}.values():
                target.output.append(text)
        elif command in _ANNOTATIONS:
            properties = {str(key): str(value) for key, value in (record.get("kvPairs") or {}).items()}
            step.annotations.append(Annotation(command, unescape(str(record.get("arg", ""))), properties))
        elif command == "set-output":
            step.outputs[str(record.get("name"))] = str(record.get("arg"))
        elif command == "summary" and not _with_steps(step):  # a composite action repeats the summary of its last step
            job.summary += str(record.get("content", ""))
        elif message == "Failed but continue next step":
            step.tolerated = True
        elif len(path) > 1 and message.startswith("⭐ Run "):
            step.name = title(message.removeprefix("⭐ Run ").removeprefix(f"{step.stage} "))
        elif record.get("level") == "error" and not command:
            step.output.append(plain(message.rstrip("\r\n")))
        if not record.get("stepResult"):
            return None
        step.result = str(record["stepResult"])
        step.seconds = int(record.get("executionTime") or 0) / 1e9
        return step

    def _job(self, record: dict[str, Any]) -> Job:
        key = str(record["job"]).strip()
        if key not in self._jobs:
            # act reports no result for a job that calls a reusable workflow: the job is listed when it has a result.
            self._jobs[key] = Job(key, str(record.get("jobID", "")), record.get("matrix") or {})
        job = self._jobs[key]
        if (record.get("jobResult") or record.get("stepID") or record.get("stepid")) and job not in self.log.jobs:
            self.log.jobs.append(job)
        return job

    def _step(self, job: Job, stage: str, path: tuple[str, ...], record: dict[str, Any]) -> Step:
        key = (job.key, stage, path)
        if key not in self._steps:
            self._steps[key] = Step(job, title(str(record.get("step", ""))), stage, path)
            job.steps.append(self._steps[key])
        return self._steps[key]

    def _message(self, line: str) -> None:
        if line:
            self.log.messages.append(line)
        if _CRASH.match(line):
            self._problem(f"act itself crashed: {line}")

    def _problem(self, text: str) -> None:
        if text not in self.log.problems:
            self.log.problems.append(text)


def _ignored_command(record: dict[str, Any], message: str) -> bool:
    """Return whether the step printed a workflow command that does nothing: GitHub shows it like any other line.

    The command is unknown, or stands between `::stop-commands::TOKEN` and `::TOKEN::`. Those two lines do something, so
    that neither act nor GitHub shows them.
    """
    unknown = message.startswith("  ❓  ") and record.get("command") not in (*_ANNOTATIONS, *_LAYOUT)
    return "raw" in record and (unknown or record.get("command") == "ignored")


def _with_steps(step: Step) -> bool:
    """Return whether the step is a composite action, with inner steps."""
    depth = len(step.path)
    return any(
        other.stage == step.stage and len(other.path) > depth and other.path[:depth] == step.path
        for other in step.job.steps
    )
