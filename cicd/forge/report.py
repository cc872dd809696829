"""Lines for people: what a run does while it runs, how it ended, and its whole log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.forge.actlog import Job, Step, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.forge.actlog import Log
    from cicd.forge.runs import Run

TAIL = 30
_WORDS = {"success": "ok", "failure": "FAILED", "skipped": "skipped", "": "not decided"}


def heading(run: Run) -> str:
    """What begins."""
    short = run.ref.split("/", 2)[-1]
    return plain(f"run {run.number}: {run.workflow} ({run.file}), {run.event} of {short} at {run.sha[:7]}")


def ended(item: Step | Job) -> list[str]:
    """The lines for a step or a job that has just ended; none for what is of no interest."""
    if isinstance(item, Job):
        return [f"  {item.name}: {_WORDS[item.result]}"] if item.result != "success" else []
    shown = item.top and item.result != "skipped"
    if not shown and not (item.failed and len(item.path) == 1):
        return []
    word = "failed, goes on" if item.tolerated and item.result == "failure" else _WORDS.get(item.result, item.result)
    lines = [f"  {item.job.name}: {item.name:<40} {word:>7} {item.seconds:6.1f} s"]
    if item.failed:
        lines += [f"    | {line}" for line in item.output[-TAIL:]]
    within = [step for step in item.job.steps if step.stage == item.stage and step.path[:1] == item.path]
    notes = [note for step in within for note in step.annotations]
    lines += [f"    {note}" for note in notes if item.failed or note.level == "error"]
    return lines


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
            within = [inner for inner in job.steps if inner.stage == one.stage and inner.path[:1] == one.path]
            yield from (f"   {note}" for inner in within for note in map(str, inner.annotations))
    if not step:
        yield from (plain(line) for line in (*log.problems, *log.messages))


def _matters(step: Step) -> bool:
    return step.stage == "Main" or bool(step.output) or step.result == "failure"
