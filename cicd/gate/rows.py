"""A metric's input and result: the truth of the rows, a model's answers, and the estimate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Codes = NDArray[np.int32]
    Flags = NDArray[np.bool_]

ANSWERS = ("prediction", "probability", "score", "trial")
"""Columns in which two models may differ."""

Scalar = TypeVar("Scalar", bound="np.generic")


@dataclass(frozen=True)
class Truth:
    """What is known of the rows, without a model. What no metric needs is None.

    `labels` are codes of the words `words`; `positive` marks the rows of the positive class; `groups` are codes, None
    if each row is a group of its own; `weights` is None if all rows weigh the same.
    """

    rows: int
    labels: Codes | None = None
    words: tuple[str, ...] = ()
    positive: Flags | None = None
    numbers: Numbers | None = None
    weights: Numbers | None = None
    groups: Codes | None = None

    def take(self, keep: Flags) -> Truth:
        """Return the truth of the rows where `keep` is true."""
        return replace(
            self, rows=int(np.count_nonzero(keep)), labels=_take(self.labels, keep),
            positive=_take(self.positive, keep),
            numbers=_take(self.numbers, keep), weights=_take(self.weights, keep), groups=_take(self.groups, keep),
        )  # fmt: skip

    @property
    def weight(self) -> Numbers:
        """Return the weight of each row."""
        return np.ones(self.rows) if self.weights is None else self.weights


@dataclass(frozen=True)
class Answers:
    """What one model answered. What no metric needs is None.

    `row` is the row that each answer belongs to, None if each row has one answer, in order; `trial` is the code of the
    trial that gave it.
    """

    labels: Codes | None = None
    positive: Flags | None = None
    numbers: Numbers | None = None
    probabilities: Numbers | None = None
    scores: Numbers | None = None
    row: NDArray[np.intp] | None = None
    trial: Codes | None = None

    def take(self, keep: Flags) -> Answers:
        """Return the answers of the rows where `keep` is true."""
        row, chosen = self.row, keep
        if self.row is not None:
            chosen = keep[self.row]
            row = (np.cumsum(keep) - 1)[self.row[chosen]]
        return Answers(
            _take(self.labels, chosen), _take(self.positive, chosen), _take(self.numbers, chosen),
            _take(self.probabilities, chosen), _take(self.scores, chosen), row, _take(self.trial, chosen),
        )  # fmt: skip


@dataclass(frozen=True)
class Estimate:
    """A metric's value for one model, and how much each unit moves it. A unit is a row; for a ranking, a query.

    Args:
        value: the metric's value; NaN if it is not defined on these rows.
        influence: the influence value of each unit: one more such unit adds about this, divided by all units.
        parts: a number for each unit; two models agree on a unit if their parts are equal.
        truth: weights and groups of the units.
        counted: whether each unit counts for the value; None if all do.
        mean: whether the value is the mean of the parts of the units that count.

    """

    value: float
    influence: Numbers
    parts: Numbers
    truth: Truth
    counted: Flags | None = None
    mean: bool = False

    @property
    def counts(self) -> Flags:
        """Return whether each unit counts for the value."""
        return np.ones(len(self.parts), np.bool_) if self.counted is None else self.counted


@dataclass(frozen=True)
class Distinct:
    """The distinct ids of a file, the first answer to each, and the id that each answer belongs to.

    `first` are places in the file. `row` are places in `ids`, None if each id has one answer.
    """

    ids: Sequence[str]
    first: NDArray[np.intp]
    row: NDArray[np.intp] | None


def sums(places: NDArray[np.integer[Any]], values: Numbers) -> Numbers:
    """Return the sum of the values that have the same place, for each place from 0 to the last."""
    return np.bincount(places, values).astype(np.float64)


def _take(values: NDArray[Scalar] | None, keep: Flags) -> NDArray[Scalar] | None:
    return None if values is None else values[keep]
