"""Decide: what each comparison shows, and the verdict that follows from all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.gate import intervals, power
from cicd.gate.budget import ALPHA
from cicd.gate.outcomes import Floor, Shown, Verdict
from cicd.gate.proportions import Paired

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.gate.comparison import Comparison


@dataclass(frozen=True)
class Mark:
    """A comparison with what it shows."""

    comparison: Comparison
    shown: Shown
    floor: Floor
    rows_needed: int | None
    """How many rows of the whole set would decide; None if the rows decide already, or no number is known."""


def judge(comparisons: Sequence[Comparison], pass_alpha: float) -> list[Mark]:
    """Return what each comparison shows.

    Every claim that blocks, worse or below a floor, is in one family that Holm corrects at `ALPHA`. Passing asks for
    every metric and slice to be within its margin, each at `pass_alpha` without correction. Gains are a family too.
    """
    judged = [comparison for comparison in comparisons if comparison.judged]
    floored = [comparison for comparison in comparisons if _has_floor(comparison)]
    blocking = holm(
        [comparison.gain.p_below(0.0) for comparison in judged]
        + [comparison.own.p_below(_threshold(comparison)) for comparison in floored],
        ALPHA,
    )
    gains = holm([comparison.gain.p_above(0.0) for comparison in judged], pass_alpha)
    worse = {id(comparison): flag for comparison, flag in zip(judged, blocking, strict=False)}
    missed = {id(comparison): flag for comparison, flag in zip(floored, blocking[len(judged) :], strict=True)}
    better = {id(comparison): flag for comparison, flag in zip(judged, gains, strict=True)}
    slices = sum(bool(comparison.slice) for comparison in judged)
    # Together, the slices hold back one in five equal models at most.
    share = 1 - (1 - power.POWER) / max(1, slices)
    whole = {comparison.rule.name: comparison for comparison in comparisons if not comparison.slice}
    small = {
        id(comparison)
        for comparison in judged
        if comparison.too_small(pass_alpha, share, whole.get(comparison.rule.name))
    }
    return [
        _mark(
            comparison, pass_alpha, small=id(comparison) in small, worse=worse.get(id(comparison), False),
            better=better.get(id(comparison), False), missed=missed.get(id(comparison), False),
        )
        for comparison in comparisons
    ]  # fmt: skip


def decide(marks: Sequence[Mark], *, failed_check: bool, unchanged: bool, champion: bool) -> Verdict:
    """Return the first verdict that applies."""
    if unchanged:
        return Verdict.UNCHANGED
    if failed_check or any(mark.floor == Floor.MISSED for mark in marks):
        return Verdict.FAILED
    return _blocking(marks) or _passing(marks, champion=champion)


def _blocking(marks: Sequence[Mark]) -> Verdict | None:
    """Return the verdict on what is worse; None if nothing is."""
    whole = {mark.shown for mark in marks if not mark.comparison.slice}
    worse_slice = any(mark.shown == Shown.WORSE for mark in marks if mark.comparison.slice)
    if {Shown.WORSE, Shown.BETTER} <= whole and not worse_slice:
        return Verdict.MIXED
    return Verdict.REGRESSED if Shown.WORSE in whole or worse_slice else None


def _passing(marks: Sequence[Mark], *, champion: bool) -> Verdict:
    """Return the verdict where nothing is worse."""
    whole = [mark for mark in marks if not mark.comparison.slice]
    shown = {mark.shown for mark in whole}
    if holding_back(marks):
        return Verdict.INCONCLUSIVE
    if not champion:
        return Verdict.INCONCLUSIVE if any(mark.comparison.why for mark in whole) else Verdict.FIRST
    if not shown & {Shown.WITHIN, Shown.BETTER}:
        return Verdict.INCONCLUSIVE
    return Verdict.SUPERIOR if Shown.BETTER in shown else Verdict.NON_INFERIOR


def holm(p_values: Sequence[float], alpha: float) -> list[bool]:
    """Return which claims hold by Holm's procedure: that any of them is false has probability `alpha` at most."""
    holds = [False] * len(p_values)
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[index] > alpha / (len(p_values) - rank):
            break
        holds[index] = True
    return holds


