"""The words of a report: what a comparison shows, what becomes of a floor, and the verdict."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicd.config import GateSettings
    from cicd.config.gate import Decision


class Shown(StrEnum):
    """What the data shows of one comparison."""

    BETTER = "better"
    WITHIN = "within"
    WORSE = "worse"
    UNCLEAR = "unclear"
    UNDECIDED = "undecided"
    """A slice too small to show its margin, without a likely loss beyond it: it can block, and does not hold back."""
    REPORTED = "reported"
    """A value without verdict: the metric gets none, or there is no champion."""


class Floor(StrEnum):
    """What the data shows of a floor."""

    NONE = "none"
    REACHED = "reached"
    MISSED = "missed"
    UNCLEAR = "unclear"


class Verdict(StrEnum):
    """The gate's verdict on a candidate."""

    FAILED = "failed"
    MIXED = "mixed"
    REGRESSED = "regressed"
    SUPERIOR = "superior"
    NON_INFERIOR = "non-inferior"
    INCONCLUSIVE = "inconclusive"
    UNCHANGED = "unchanged"
    FIRST = "first"
    """There is no champion; all floors are reached, and the model is not shown worse than the naive one."""

    @property
    def exit_code(self) -> int:
        """Return the exit code of a command that ends with this verdict."""
        if self in (Verdict.FAILED, Verdict.REGRESSED):
            return 1
        return 3 if self in (Verdict.MIXED, Verdict.INCONCLUSIVE) else 0

    def decision(self, settings: GateSettings) -> Decision:
        """Return where the verdict leads: `ask` for an approval, `pass` or `block`."""
        if self in (Verdict.FAILED, Verdict.REGRESSED):
            return "block"
        if self == Verdict.MIXED:
            return settings.mixed
        return settings.inconclusive if self == Verdict.INCONCLUSIVE else "pass"
