"""Metrics of rankings: the mean over queries. A query is a group of rows; one without a relevant row is left out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cicd.gate.rows import Estimate, Truth, sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cicd.gate.rows import Answers, Numbers


def ndcg(truth: Truth, answers: Answers, depth: int | None = None) -> Estimate:
    """Return the mean normalised discounted cumulative gain; rows with one score share their gains."""
    assert truth.numbers is not None
    assert answers.numbers is not None
    query = _queries(truth)
    reached = _discounted(query, answers.numbers, truth.numbers, depth)
    best = _discounted(query, truth.numbers, truth.numbers, depth)
    return _mean(reached, best)


def mean_average_precision(truth: Truth, answers: Answers) -> Estimate:
    """Return the mean of the queries' average precisions; a row is relevant if its target is above 0."""
    assert truth.numbers is not None
    assert answers.numbers is not None
    query = _queries(truth)
    order = np.lexsort((-answers.numbers, query))
    sorted_query, relevant = query[order], (truth.numbers[order] > 0).astype(float)
    scores = answers.numbers[order]
    first = np.searchsorted(sorted_query, sorted_query)
    rank = np.arange(len(order)) - first + 1
    total = np.cumsum(relevant)
    hits = total - (total[first] - relevant[first])
    # Rows with one score are called together: each has the precision at the last of them.
    last = _last_of_ties(sorted_query, scores)
    precision = hits[last] / rank[last]
    return _mean(sums(sorted_query, relevant * precision), sums(sorted_query, relevant))


def _queries(truth: Truth) -> NDArray[np.intp]:
    assert truth.groups is not None
    return np.unique(truth.groups, return_inverse=True)[1]


def _discounted(query: NDArray[np.intp], scores: Numbers, gains: Numbers, depth: int | None) -> Numbers:
    """Return each query's discounted gain in the order of the scores; ties share the mean of their gains."""
    order = np.lexsort((-scores, query))
    sorted_query, sorted_scores, sorted_gains = query[order], scores[order], gains[order]
    first = np.searchsorted(sorted_query, sorted_query)
    rank = np.arange(len(order)) - first
    discount = 1 / np.log2(rank + 2.0)
    if depth is not None:
        discount[rank >= depth] = 0.0
    tie = np.cumsum(
        np.concatenate([[False], (sorted_query[1:] != sorted_query[:-1]) | (sorted_scores[1:] != sorted_scores[:-1])])
    )
    shared = (sums(tie, sorted_gains) / np.bincount(tie))[tie]
    return sums(sorted_query, shared * discount)


def _last_of_ties(query: NDArray[np.intp], scores: Numbers) -> NDArray[np.intp]:
    ends = np.concatenate([(query[1:] != query[:-1]) | (scores[1:] != scores[:-1]), [True]])
    positions = np.flatnonzero(ends)
    return positions[np.searchsorted(positions, np.arange(len(query)))]


def _mean(reached: Numbers, best: Numbers) -> Estimate:
    """Return the mean, over the queries, of the value that a model reached as a share of the best possible."""
    possible = best > 0
    units = Truth(int(np.count_nonzero(possible)), groups=np.arange(np.count_nonzero(possible), dtype=np.int32))
    values = reached[possible] / best[possible]
    if not units.rows:
        return Estimate(math.nan, values, values, units)
    value = float(values.mean())
    return Estimate(value, values - value, values, units, mean=True)
