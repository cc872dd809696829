"""What people do with runs besides pushing: start them, wait for them, cancel them."""

from __future__ import annotations

import getpass
import os
import time
from typing import TYPE_CHECKING

from cicd import variables
from cicd.act import execution
from cicd.errors import CheckFailedError, RefusedError, UsageError
from cicd.forge.events import dispatch, triggers
from cicd.forge.running import records, runner
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.forge.events.triggers import Start
    from cicd.forge.running.records import Run
    from cicd.forge.state import Data

POLL = 0.1


def start(data: Data, file: str, ref: str, inputs: Mapping[str, str]) -> list[Run]:
    """Run a workflow explicitly (`workflow_dispatch`) on a branch or tag. Returns its run, and those that it started.

    Raises:
        UsageError: the forge is not up, or the workflow can't be started so.
        CheckFailedError: it was stopped.

    """
    repository = runner.repository_of(data, data.state())
    asked = dispatch.dispatch(repository, file, ref or repository.default_branch, inputs)
    return _run(data, [triggers.dispatched(repository, asked, getpass.getuser())])


def fire(data: Data, file: str) -> list[Run]:
    """Run what has a schedule (or only the workflow in `file`), as if its time had come. Returns the runs.

    Raises:
        UsageError: the forge is not up, or nothing has a schedule.
        CheckFailedError: it was stopped.

    """
    repository = runner.repository_of(data, data.state())
    return _run(data, triggers.scheduled(repository, file, getpass.getuser(), say))


def _run(data: Data, begun: Sequence[Start]) -> list[Run]:
    if os.environ.get(variables.ML_CICD_FORGE_RUN):
        raise UsageError("This is a job of the forge: it would wait for itself.", "A job starts workflows by the API.")
    with execution.cancellable():
        try:
            return runner.run_all(data, begun, lambda: True)
        except execution.CancelledError as error:
            raise CheckFailedError("Cancelled.", "'ml-cicd local runs' lists what ran.") from error


def cancel(data: Data, number: int) -> None:
    """End a run that is under way, and return when it has ended; what waits behind it goes on.

    Raises:
        UsageError: it is not under way.
        RefusedError: it does not end.

    """
    run = records.get(data, number)
    if run.result != "running":
        raise UsageError(f"Run {number} is not under way: {run.result}.", "'ml-cicd local runs' lists the runs.")
    records.cancel_mark(data, number).touch()
    deadline = time.monotonic() + 4 * execution.GRACE
    while records.get(data, number).result == "running":
        if time.monotonic() > deadline:
            raise RefusedError(f"Run {number} does not end.", "Take the forge down: ml-cicd local down")
        time.sleep(POLL)


def wait(data: Data, number: int | None) -> list[Run]:
    """Wait until a run has ended; without a number, until none is under way and no push waits.

    Returns the run; without a number, those that ended meanwhile, or the newest where nothing was under way.

    Raises:
        UsageError: there is no such run.

    """
    if number is not None:
        while (run := records.get(data, number)).result == "running":
            time.sleep(POLL)
        return [run]
    before = records.load(data)
    first = next((run.number for run in before if run.result == "running"), len(before))
    with data.turn(lambda: None):
        return [run for run in records.load(data) if run.number >= first]
