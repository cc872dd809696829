"""One metric on one set of rows: both values, the bounds of the gain, and what the data can show."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cicd.gate import intervals, metrics, power
from cicd.gate.budget import ALPHA
from cicd.gate.proportions import FewGroups, Paired, Proportion
from cicd.gate.rows import sums

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cicd.gate.intervals import Bounds
    from cicd.gate.pairing import Sample
    from cicd.gate.rows import Answers, Estimate, Flags, Numbers, Truth
    from cicd.gate.rules import MetricRule, Rules
    from cicd.gate.table import Labels


@dataclass(frozen=True)
class Comparison:
    """A metric on the whole set, or on a slice of it.

    Args:
        rule: the metric with its margin and floor.
        slice: the slice, such as `carrier=AA`; empty for the whole set.
        champion: the champion's value; None without a champion.
        candidate: the candidate's value.
        gain: bounds of the gain; positive is better.
        own: bounds of the candidate's own value, negated where lower is better.
        rows: how many rows the value rests on.
        units: how many independent units: groups, or rows.
        rarer: rows of the rarer class; None where classes do not matter.
        total: rows of the whole set.
        why: why the data can't show that the candidate is good enough, whatever its bounds say; empty if it can.

    """

    rule: MetricRule
    slice: str
    champion: float | None
    candidate: float
    gain: Bounds
    own: Bounds
    rows: int
    units: int
    rarer: int | None
    total: int
    why: str

    @property
    def margin(self) -> float:
        """Return the margin of the slice or of the whole set; infinite if there is none."""
        margin = self.rule.slice_margin if self.slice else self.rule.margin
        return math.inf if margin is None else margin

    @property
    def judged(self) -> bool:
        """Whether the comparison gets a verdict."""
        return self.rule.metric.judged and self.champion is not None

    @property
    def difference(self) -> float:
        """Return candidate minus champion."""
        return math.nan if self.champion is None else self.candidate - self.champion

    def interval(self) -> tuple[float, float]:
        """Return the interval of candidate minus champion, at 92 %."""
        low, high = self.gain.lower(ALPHA), self.gain.upper(ALPHA)
        return (low, high) if self.rule.higher else (-high, -low)

    def within(self, alpha: float) -> bool:
        """Whether the candidate is shown to lose less than the margin."""
        return not self.why and self.gain.lower(alpha) > -self.margin

    def reach(self, alpha: float, share: float, whole: Comparison | None = None) -> float:
        """Return the smallest margin with which this share of equal models passes on these rows; may be infinite.

        `whole` is the same metric on the whole set. With it, the rows of a slice vary no more than the rows outside:
        a candidate that is worse in a slice varies more there, and must not make the slice too small by that.
        """
        if self.why:
            return math.inf
        outside = math.nan if whole is None else self._variance_outside(whole)
        if isinstance(self.gain, Paired):
            apart = self.gain.disagreement
            if not isinstance(self.gain, FewGroups):  # which counts groups, not rows
                apart = min(apart, outside) if math.isfinite(outside) else apart
            return power.margin_of(apart, self.gain.rows, alpha, share)
        deviation = self.gain.deviation
        if math.isfinite(outside):
            deviation = min(deviation, math.sqrt(outside / self.rows))
        return power.spread(alpha, share) * deviation if math.isfinite(deviation) else math.inf

    def too_small(self, alpha: float, share: float, whole: Comparison | None = None) -> bool:
        """Whether this is a slice on which fewer than this share of equal models pass; `whole` as for `reach`.

        A slice that lost more than its margin is not too small if so few equal models lose as much.
        """
        if not self.slice or self.within(alpha):
            return False
        beyond = self.rule.sign * self.difference <= -self.margin
        if beyond and self.gain.p_below(0.0) <= 1 - share:
            return False
        return self.reach(alpha, share, whole) > self.margin

    def _variance_outside(self, whole: Comparison) -> float:
        """Return the variance of the change of a row that is not in this slice; NaN if there are too few such rows."""
        outside = whole.rows - self.rows
        if outside < intervals.LEAST:
            return math.nan
        everywhere = (whole.gain.deviation * whole.rows) ** 2
        here = (self.gain.deviation * self.rows) ** 2
        return (everywhere - here) / outside if everywhere >= here else everywhere / whole.rows


def compare_all(sample: Sample, rules: Rules) -> list[Comparison]:
    """Return each metric on the whole set and on each slice of the columns that the rules name."""
    everything = np.ones(sample.truth.rows, np.bool_)
    parts = {"": everything} | {
        name: keep for columns in rules.slices for name, keep in divided(sample.slices, columns).items()
    }
    result = []
    for name, keep in parts.items():
        whole = bool(keep.all())
        truth = sample.truth if whole else sample.truth.take(keep)
        candidate = sample.candidate if whole else sample.candidate.take(keep)
        champion = sample.champion if whole or sample.champion is None else sample.champion.take(keep)
        result += [
            replace(compare(rule, name, truth, candidate, champion), total=sample.truth.rows)
            for rule in rules.metrics
            if rule.metric.needs != metrics.OWN and (not name or (rule.metric.judged and champion is not None))
        ]
    return sorted(result, key=lambda comparison: bool(comparison.slice))


def divided(slices: Mapping[str, Labels], columns: tuple[str, ...]) -> dict[str, Flags]:
    """Return the rows of each value of a column, or of each pair of values of several."""
    parts: dict[str, Flags] = {"": np.array(True)}
    for column in columns:
        labels = slices[column]
        values = sorted(zip(labels.words, range(len(labels.words)), strict=True))
        parts = {
            f"{name}, {column}={word}".removeprefix(", "): keep & (labels.codes == code)
            for name, keep in parts.items()
            for word, code in values
        }
    return {name: keep for name, keep in parts.items() if keep.any()}


def compare(rule: MetricRule, name: str, truth: Truth, candidate: Answers, champion: Answers | None) -> Comparison:
    """Return the comparison of a metric on these rows."""
    compute: Callable[..., Estimate] = rule.metric.compute
    ours = compute(truth, candidate, **rule.options)
    theirs = None if champion is None else compute(truth, champion, **rule.options)
    one_each, nothing = candidate.row is None, intervals.Nothing()
    units, rarer = _units(ours), _rarer(rule, truth)
    return Comparison(
        rule, name, None if theirs is None else theirs.value, ours.value,
        nothing if theirs is None or not rule.metric.judged else gain(ours, theirs, rule.sign, one_each=one_each),
        of_value(ours, rule.sign, one_each=one_each) if rule.metric.judged else nothing,
        int(np.count_nonzero(ours.counts)),
        units, rarer, truth.rows, _why(ours, theirs, units, rarer),
    )  # fmt: skip


def gain(ours: Estimate, theirs: Estimate, sign: int, *, one_each: bool = True) -> Bounds:
    """Return the bounds of the gain of one model over another.

    Args:
        ours: the candidate's estimate.
        theirs: the champion's, of the same rows.
        sign: 1 where higher is better, else -1.
        one_each: whether each row has one answer.

    """
    counted = ours.counts
    changes = sign * (ours.parts - theirs.parts)[counted]
    proportion = ours.mean and _binary(ours.parts[counted]) and _binary(theirs.parts[counted])
    alike = ours.truth.weights is None and ours.truth.groups is None
    if not len(changes) or not math.isfinite(ours.value) or not math.isfinite(theirs.value):
        return intervals.Nothing()
    if proportion and alike and one_each:
        return Paired(int((changes > 0).sum()), int((changes < 0).sum()), len(changes))
    shares, sizes = _sums(ours.truth, sign * (ours.influence - theirs.influence), counted)
    apart = _sums(ours.truth, (changes != 0).astype(float), counted, inside=True)[0]
    disagreeing = int(np.count_nonzero(apart))
    if proportion and disagreeing < intervals.FEW:
        return FewGroups(0, disagreeing, _effective(sizes))
    scale = max(abs(ours.value), abs(theirs.value))
    return intervals.from_sums(sign * (ours.value - theirs.value), shares, disagreeing - 1, scale)


def of_value(ours: Estimate, sign: int, *, one_each: bool = True) -> Bounds:
    """Return the bounds of one model's own value, negated where lower is better."""
    counted = ours.counts
    parts = ours.parts[counted]
    if not len(parts) or not math.isfinite(ours.value):
        return intervals.Nothing()
    shares, sizes = _sums(ours.truth, sign * ours.influence, counted)
    if ours.mean and sign > 0 and _binary(parts):
        alike = ours.truth.weights is None and ours.truth.groups is None and one_each
        if alike:
            return Proportion(float(parts.sum()), len(parts))
        if parts.min() == parts.max():
            groups = _effective(sizes)
            return Proportion(ours.value * groups, groups)
    return intervals.from_sums(sign * ours.value, shares, len(shares) - 1, abs(ours.value))


