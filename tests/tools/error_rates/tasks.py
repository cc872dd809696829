"""The kinds of sets in the table, as tasks that run in any order and in any process."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cicd.gate import comparison
from cicd.gate.budget import ALPHA, pass_alpha
from cicd.gate.groups import Measured
from cicd.gate.rows import Answers, Truth
from cicd.gate.rules import MetricRule
from tests.tools.error_rates import gates, worlds
from tests.tools.error_rates.rows import Row, of_many, of_pairs, seeded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cicd.gate.comparison import Comparison
    from cicd.gate.rows import Flags
    from tests.tools.error_rates.gates import Pair
    from tests.tools.error_rates.worlds import Random, Sides, World

LOOKS, CHOSEN = 20, 5
SIZES = (200, 500, 2000, 10_000)
_BINARY = ("precision", "f1", "balanced_accuracy", "recall", "roc_auc", "average_precision", "log_loss", "brier")
_RESAMPLED = (500, 2000)
"""The sizes of the sets of which some are resampled; with more rows, that would take longer than all else."""
_SLICED, _APART, _LOST, _WRONG = 6000, 0.06, 0.06, 0.12
"""Rows of a set with slices; how often models differ; the margin of a slice; how often a champion is wrong."""


@dataclass(frozen=True)
class Task:
    """Some rows of the table.

    Args:
        part: the part of the table that they belong to.
        make: returns the rows from the number of sets of each kind.

    """

    part: str
    make: Callable[[int], Iterator[Row]]


def cells(number: int, trials: int) -> list[tuple[str, ...]]:
    """Return the rows of one task as words."""
    return [row.cells() for row in tasks()[number].make(trials)]


def tasks() -> list[Task]:
    """Return all tasks, in the order of the table."""
    return [
        *(Task("rows", partial(_accuracy, rows)) for rows in SIZES),
        *(Task("groups", partial(_in_groups, name)) for name in ("accuracy", "roc_auc", "log_loss", "rmse", "score")),
        *(Task("metrics", partial(_binary, name)) for name in _BINARY),
        *(Task("metrics", partial(_numeric, name)) for name in ("mae", "rmse", "r2", "pinball")),
        *(Task("metrics", partial(_ranked, name)) for name in ("ndcg", "map")),
        Task("metrics", _scores),
        Task("metrics", _of_project),
        *(Task("slices", partial(_sliced, slices)) for slices in (1, 10, 30)),
        *(Task("slices", partial(_one_slice, slices, lost)) for slices, lost in ((10, 0.12), (30, 0.09))),
        Task("slices", _one_slice_of_numbers),
        Task("looks", _looks),
        Task("chosen", _chosen),
    ]


def _of_world(name: str, world: World, rows: int, trials: int) -> Iterator[Row]:
    def draw(random: Random, worse: bool) -> Pair:
        return gates.of_sides(world.rule, world.draw(random, rows, worse))

    yield from of_pairs(name, draw, trials, resampled=rows in _RESAMPLED)


def _accuracy(rows: int, trials: int) -> Iterator[Row]:
    for disagreement in (0.02, 0.06, 0.2):
        world = worlds.labelled(disagreement, 0.01)
        yield from _of_world(f"accuracy, {rows:,} rows, {disagreement:.0%} apart", world, rows, trials)


def _in_groups(name: str, trials: int) -> Iterator[Row]:
    make: dict[str, Callable[[], World]] = {
        "accuracy": partial(worlds.labelled, _APART, 0.02, grouped=True),
        "rmse": partial(worlds.numeric, "rmse", grouped=True),
        "score": partial(worlds.graded, grouped=True),
    }
    world = make.get(name, partial(worlds.binary, name, grouped=True))()
    for groups in (20, 40, 200):
        yield from _of_world(f"{name}, {groups} groups", world, groups * worlds.ROWS_A_GROUP, trials)


def _binary(name: str, trials: int) -> Iterator[Row]:
    for rows in SIZES:
        yield from _of_world(f"{name}, {rows:,} rows", worlds.binary(name), rows, trials)


def _numeric(name: str, trials: int) -> Iterator[Row]:
    options = {"quantile": 0.9} if name == "pinball" else {}
    for rows in SIZES:
        yield from _of_world(f"{name}, {rows:,} rows", worlds.numeric(name, options=options), rows, trials)


def _ranked(name: str, trials: int) -> Iterator[Row]:
    for queries in (50, 500):
        rows = queries * worlds.ROWS_A_QUERY
        yield from _of_world(f"{name}, {queries} queries", worlds.ranked(name), rows, trials)


def _scores(trials: int) -> Iterator[Row]:
    for rows in SIZES:
        yield from _of_world(f"score of 0 or 1, {rows:,} rows", worlds.passed_or_failed(_APART, 0.02), rows, trials)
        yield from _of_world(f"score from 0 to 1, {rows:,} rows", worlds.graded(), rows, trials)


def _of_project(trials: int) -> Iterator[Row]:
    """Yield the rows of a function that turns each group into a cost; a worse candidate costs a tenth more."""
    rule = MetricRule("cost", higher=False, margin=0.1)

    def draw(groups: int, random: Random, worse: bool) -> Pair:
        theirs, change = (np.exp(size * random.normal(size=groups) - size**2 / 2) for size in (0.5, 0.2))
        ours = theirs * change * (1.1 if worse else 1.0)
        names = [str(group) for group in range(groups)]
        sides = (dict(zip(names, side.tolist(), strict=True)) for side in (ours, theirs))
        return gates.of_groups(rule, Measured(*sides))

    for groups in (20, 40, 200):
        yield from of_pairs(f"a function of the project, {groups} groups", partial(draw, groups), trials)


def _sliced(slices: int, trials: int) -> Iterator[Row]:
    world = worlds.labelled(_APART, 0.02)
    rule = replace(world.rule, slice_margin=_LOST)

    def draw(random: Random, worse: bool) -> list[Comparison]:
        return in_slices(rule, world.draw(random, _SLICED, worse), slices)

    yield from of_many(f"accuracy, {_SLICED:,} rows, {slices} slices", draw, trials)


def _one_slice(slices: int, lost: float, trials: int) -> Iterator[Row]:
    """Yield rows of the table: the worse model loses its margin in one slice, and equals the other elsewhere."""
    rule = MetricRule("accuracy", higher=True, margin=0.02, slice_margin=_LOST)

    def draw(random: Random, worse: bool) -> list[Comparison]:
        there = (np.arange(_SLICED) % slices == 0) & worse
        losing, winning = (np.where(there, share, _APART / 2) for share in (lost, lost - _LOST))
        place = random.random(_SLICED)
        lose, win = place < losing, place > 1 - winning
        return in_slices(rule, _answered(random, ~win & ~lose & (random.random(_SLICED) < 0.1), lose, win), slices)

    yield from of_many(f"accuracy, {_SLICED:,} rows, worse in one of {slices} slices alone", draw, trials)


def _one_slice_of_numbers(trials: int) -> Iterator[Row]:
    """Yield rows of the table: the worse model has larger errors in one slice, and equals the other elsewhere."""
    rows, slices, usual, large = 1000, 10, 0.3, 0.8
    margin = math.sqrt(2 / math.pi) * (math.hypot(1, large) - math.hypot(1, usual))
    rule = MetricRule("mae", higher=False, margin=margin, slice_margin=margin)

    def draw(random: Random, worse: bool) -> list[Comparison]:
        target, errors = random.normal(0, 2, rows), random.normal(size=rows)
        noise = np.where((np.arange(rows) % slices == 0) & worse, large, usual) * random.normal(size=rows)
        candidate, champion = (target + error for error in (errors + noise, errors * math.hypot(1, usual)))
        sides = (Truth(rows, numbers=target), Answers(numbers=candidate), Answers(numbers=champion))
        return in_slices(rule, sides, slices)

    yield from of_many(f"mae, {rows:,} rows, worse in one of {slices} slices alone", draw, trials)


def _answered(random: Random, both: Flags, candidate: Flags, champion: Flags) -> Sides:
    """Return an evaluation set and the labels of two models: rows that the one, the other or both get wrong."""
    target = (random.random(len(both)) < 0.5).astype(np.int32)
    sides = [Answers(labels=np.where(wrong | both, 1 - target, target).astype(np.int32))
             for wrong in (candidate, champion)]  # fmt: skip
    return Truth(len(both), labels=target, words=("0", "1")), sides[0], sides[1]


def in_slices(rule: MetricRule, sides: Sides, slices: int) -> list[Comparison]:
    """Return the comparisons of the whole set, and of each slice if there are several."""
    truth, candidate, champion = sides
    compared = [comparison.compare(rule, "", *sides)]
    for number in range(slices if slices > 1 else 0):
        keep = np.arange(truth.rows) % slices == number
        models = (candidate.take(keep), champion.take(keep))
        compared.append(comparison.compare(rule, f"part={number}", truth.take(keep), *models))
    return compared


def _wrong(random: Random, champion: Flags, lost: float) -> Flags:
    """Return where a candidate is wrong that loses this share of all rows, and disagrees on `_APART` of them."""
    flipped = np.where(champion, (_APART - lost) / _WRONG, lost / (1 - _WRONG))
    return champion ^ (random.random(len(champion)) < flipped)


def candidates(random: Random, rows: int, margins: Sequence[float]) -> list[Comparison]:
    """Return the comparisons of candidates with one champion on one set; each loses its margin, and may win it back."""
    rule = MetricRule("accuracy", higher=True, margin=0.01)
    champion = random.random(rows) < _WRONG
    target = (random.random(rows) < 0.5).astype(np.int32)
    truth = Truth(rows, labels=target, words=("0", "1"))
    sides = [
        Answers(labels=np.where(wrong, 1 - target, target).astype(np.int32))
        for wrong in (champion, *(_wrong(random, champion, (_APART + margin) / 2) for margin in margins))
    ]
    return [comparison.compare(rule, "", truth, side, sides[0]) for side in sides[1:]]


def _looks(trials: int) -> Iterator[Row]:
    """Yield what becomes of twenty candidates, one after the other, on one set with one champion.

    Of worse ones, it counts sets on which any passes; of equal ones, each candidate.
    """
    name = f"accuracy, 2,000 rows, {LOOKS} looks"
    asked: dict[str, Callable[[list[Comparison], int], str]] = {
        f"{gates.KIT} --look": lambda one, look: gates.kit(one, pass_alpha(look)),
        gates.KIT: lambda one, _look: gates.kit(one, ALPHA),
        gates.AT_LEAST: lambda one, _look: gates.at_least(one),
        gates.THRESHOLD: lambda one, _look: gates.threshold(one),
    }
    said = {gate: (Counter[str](), Counter[str]()) for gate in asked}
    for worse in (False, True):
        random = seeded(name, worse=worse)
        for _ in range(trials):
            compared = candidates(random, 2000, [0.01 * worse] * LOOKS)
            for gate, ask in asked.items():
                answers = [ask([one], look) for look, one in enumerate(compared, 1)]
                said[gate][worse].update(answers if not worse else [gates.PASS if gates.PASS in answers else "none"])
    for gate, (equal, losing) in said.items():
        yield Row(name, gate, equal, losing)


def _chosen(trials: int) -> Iterator[Row]:
    """Yield rows of the table: of some candidates, the one that is best on other rows is judged on the evaluation set.

    The worse ones lose at least the margin: the first loses just that, and each of the others a tenth of it more.
    """

    def draw(random: Random, worse: bool) -> list[Comparison]:
        margins = [0.01 * worse * (1 + number / 10) for number in range(CHOSEN)]
        tried = [one.difference for one in candidates(random, 2000, margins)]
        return candidates(random, 2000, [margins[int(np.argmax(tried))]])

    yield from of_many(f"accuracy, 2,000 rows, the best of {CHOSEN} on 2,000 other rows", draw, trials)
