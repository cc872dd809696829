"""Rows of the table: how often each gate blocks, passes or decides nothing on many sets of a kind."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cicd.gate.budget import ALPHA
from tests.tools.error_rates import gates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicd.gate.comparison import Comparison
    from tests.tools.error_rates.gates import Pair
    from tests.tools.error_rates.worlds import Random

BOOTSTRAPPED = 8
"""Of so many sets, one is resampled: that takes longer than all else."""


@dataclass(frozen=True)
class Row:
    """What a gate said of many sets of one kind.

    Args:
        name: the kind of set.
        gate: the gate.
        equal: how often the gate said what of equal models; empty if they were not tried.
        worse: how often the gate said what of models that are worse by the margin.
        covered: how many intervals hold the true loss, and how many there are; None if none was looked at.

    """

    name: str
    gate: str
    equal: Counter[str]
    worse: Counter[str]
    covered: tuple[int, int] | None = None

    def cells(self) -> tuple[str, ...]:
        """Return the row as words."""
        return (
            self.name, self.gate, share(self.equal, gates.BLOCK), share(self.worse, gates.PASS),
            share(self.equal, gates.PASS), share(self.equal, gates.OPEN),
            percent(*self.covered) if self.covered else "",
        )  # fmt: skip


def share(said: Counter[str], answer: str) -> str:
    """Return how often an answer was given; empty if nothing was asked."""
    return percent(said[answer], said.total()) if said else ""


def percent(count: int, trials: int) -> str:
    """Return a share with its Monte Carlo error."""
    part = count / trials
    return f"{part:.1%} ± {math.sqrt(max(part * (1 - part), 1 / trials) / trials):.1%}"


def seeded(name: str, *, worse: bool) -> Random:
    """Return a random generator of a kind of set: the same one in whatever order, and in whatever process."""
    return np.random.default_rng([zlib.crc32(name.encode()), worse])


def of_pairs(name: str, draw: Callable[[Random, bool], Pair], trials: int, *, resampled: bool = True) -> Iterator[Row]:
    """Yield a row for each gate; `draw` returns a pair of models whose true difference is 0, or the margin."""
    said = {gate: {worse: Counter[str]() for worse in (False, True)} for gate in (*gates.BY_VALUE, gates.BOOTSTRAP)}
    covered = 0
    for worse in (False, True):
        random, resample = seeded(name, worse=worse), seeded(f"{name}: bootstrap", worse=worse)
        for trial in range(trials):
            pair = draw(random, worse)
            for gate, ask in gates.BY_VALUE.items():
                said[gate][worse][ask([pair.compared])] += 1
            if resampled and trial % BOOTSTRAPPED == 0:
                said[gates.BOOTSTRAP][worse][gates.bootstrap(pair, resample)] += 1
            bounds, loss = pair.compared.gain, pair.compared.margin if worse else 0.0
            covered += bounds.lower(ALPHA) <= -loss <= bounds.upper(ALPHA)
    for gate, answers in said.items():
        if answers[True]:
            yield Row(name, gate, answers[False], answers[True], (covered, 2 * trials) if gate == gates.KIT else None)


def of_many(name: str, draw: Callable[[Random, bool], list[Comparison]], trials: int) -> Iterator[Row]:
    """Yield a row for each gate that needs comparisons alone; `draw` returns those of the whole set and the slices."""
    said = {gate: {worse: Counter[str]() for worse in (False, True)} for gate in gates.BY_VALUE}
    for worse in (False, True):
        random = seeded(name, worse=worse)
        for _ in range(trials):
            comparisons = draw(random, worse)
            for gate, ask in gates.BY_VALUE.items():
                said[gate][worse][ask(comparisons)] += 1
    for gate, answers in said.items():
        yield Row(name, gate, answers[False], answers[True])