def _effective(sizes: Numbers) -> float:
    """Return how many groups of equal weight vary as much as groups of these weights."""
    return float(sizes.sum() ** 2 / (sizes**2).sum())


def _binary(parts: Numbers) -> bool:
    return bool(((parts == 0) | (parts == 1)).all())


def _sums(truth: Truth, values: Numbers, counted: Flags, *, inside: bool = False) -> tuple[Numbers, Numbers]:
    """Return, for each group with rows that count, the weighted sum of a value over the total weight; and its weight.

    `inside`: whether `values` holds only the rows that count.
    """
    weights = truth.weight[counted]
    values = values if inside else values[counted]
    total = truth.weight.sum() or 1.0
    if truth.groups is None:
        return values * weights / total, weights
    groups = truth.groups[counted]
    used = np.bincount(groups) > 0
    return sums(groups, values * weights)[used] / total, sums(groups, weights)[used]


def _units(estimate: Estimate) -> int:
    """Return how many independent units there are; with weights, how many of equal weight vary as much."""
    sizes = _sums(estimate.truth, estimate.parts, estimate.counts)[1]
    if estimate.truth.weights is None or not sizes.any():
        return len(sizes)
    return int(_effective(sizes))


def _rarer(rule: MetricRule, truth: Truth) -> int | None:
    """Return the rows of the rarer class; None if the metric knows no classes, or more than two of them."""
    if rule.metric.needs in (metrics.POSITIVE, metrics.PROBABILITIES):
        assert truth.positive is not None
        positive = int(np.count_nonzero(truth.positive))
        return min(positive, truth.rows - positive)
    if rule.metric.needs != metrics.LABELS or truth.labels is None:
        return None
    counts = np.bincount(truth.labels, minlength=len(truth.words))
    present = np.sort(counts[counts > 0])
    if rule.name == "balanced_accuracy" or len(present) == 2:  # noqa: PLR2004
        return int(present[0]) if len(present) > 1 else 0
    return 0 if len(present) == 1 else None


def _why(ours: Estimate, theirs: Estimate | None, units: int, rarer: int | None) -> str:
    """Return why nothing can pass; empty if something can."""
    if not math.isfinite(ours.value):
        return "the candidate's value is not defined on these rows"
    if theirs is not None and not math.isfinite(theirs.value):
        return "the champion's value is not defined on these rows"
    if units < intervals.LEAST:
        unit = "rows" if ours.truth.groups is None else "groups"
        return f"{units} {unit}, and nothing can pass with fewer than {intervals.LEAST}"
    if rarer is not None and rarer < intervals.LEAST:
        return f"{rarer} rows of the rarer class, and nothing can pass with fewer than {intervals.LEAST}"
    return ""
