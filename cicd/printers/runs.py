"""Runs of workflows for terminals: their progress, their results, their logs."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from cicd import encoding
from cicd.act.log import Job, Step
from cicd.text import lines, plain, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cicd.act.log import Annotation, Log
    from cicd.forge.running.records import Run

LAST = 120
"""How many characters of the last output line of a step in progress are shown."""
_CLEAR = "\x1b[K"
_CANCEL = len("^C")
"""Columns of what a terminal shows for Ctrl-C, behind the line in progress."""
TAIL = 30
"""How many of the last output lines of a failed step are shown."""
_WORDS = {"success": "ok", "failure": "FAILED", "skipped": "skipped", "": "not decided"}


class RunPrinter:
    """Prints runs as they happen, line by line: git passes the lines on to the person who pushes.

    `columns` is the width of the person's terminal: what is in progress is shown there in a line that replaces itself.
    0 for no terminal: then it is a line of its own, after a silence. `write` writes to that terminal where it is not
    the one of this process.
    """

    def __init__(self, columns: int = 0, write: Callable[[str], None] | None = None) -> None:
        self._columns = columns
        self._write = write if write and columns else to_standard_output
        self._replaceable = False
        self._run: Run | None = None

    @property
    def live(self) -> bool:
        """Whether what is in progress is shown all the time."""
        return self._columns > 0

    def note(self, text: str) -> None:
        """Print a line that belongs to no run."""
        self._say(plain(text))

    def started(self, run: Run) -> None:
        """Print the heading of a run."""
        self._run = run
        self._say(heading(run))

    def item_ended(self, item: Step | Job) -> bool:
        """Print the result of a step or a job. Returns whether anything was printed."""
        lines = ended(item)
        for line in lines:
            self._say(line)
        return bool(lines)

    def still_running(self, steps: Mapping[Step, float]) -> None:
        """Print which steps are in progress."""
        if self.live:
            self._write(f"\r{in_progress(steps)[: self._columns - 1 - _CANCEL]}{_CLEAR}")
            self._replaceable = True
        else:
            self._say(in_progress(steps))

    def interrupted(self) -> None:
        """End the line that replaces itself: the message of the command follows."""
        if self._replaceable:
            self._write("\n")
            self._replaceable = False

    def cancelled(self) -> str:
        """Return the line that says what becomes of the run in progress when the push is cancelled."""
        if self._run is None:
            return "cancelled: no run is in progress. The commits have arrived."
        number = self._run.number
        return plain(
            f"cancelled: {self._run.workflow}, run {number}. What it started is being removed. "
            f"Run it again: ml-cicd local rerun {number}"
        )

    def ended(self, run: Run, log: Log) -> None:
        """Print how a run ended, and what serves where by it."""
        self._run = None
        for line in (*conclusion(run, log), *serving(log)):
            self._say(line)

    def _say(self, text: str) -> None:
        """Print a line, in place of the line that replaces itself."""
        cleared = f"\r{_CLEAR}" if self._replaceable else ""
        self._replaceable = False
        self._write(f"{cleared}{text}\n")

    def transcript(self, run: Run, log: Log) -> str:
        """Return the heading, the whole log and the conclusion of a run."""
        return "\n".join((heading(run), *text(log), *conclusion(run, log), *serving(log))) + "\n"


def to_standard_output(shown: str) -> None:
    """Write to standard output, and flush: git passes whole lines on to the person who pushes."""
    sys.stdout.write(shown)
    sys.stdout.flush()


def heading(run: Run) -> str:
    """Return the line that announces a run."""
    again = f", run {run.rerun_of} again" if run.rerun_of else ""
    return plain(
        f"run {run.number}: {run.workflow} ({run.file}), {run.event} of {run.ref_name} at {run.sha[:7]}{again}"
    )


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


def in_progress(steps: Mapping[Step, float]) -> str:
    """Return a line with the steps that are in progress, since how many seconds, and the last line of their output."""
    if not steps:
        return "  ...               between two steps"
    names = "; ".join(f"{step.job.name}: {step.name}" for step in steps)
    printed = (line.strip() for step in steps for line in reversed(step.output[-5:]))
    last = next(filter(None, printed), "")
    shown = f" | {visible(last, LAST)}" if last else ""
    return plain(f"  ...     {max(steps.values()):6.1f} s  {names}{shown}")


def serving(log: Log) -> list[str]:
    """Return a line for each environment that the run brought a release to: the address at which that serves."""
    deployed = {}
    for step in (step for job in log.jobs for step in job.steps if step.outputs.get("outcome")):
        with suppress(ValueError, KeyError, TypeError):
            done = encoding.decode(step.outputs["outcome"])
            if done["result"] == "passed":
                deployed[str(done["environment"])] = (str(done["url"]), str(done["commit"])[:7])
    return [
        plain(f"  {name}: {f'{url} serves {commit}' if url else f'holds {commit}, without an address'}")
        for name, (url, commit) in deployed.items()
    ]


def conclusion(run: Run, log: Log) -> list[str]:
    """Return the lines that say how a run ended, and which command shows its log."""
    more = f"ml-cicd local logs {run.number}"
    if run.result == "failure":
        reasons = [] if log.failed_step else [f"  {plain(reason)}" for reason in log.reasons()]
        failed = f" / {run.failed}" if run.failed else ""
        return [*reasons, f"FAILED: {plain(run.workflow)}{failed}   ({run.seconds:.1f} s; {more})"]
    words = {"success": "passed", "skipped": "skipped, every job's condition was false,"}.get(run.result, run.result)
    return [f"{words}: {plain(run.workflow)}   ({run.seconds:.1f} s; {more})"]


def failure(run: Run, log: Log) -> list[str]:
    """Return the lines that say where a run failed, and what the step that failed or act said of it."""
    step = log.failed_step
    notes = [note for inner in _with_inner(step) for note in inner.annotations if note.level == "error"] if step else []
    return [*conclusion(run, log), *(line for note in notes for line in _note(note, "  "))]


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
