"""Runs of workflows for terminals: their progress, their results, their logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.act.log import Job, Step
from cicd.text import lines, plain, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicd.act.log import Annotation, Log
    from cicd.forge.running.records import Run

TAIL = 30
"""How many of the last output lines of a failed step are shown."""
_WORDS = {"success": "ok", "failure": "FAILED", "skipped": "skipped", "": "not decided"}


class RunPrinter:
    """Prints runs as they happen, line by line: git passes the lines on to the person who pushes."""

    def note(self, text: str) -> None:
        """Print a line that belongs to no run."""
        say(plain(text))

    def started(self, run: Run) -> None:
        """Print the heading of a run."""
        say(heading(run))

    def item_ended(self, item: Step | Job) -> bool:
        """Print the result of a step or a job. Returns whether anything was printed."""
        lines = ended(item)
        for line in lines:
            say(line)
        return bool(lines)

    def still_running(self, log: Log) -> None:
        """Print which steps are in progress."""
        say(in_progress(log))

    def ended(self, run: Run, log: Log) -> None:
        """Print how a run ended."""
        for line in conclusion(run, log):
            say(line)

    def transcript(self, run: Run, log: Log) -> str:
        """Return the heading, the whole log and the conclusion of a run."""
        return "\n".join((heading(run), *text(log), *conclusion(run, log))) + "\n"


def heading(run: Run) -> str:
    """Return the line that announces a run."""
    return plain(f"run {run.number}: {run.workflow} ({run.file}), {run.event} of {run.ref_name} at {run.sha[:7]}")


def row(run: Run) -> str:
    """Return the line of a run in a list."""
    failed = f"  {run.failed}" if run.failed else ""
    return plain(
        f"{run.number:>4}  {run.result:<9}  {run.seconds:6.1f} s  {run.file:<16} {run.sha[:7]}  {run.ref_name}{failed}"
    )


def rows(runs: Sequence[Run]) -> list[str]:
    """Return the lines of a list of runs."""
    return [row(run) for run in runs] or ["There are no runs yet. A push starts them: git push local HEAD"]


def ended(item: Step | Job) -> list[str]:
    """Return the lines for a step or a job that has just ended; none if its result is of no interest."""
    if isinstance(item, Job):
        shown_by_steps = item.result == "success" or item.failed_step
        return [] if shown_by_steps else [_line(item.result, item.seconds, item.name)]
    if not (item.top and item.result != "skipped") and not (item.failed and len(item.path) == 1):
        return []
    goes_on = "   (the job goes on)" if item.tolerated else ""
    lines = [_line(item.result, item.seconds, f"{item.job.name}: {item.name}{goes_on}")]
    if item.failed:
        lines += [f"    | {line}" for line in item.output[-TAIL:]]
    notes = [note for step in _with_inner(item) for note in step.annotations]
    return lines + [line for note in notes if item.failed or note.level == "error" for line in _note(note, "    ")]


def in_progress(log: Log) -> str:
    """Return a line with the steps that are in progress."""
    steps = [f"{step.job.name}: {step.name}" for job in log.jobs for step in job.steps if step.top and not step.result]
    return plain(f"  ...               {'; '.join(steps) or 'between two steps'}")


def conclusion(run: Run, log: Log) -> list[str]:
    """Return the lines that say how a run ended, and which command shows its log."""
    more = f"ml-cicd local logs {run.number}"
    if run.result == "failure":
        reasons = [] if log.failed_step else [f"  {plain(reason)}" for reason in log.reasons()]
        failed = f" / {run.failed}" if run.failed else ""
        return [*reasons, f"FAILED: {plain(run.workflow)}{failed}   ({run.seconds:.1f} s; {more})"]
    words = {"success": "passed", "skipped": "skipped, every job's condition was false,"}.get(run.result, run.result)
    return [f"{words}: {plain(run.workflow)}   ({run.seconds:.1f} s; {more})"]


def text(log: Log, step: str = "") -> Iterator[str]:
    """Yield the lines of the whole log; with `step`, only of the steps whose name contains it."""
    for job in log.jobs:
        shown = [
            candidate
            for candidate in job.steps
            if len(candidate.path) == 1 and _matters(candidate) and step.lower() in candidate.name.lower()
        ]
        if shown or not step:
            yield f"== {job.name}: {_WORDS.get(job.result, job.result)}, {job.seconds:.1f} s"
        for outer in shown:
            yield f"-- {outer.name}: {_WORDS.get(outer.result, outer.result)}, {outer.seconds:.1f} s"
            yield from (f"   {line}" for line in outer.output)
            for inner in _with_inner(outer):
                yield from (line for note in inner.annotations for line in _note(note, "   "))
    if not step:
        yield from (plain(line) for line in (*log.problems, *log.messages))


def timings(log: Log) -> Iterator[str]:
    """Yield a line for each job and each of its steps, with its duration in seconds."""
    for job in log.jobs:
        yield _line(job.result, job.seconds, job.name)
        for step in job.steps:
            if step.top and step.result != "skipped":
                yield _line(step.result, step.seconds, f"  {step.name}")


def _note(note: Annotation, indent: str) -> list[str]:
    """Return the lines of an annotation; its message may have several."""
    return [f"{indent}{plain(line)}" for line in lines(str(note))]


def _line(result: str, seconds: float, name: str) -> str:
    return f"  {_WORDS.get(result, result):<7} {seconds:6.1f} s  {name}"


def _with_inner(outer: Step) -> list[Step]:
    """Return a step and the steps of the composite action that it runs."""
    return [step for step in outer.job.steps if step.stage == outer.stage and step.path[:1] == outer.path]


def _matters(step: Step) -> bool:
    return step.stage == "Main" or bool(step.output) or step.result == "failure"
