"""Run the planned workflows of a push one after the other, and those that their jobs dispatch."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.act import execution
from cicd.act.log import Parser
from cicd.errors import CicdError, UsageError
from cicd.forge import api, remote
from cicd.forge.events import triggers
from cicd.forge.running import cleanup, kit, records
from cicd.forge.running.invocation import Invocation
from cicd.forge.running.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cicd.forge.events.triggers import PlannedRun
    from cicd.forge.running.progress import Printer
    from cicd.forge.running.records import Run
    from cicd.forge.state import Forge, State

BOT = "github-actions[bot]"


@dataclass(frozen=True)
class Session:
    """Values that all runs of one push share."""

    forge: Forge
    state: State
    server: api.Server
    printer: Printer
    is_awaited: Callable[[], bool]
    """Whether somebody still waits for the runs."""
    group: int
    """The number of the first of the runs."""


def run_all(forge: Forge, planned: Sequence[PlannedRun], printer: Printer, is_awaited: Callable[[], bool]) -> list[Run]:
    """Wait for this process's turn, then run all of `planned` and what their jobs dispatch. Returns the records.

    Raises:
        UsageError: the forge went down while this process waited.
        CancelledError: the push was cancelled; the record of the interrupted run says so.

    """
    with forge.queue.turn(lambda: printer.note("waiting until the runs of another push or command have ended")):
        state = forge.state()
        recover(forge)
        kit.refresh(forge, Path(state.source))
        repository = remote.hosted(forge, state)
        with api.serve(repository, os.urandom(20).hex()) as server:
            session = Session(forge, state, server, printer, is_awaited, records.newest(forge) + 1)
            waiting, done = list(planned), []
            while waiting:
                server.last_planned = records.newest(forge) + len(waiting)
                done.append(run_one(session, waiting.pop(0)))
                while server.queue:
                    waiting.append(triggers.by_dispatch(repository, server.queue.popleft(), BOT))
            return done


def recover(forge: Forge) -> None:
    """Clean up after runs whose process was killed. Call it with the lock held."""
    cleanup.clean(forge, records.settle(forge))
    shutil.rmtree(forge.work, ignore_errors=True)


def run_one(session: Session, planned: PlannedRun) -> Run:
    """Run one workflow, show its progress, and return its record.

    Raises:
        CancelledError: the whole push was cancelled; the record says so.

    """
    forge, printer = session.forge, session.printer
    run = records.create(
        forge, planned.payload, workflow=planned.workflow.name, file=planned.workflow.file, event=planned.event,
        ref=planned.ref, sha=planned.commit, actor=planned.actor,
        started=datetime.now(UTC).isoformat(timespec="seconds"), group=session.group, rerun_of=planned.rerun_of,
    )  # fmt: skip
    begin = time.monotonic()
    parser = Parser()
    progress = Progress(parser, printer, session.is_awaited, records.cancel_mark(forge, run.number))
    result = "failure"
    try:
        printer.started(run)
        if planned.workflow.problem:
            raise UsageError(planned.workflow.problem)
        exit_code = Invocation(forge, session.state, session.server, planned, run.number).run(progress)
        result = parser.log.verdict(exit_code)
    except CicdError as error:
        parser.log.problems.append(f"{error.message} {error.hint}".strip())
    except execution.RunCancelledError:
        result = "cancelled"
    except execution.CancelledError:
        result = "cancelled"
        printer.interrupted()
        raise
    finally:
        step = parser.log.failed_step if result == "failure" else None
        failed = f"{step.job.name} / {step.name}" if step else ""
        run = replace(run, seconds=round(time.monotonic() - begin, 3), result=result, failed=failed)
        records.save(forge, run)
        transcript = printer.transcript(run, parser.log)
        (records.folder(forge, run.number) / "log.txt").write_text(transcript, "utf-8", "backslashreplace")
        if result == "cancelled":
            cleanup.clean(forge, [run.number])
        shutil.rmtree(forge.work, ignore_errors=True)
    printer.ended(run, parser.log)
    return run
