"""The result of a run under `act`: its jobs, steps, annotations and `ml-cicd` calls, and whether it proves anything."""

from __future__ import annotations

import functools
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd import cli
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cicd.act.log import Annotation, Job, Log, Step

TOKENS = (
    "GITHUB_TOKEN",
    "REGISTRY_TOKEN",
    "DEPLOY_SSH_KEY",
    "KUBECONFIG_TEXT",
    "APP_SECRETS",
    "BUILD_SECRETS",
    "TRAIN_SECRETS",
    "LEDGER_KEY",
)
"""The environment variables that pass secrets to commands."""

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


def read_calls(file: Path) -> list[Call]:
    """Return the calls that `standin.sh` wrote: per call the number of words, the tokens as `NAME=value`, the words."""
    fields = iter(file.read_text("utf-8").split("\0")) if file.exists() else iter(())
    calls = []
    while count := next(fields, ""):
        tokens = [next(fields).partition("=") for _ in TOKENS]
        command, *arguments = [next(fields) for _ in range(int(count))]
        calls.append(Call(command, arguments, {name: value for name, _, value in tokens if value}))
    return calls
