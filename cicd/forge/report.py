"""Lines for people: what a run does while it runs, how it ended, and its whole log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.act.log import Job, Step
from cicd.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.act.log import Log
    from cicd.forge.running.records import Run

TAIL = 30
_WORDS = {"success": "ok", "failure": "FAILED", "skipped": "skipped", "": "not decided"}


def heading(run: Run) -> str:
    """What begins."""
    short = run.ref.split("/", 2)[-1]
    return plain(f"run {run.number}: {run.workflow} ({run.file}), {run.event} of {short} at {run.sha[:7]}")


def ended(item: Step | Job) -> list[str]:
    """The lines for a step or a job that has just ended; none for what is of no interest."""
    if isinstance(item, Job):
        told = item.result == "success" or item.failed_step
        return [] if told else [_line(item.result, item.seconds, item.name)]
    if not (item.top and item.result != "skipped") and not (item.failed and len(item.path) == 1):
        return []
    goes_on = "   (the job goes on)" if item.tolerated else ""
    lines = [_line(item.result, item.seconds, f"{item.job.name}: {item.name}{goes_on}")]
    if item.failed:
        lines += [f"    | {line}" for line in item.output[-TAIL:]]
    notes = [note for step in _with_inner(item) for note in step.annotations]
    return lines + [f"    {plain(str(note))}" for note in notes if item.failed or note.level == "error"]


def _line(result: str, seconds: float, what: str) -> str:
    return f"  {_WORDS.get(result, result):<7} {seconds:6.1f} s  {what}"


def _with_inner(step: Step) -> list[Step]:
    """A step, and those of the composite action that it is."""
    return [one for one in step.job.steps if one.stage == step.stage and one.path[:1] == step.path]


def status(log: Log) -> str:
    """What is being done right now."""
    current = [
        f"{step.job.name}: {step.name}" for job in log.jobs for step in job.steps if step.top and not step.result
    ]
    return plain(f"  ...               {'; '.join(current) or 'between two steps'}")


def conclusion(run: Run, log: Log) -> list[str]:
    """How the run ended, and where more is to be read."""
    more = f"ml-cicd local logs {run.number}"
    if run.result == "failure":
        reasons = [] if log.failed_step else [f"  {plain(reason)}" for reason in log.reasons()]
        place = f" / {run.failed}" if run.failed else ""
        return [*reasons, f"FAILED: {plain(run.workflow)}{place}   ({run.seconds:.1f} s; {more})"]
    words = {"success": "passed", "skipped": "skipped, no job's condition held,"}.get(run.result, run.result)
    return [f"{words}: {plain(run.workflow)}   ({run.seconds:.1f} s; {more})"]


def text(log: Log, step: str = "") -> Iterator[str]:
    """The whole log; with `step`, only the steps whose name contains it."""
    for job in log.jobs:
        shown = [one for one in job.steps if len(one.path) == 1 and _matters(one) and step.lower() in one.name.lower()]
        if shown or not step:
            yield f"== {job.name}: {_WORDS.get(job.result, job.result)}, {job.seconds:.1f} s"
        for one in shown:
            yield f"-- {one.name}: {_WORDS.get(one.result, one.result)}, {one.seconds:.1f} s"
            yield from (f"   {line}" for line in one.output)
            yield from (f"   {plain(str(note))}" for inner in _with_inner(one) for note in inner.annotations)
    if not step:
        yield from (plain(line) for line in (*log.problems, *log.messages))


def timings(log: Log) -> Iterator[str]:
    """How long each job and each of its steps took."""
    for job in log.jobs:
        yield _line(job.result, job.seconds, job.name)
        for step in job.steps:
            if step.top and step.result != "skipped":
                yield _line(step.result, step.seconds, f"  {step.name}")


def _matters(step: Step) -> bool:
    return step.stage == "Main" or bool(step.output) or step.result == "failure"
