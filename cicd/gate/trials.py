"""A metric for each trial of a model, to see how much it varies."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cicd.gate.rows import Answers, Truth
    from cicd.gate.rules import MetricRule


def values(rule: MetricRule, truth: Truth, answers: Answers) -> list[float]:
    """Return the metric's value for each trial, on the rows that the trial has."""
    assert answers.trial is not None
    row = np.arange(truth.rows) if answers.row is None else answers.row
    result = []
    for code in np.unique(answers.trial):
        chosen = np.flatnonzero(answers.trial == code)
        chosen = chosen[np.argsort(row[chosen])]
        keep = np.zeros(truth.rows, np.bool_)
        keep[row[chosen]] = True
        columns = {field.name: getattr(answers, field.name) for field in fields(answers)}
        some = {name: None if column is None else column[chosen] for name, column in columns.items()}
        estimate = rule.metric.compute(truth.take(keep), replace(answers, **{**some, "row": None}), **rule.options)
        result.append(float(estimate.value))
    return result
