"""Pass what happens in runs to a printer. The forge itself formats nothing for people."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from cicd.act import execution

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cicd.act.log import Job, Log, Parser, Step
    from cicd.forge.running.records import Run


class Printer(Protocol):
    """Shows runs to a person as they happen. `cicd.printers.runs` has the one for terminals."""

    def note(self, text: str) -> None:
        """Show a line that belongs to no run."""

    def started(self, run: Run) -> None:
        """Show that a run starts."""

    def item_ended(self, item: Step | Job) -> bool:
        """Show the result of a step or a job. Returns whether there was anything to show."""

    @property
    def live(self) -> bool:
        """Whether steps in progress are always shown, in a line that replaces itself; else only after a silence."""

    def still_running(self, steps: Mapping[Step, float]) -> None:
        """Show the steps that are in progress, and for how many seconds each has been."""

    def interrupted(self) -> None:
        """End a line that replaces itself: the whole push or command was cancelled."""

    def ended(self, run: Run, log: Log) -> None:
        """Show how a run ended."""

    def transcript(self, run: Run, log: Log) -> str:
        """Return the text of `log.txt`."""


class Progress:
    """Feeds the lines of `act` to the parser and the results to the printer; cancels the run when asked to."""

    FIRST, LONGEST = 10.0, 60.0
    """Seconds of silence after which the printer shows what is in progress: at first, and at most."""
    LIVE = 1.0
    """Seconds between two versions of a line that replaces itself."""

    def __init__(self, parser: Parser, printer: Printer, is_awaited: Callable[[], bool], cancel_mark: Path) -> None:
        self._parser = parser
        self._printer = printer
        self._is_awaited = is_awaited
        self._cancel_mark = cancel_mark
        self._last, self._patience = time.monotonic(), self.FIRST
        self._shown = self._last
        self._begun: dict[Step, float] = {}

    def line(self, line: str) -> None:
        """Take one line of `act`."""
        ended = self._parser.feed(line)
        if ended and self._printer.item_ended(ended):
            self._last, self._patience = time.monotonic(), self.FIRST

    def tick(self) -> None:
        """Check whether the run goes on, and show what is in progress after a silence.

        Raises:
            CancelledError: nobody waits for the run any more, or somebody cancelled it.

        """
        if self._cancel_mark.exists():
            raise execution.RunCancelledError
        if not self._is_awaited():
            raise execution.PushGoneError
        now = time.monotonic()
        self._begun = {step: self._begun.get(step, now) for step in self._parser.log.running}
        steps = {step: now - begun for step, begun in self._begun.items()}
        if self._printer.live:
            if steps and now - self._shown > self.LIVE:
                self._printer.still_running(steps)
                self._shown = now
        elif now - self._last > self._patience:
            self._printer.still_running(steps)
            self._last, self._patience = now, min(2 * self._patience, self.LONGEST)