def rows_needed(marks: Sequence[Mark]) -> int | None:
    """Return how many rows would decide all that holds the verdict back; None if no number is known."""
    open_marks = holding_back(marks)
    numbers = [mark.rows_needed for mark in open_marks]
    if not numbers or None in numbers:
        return None
    return max(number for number in numbers if number is not None)


def holding_back(marks: Sequence[Mark]) -> list[Mark]:
    """Return the comparisons that keep the candidate from passing."""
    return [mark for mark in marks if not _passes(mark)]


def _has_floor(comparison: Comparison) -> bool:
    return comparison.rule.floor is not None and not comparison.slice and comparison.rule.metric.judged


def _threshold(comparison: Comparison) -> float:
    assert comparison.rule.floor is not None
    return comparison.rule.sign * comparison.rule.floor


def _passes(mark: Mark) -> bool:
    """Whether a comparison lets the candidate pass."""
    if mark.floor in (Floor.MISSED, Floor.UNCLEAR):
        return False
    if mark.comparison.rule.gain and not mark.comparison.slice and mark.comparison.judged:
        return mark.shown == Shown.BETTER
    return mark.shown in (Shown.BETTER, Shown.WITHIN, Shown.UNDECIDED, Shown.REPORTED)


def _mark(comparison: Comparison, pass_alpha: float, *, small: bool, worse: bool, better: bool, missed: bool) -> Mark:
    shown, floor = _shown(comparison, pass_alpha, small=small, worse=worse, better=better), Floor.NONE
    if _has_floor(comparison):
        reached = not comparison.why and comparison.own.lower(pass_alpha) > _threshold(comparison)
        floor = Floor.REACHED if reached else Floor.MISSED if missed else Floor.UNCLEAR
    mark = Mark(comparison, shown, floor, None)
    return mark if _passes(mark) else Mark(comparison, shown, floor, _needed(mark, pass_alpha))


def _shown(comparison: Comparison, pass_alpha: float, *, small: bool, worse: bool, better: bool) -> Shown:
    if not comparison.judged:
        return Shown.REPORTED
    if comparison.within(pass_alpha):
        return Shown.BETTER if better else Shown.WITHIN
    if worse:
        return Shown.WORSE
    return Shown.UNDECIDED if small else Shown.UNCLEAR


def _needed(mark: Mark, pass_alpha: float) -> int | None:
    """Return how many rows of the whole set would decide this comparison for four of five candidates like this one.

    None if no number of rows is known to decide.
    """
    try:
        return _needed_rows(mark, pass_alpha)
    except OverflowError:
        return None


def _needed_rows(mark: Mark, pass_alpha: float) -> int | None:
    comparison = mark.comparison
    rows = comparison.total
    if not comparison.rows:
        return None
    wanted = [rows + 1]
    for count, least in ((comparison.units, intervals.LEAST), (comparison.rarer, intervals.LEAST)):
        if count is not None and count < least:
            if not count:
                return None
            wanted.append(math.ceil(rows * least / count))
    spread = power.spread(pass_alpha)
    if comparison.judged and mark.shown not in (Shown.BETTER, Shown.WORSE):
        gain = comparison.gain
        if isinstance(gain, Paired):
            units = power.rows_for(gain.disagreement, _effect(comparison), pass_alpha)
            wanted.append(math.ceil(rows * units / gain.rows))
        elif math.isnan(gain.deviation):
            return None
        else:
            wanted.append(math.ceil(rows * (spread * gain.deviation / _effect(comparison)) ** 2))
    if mark.floor == Floor.UNCLEAR:
        distance = abs(comparison.rule.sign * comparison.candidate - _threshold(comparison))
        deviation = comparison.own.deviation
        if not distance or math.isnan(deviation):
            return None
        wanted.append(math.ceil(rows * (spread * deviation / distance) ** 2))
    return max(wanted)


def _effect(comparison: Comparison) -> float:
    """Return the distance that the rows must resolve: to the margin, or to no loss, whichever is larger."""
    gain = comparison.rule.sign * comparison.difference
    if comparison.rule.gain and not comparison.slice:
        return max(gain, comparison.margin)
    return min(comparison.margin, max(comparison.margin + min(gain, 0.0), -gain))
