"""Evaluation sets of two models whose true difference is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from cicd.gate.metrics import means
from cicd.gate.rows import Answers, Truth
from cicd.gate.rules import MetricRule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from numpy.typing import NDArray

    Random = np.random.Generator
    Sides = tuple[Truth, Answers, Answers]
    Numbers = NDArray[np.float64]

ICC = 0.1
"""The share of the variance that rows of a group have in common."""
ROWS_A_GROUP = 50
ROWS_A_QUERY = 10
_PREVALENCE, _SIGNAL, _APART, _GAP = 0.3, 2.0, 0.2, 0.12
_MANY, _DRAWS = 400_000, 64


@dataclass(frozen=True)
class World:
    """A kind of evaluation set.

    Args:
        rule: the metric; its margin is the true loss of the worse candidate.
        draw: from a random generator, a number of rows and whether the candidate is worse, to truth, candidate and
            champion.

    """

    rule: MetricRule
    draw: Callable[[Random, int, bool], Sides]


def labelled(disagreement: float, margin: float, *, grouped: bool = False) -> World:
    """Return a world of labels: of the rows on which the models differ, a worse candidate loses more than it wins."""

    def draw(random: Random, rows: int, worse: bool) -> Sides:
        lost = (disagreement + (margin if worse else 0.0)) / 2
        won = disagreement - lost
        place = special.ndtr(_noise(random, rows, grouped=grouped))
        lose, win = place < lost, place > 1 - won
        both = ~(lose | win) & (random.random(rows) < 0.1)
        target = (random.random(rows) < 0.5).astype(np.int32)
        truth = Truth(rows, labels=target, words=("0", "1"), groups=_groups(rows) if grouped else None)
        candidate, champion = (np.where(wrong | both, 1 - target, target).astype(np.int32) for wrong in (lose, win))
        return truth, Answers(labels=candidate), Answers(labels=champion)

    return World(MetricRule("accuracy", higher=True, margin=margin), draw)


def passed_or_failed(disagreement: float, margin: float) -> World:
    """Return a world of scores of 0 or 1: the labels that are right in a world of labels."""
    inner = labelled(disagreement, margin)

    def draw(random: Random, rows: int, worse: bool) -> Sides:
        truth, *sides = inner.draw(random, rows, worse)
        candidate, champion = (Answers(scores=means.accuracy(truth, side).parts) for side in sides)
        return Truth(rows), candidate, champion

    return World(MetricRule("score", higher=True, margin=margin), draw)


def binary(name: str, *, grouped: bool = False) -> World:
    """Return a world of probabilities and labels of a binary target; a worse candidate sees a weaker signal."""
    higher = name not in ("log_loss", "brier")
    return _with_margin(MetricRule(name, higher=higher), _binary, grouped=grouped)


def numeric(name: str, *, grouped: bool = False, options: Mapping[str, float] | None = None) -> World:
    """Return a world of numbers; the errors of a worse candidate are larger."""
    return _with_margin(MetricRule(name, higher=name == "r2", options=options or {}), _numeric, grouped=grouped)


def ranked(name: str) -> World:
    """Return a world of queries with `ROWS_A_QUERY` rows; a worse candidate sees less of the relevance."""
    return _with_margin(MetricRule(name, higher=True), _ranked, grouped=False)


def graded(*, grouped: bool = False) -> World:
    """Return a world of scores between 0 and 1; a worse candidate has lower ones."""
    return _with_margin(MetricRule("score", higher=True), _graded, grouped=grouped)


def _with_margin(rule: MetricRule, draw: Callable[..., Any], *, grouped: bool) -> World:
    def bound(random: Random, rows: int, worse: bool) -> Sides:
        result: Sides = draw(random, rows, worse, grouped=grouped)
        return result

    margin = _true_loss(rule.name, draw, rule.sign, tuple(rule.options.items()))
    return World(replace(rule, margin=margin), bound)


@cache
def _true_loss(name: str, draw: Callable[..., Any], sign: int, options: tuple[tuple[str, float], ...]) -> float:
    """Return by how much the worse candidate is worse: the mean of draws of very many rows.

    A margin that one draw says is wrong by a tenth of the deviation that 2,000 rows have, and would let pass a fifth
    more of the worse candidates, or less.
    """
    random, compute = np.random.default_rng(99), MetricRule(name, higher=True).metric.compute
    losses = []
    for _ in range(_DRAWS):
        truth, candidate, champion = draw(random, _MANY, True, grouped=False)
        values = [compute(truth, side, **dict(options)).value for side in (champion, candidate)]
        losses.append(sign * (values[0] - values[1]))
    return float(np.mean(losses))


def _binary(random: Random, rows: int, worse: bool, *, grouped: bool) -> Sides:
    positive = random.random(rows) < _PREVALENCE
    together = random.normal(size=rows) * np.sqrt(1 - _APART)
    sides = []
    for signal in (_SIGNAL - (_GAP if worse else 0.0), _SIGNAL):
        score = signal * positive + together + np.sqrt(_APART) * _noise(random, rows, grouped=grouped)
        logit = signal * score - signal**2 / 2 + np.log(_PREVALENCE / (1 - _PREVALENCE))
        called = logit > 0
        sides.append(Answers(labels=called.astype(np.int32), positive=called, probabilities=special.expit(logit)))
    truth = Truth(
        rows, labels=positive.astype(np.int32), words=("0", "1"), positive=positive,
        groups=_groups(rows) if grouped else None,
    )  # fmt: skip
    return truth, sides[0], sides[1]


def _numeric(random: Random, rows: int, worse: bool, *, grouped: bool) -> Sides:
    target = random.normal(0, 2, rows)
    together = random.standard_t(5, rows) * np.sqrt(1 - _APART)
    sides = [
        Answers(numbers=target + scale * (together + np.sqrt(_APART) * _noise(random, rows, grouped=grouped)))
        for scale in (1.05 if worse else 1.0, 1.0)
    ]
    return Truth(rows, numbers=target, groups=_groups(rows) if grouped else None), sides[0], sides[1]


def _ranked(random: Random, rows: int, worse: bool, *, grouped: bool) -> Sides:
    relevance = random.choice(4, rows, p=(0.6, 0.2, 0.1, 0.1)).astype(float)
    together = random.normal(size=rows) * np.sqrt(1 - _APART)
    sides = [
        Answers(numbers=signal * relevance + together + np.sqrt(_APART) * random.normal(size=rows))
        for signal in (0.9 if worse else 1.0, 1.0)
    ]
    return Truth(rows, numbers=relevance, groups=(np.arange(rows) // ROWS_A_QUERY).astype(np.int32)), sides[0], sides[1]


def _graded(random: Random, rows: int, worse: bool, *, grouped: bool) -> Sides:
    together = 1 + random.normal(size=rows)
    sides = [
        Answers(scores=special.expit(together - lost + 0.7 * _noise(random, rows, grouped=grouped)))
        for lost in (0.15 if worse else 0.0, 0.0)
    ]
    return Truth(rows, groups=_groups(rows) if grouped else None), sides[0], sides[1]


def _noise(random: Random, rows: int, *, grouped: bool) -> Numbers:
    """Return standard normal values; in groups, with `ICC` of their variance in common."""
    if not grouped:
        return random.normal(size=rows)
    groups = _groups(rows)
    shared = random.normal(size=int(groups[-1]) + 1)[groups]
    noise: Numbers = np.sqrt(ICC) * shared + np.sqrt(1 - ICC) * random.normal(size=rows)
    return noise


def _groups(rows: int) -> NDArray[np.int32]:
    return (np.arange(rows) // ROWS_A_GROUP).astype(np.int32)
