"""The gate of the kit, and three that people write by hand: what each says of a pair of models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cicd.gate import comparison, groups, verdict
from cicd.gate.budget import ALPHA
from cicd.gate.outcomes import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cicd.gate.comparison import Comparison
    from cicd.gate.groups import Measured
    from cicd.gate.rows import Numbers
    from cicd.gate.rules import MetricRule
    from tests.tools.error_rates.worlds import Sides

PASS, BLOCK, OPEN = "pass", "block", "open"
KIT, AT_LEAST, THRESHOLD, BOOTSTRAP = "ml-cicd gate", ">= champion", "threshold", "iid bootstrap"
_RESAMPLES = 300


@dataclass(frozen=True)
class Pair:
    """Two models on a set: the kit's comparison, and how much each row, query or group moves the gain."""

    compared: Comparison
    changes: Callable[[], Numbers]

    @property
    def gain(self) -> float:
        """Return how much better the candidate is on these rows; negative if it is worse."""
        return float(self.compared.rule.sign * self.compared.difference)


def of_sides(rule: MetricRule, sides: Sides) -> Pair:
    """Return the pair of two models' answers."""
    truth, *models = sides

    def changes() -> Numbers:
        ours, theirs = (rule.metric.compute(truth, model, **rule.options).influence for model in models)
        difference: Numbers = rule.sign * (ours - theirs)
        return difference

    return Pair(comparison.compare(rule, "", truth, *models), changes)


def of_groups(rule: MetricRule, measured: Measured) -> Pair:
    """Return the pair of two models of which a project's function measured each group."""
    assert measured.champion is not None
    sides = [np.array(list(numbers.values())) for numbers in (measured.candidate, measured.champion)]
    change = rule.sign * (sides[0] - sides[1])
    return Pair(groups.compare(rule, measured, len(change)), lambda: change - change.mean())


def kit(comparisons: Sequence[Comparison], alpha: float = ALPHA) -> str:
    """Return what the gate of the kit says of metrics and slices."""
    decided = verdict.decide(verdict.judge(comparisons, alpha), failed_check=False, unchanged=False, champion=True)
    if decided in (Verdict.SUPERIOR, Verdict.NON_INFERIOR):
        return PASS
    return BLOCK if decided in (Verdict.REGRESSED, Verdict.FAILED) else OPEN


def at_least(comparisons: Sequence[Comparison]) -> str:
    """Return what `candidate >= champion` says, on the whole set and in each slice."""
    return PASS if all(one.rule.sign * one.difference >= 0 for one in comparisons) else BLOCK


def threshold(comparisons: Sequence[Comparison]) -> str:
    """Return what `candidate >= champion - margin` says: a fixed threshold, set by the champion's value on the rows."""
    return PASS if all(one.rule.sign * one.difference >= -one.margin for one in comparisons) else BLOCK


def bootstrap(pair: Pair, random: np.random.Generator) -> str:
    """Return what percentiles of resampled rows say, whatever their groups, at the error rate of the kit."""
    changes = pair.changes()
    times = random.multinomial(len(changes), np.full(len(changes), 1 / len(changes)), _RESAMPLES)
    low, high = np.quantile(pair.gain + times @ changes / len(changes), [ALPHA, 1 - ALPHA])
    if low > -pair.compared.margin:
        return PASS
    return BLOCK if high < 0 else OPEN


BY_VALUE = {KIT: kit, AT_LEAST: at_least, THRESHOLD: threshold}
"""The gates that need no more than the comparisons."""
