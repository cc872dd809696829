"""Start, cancel and await runs for a person at a terminal."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from cicd import account, variables
from cicd.act import execution
from cicd.errors import CheckFailedError, RefusedError, UsageError
from cicd.forge import remote
from cicd.forge.events import dispatch, selection, triggers
from cicd.forge.events.triggers import PlannedRun
from cicd.forge.running import records, runner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.forge.running.progress import Printer
    from cicd.forge.running.records import Run
    from cicd.forge.state import Forge

POLL = 0.1  # seconds


def start(forge: Forge, file: str, ref: str, inputs: Mapping[str, str], printer: Printer) -> list[Run]:
    """Run the workflow `file` by `workflow_dispatch` on a branch or tag; `ref` empty: on the default branch.

    Returns its run, and the runs that its jobs dispatched.

    Raises:
        UsageError: the forge is not up, or GitHub would refuse to start the workflow.
        CheckFailedError: the person cancelled the run.

    """
    repository = remote.hosted(forge, forge.state())
    accepted = dispatch.check(repository, file, ref or repository.default_branch, inputs)
    return _run(forge, [triggers.by_dispatch(repository, accepted, account.name())], printer)


def fire(forge: Forge, file: str, printer: Printer) -> list[Run]:
    """Run every schedule of the default branch now; with `file`, only those of that workflow. Returns the runs.

    Raises:
        UsageError: the forge is not up, or there is no schedule.
        CheckFailedError: the person cancelled the runs.

    """
    state = forge.state()
    repository = remote.hosted(forge, state)
    planned = triggers.by_schedule(repository, file, account.name(), printer.note)
    if not file:
        planned = selection.kept(forge, state, repository, planned, printer.note)
    return _run(forge, planned, printer) if planned else []


def rerun(forge: Forge, number: int, printer: Printer) -> list[Run]:
    """Run a recorded run again: same event, same commit, whatever was pushed since. Returns all runs that this starts.

    Raises:
        UsageError: the forge is not up, there is no such run, it is in progress, or its commit is gone.
        CheckFailedError: the person cancelled the run.

    """
    repository = remote.hosted(forge, forge.state())
    run = records.get(forge, number)
    if run.result == "running":
        raise UsageError(f"Run {number} is in progress.", f"Cancel it first: ml-cicd local cancel {number}")
    workflow = triggers.workflow_at(repository, run.sha, run.file)
    if workflow is None:
        raise UsageError(
            f"Run {number} can't run again: the remote no longer has {run.file} at {run.sha[:12]}.",
            "Push a commit that has it.",
        )
    planned = PlannedRun(
        workflow, run.event, run.ref, run.sha, records.payload(forge, number), run.actor,
        run.rerun_of or number, account.name(),
    )  # fmt: skip
    return _run(forge, [planned], printer)


def _run(forge: Forge, planned: Sequence[PlannedRun], printer: Printer) -> list[Run]:
    if os.environ.get(variables.ML_CICD_FORGE_RUN):
        raise UsageError(
            "A job can't start a workflow with ml-cicd local: the command would wait for its own job to end.",
            "Call the REST API: POST $GITHUB_API_URL/repos/$GITHUB_REPOSITORY/actions/workflows/FILE/dispatches",
        )
    with execution.cancellable():
        try:
            return runner.run_all(forge, planned, printer, lambda: True)
        except execution.CancelledError as error:
            raise CheckFailedError(
                "The runs of this command were cancelled.", "List the runs with: ml-cicd local runs"
            ) from error


def cancel(forge: Forge, number: int) -> None:
    """Cancel a run and return when it has ended. The runs that wait behind it go on.

    Raises:
        UsageError: the run is not in progress.
        RefusedError: the run does not end.

    """
    run = records.get(forge, number)
    if run.result != "running":
        raise UsageError(
            f"Run {number} is not in progress: its result is {run.result}.", "List the runs with: ml-cicd local runs"
        )
    records.cancel_mark(forge, number).touch()
    deadline = time.monotonic() + 4 * execution.GRACE
    while records.get(forge, number).result == "running":
        if time.monotonic() > deadline:
            raise RefusedError(f"Run {number} does not end.", "Take the forge down: ml-cicd local down")
        time.sleep(POLL)


def wait(forge: Forge, number: int | None) -> list[Run]:
    """Wait until run `number` has ended; without a number, until nothing runs and no push waits.

    Returns that run; without a number, all runs of the pushes and commands that ran meanwhile, those included that had
    ended before. If nothing ran meanwhile: all runs of the newest push or command.

    Raises:
        UsageError: there is no such run.

    """
    if number is not None:
        while (run := records.get(forge, number)).result == "running":
            time.sleep(POLL)
        return [run]
    first = next((run.number for run in records.load(forge) if run.result == "running"), records.newest(forge) + 1)
    with forge.queue.turn(lambda: None):
        runs = records.load(forge)
    groups = {run.group for run in runs if run.number >= first} or {run.group for run in runs[-1:]}
    return [run for run in runs if run.group in groups]
