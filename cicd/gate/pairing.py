"""Join the files of candidate and champion by id; refuse files of different evaluation sets."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cicd.errors import UsageError
from cicd.gate import columns, digests, metrics, table
from cicd.gate.rows import ANSWERS, Distinct
from cicd.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cicd.gate.rows import Answers, Flags, Truth
    from cicd.gate.rules import Rules
    from cicd.gate.table import Table


@dataclass(frozen=True)
class Sample:
    """Both models' answers on one evaluation set.

    Args:
        ids: the ids of the rows.
        truth: targets, weights and groups of the rows.
        candidate: the candidate's answers.
        champion: the champion's answers; None for a first model.
        slices: the columns that divide the rows, by name.
        unchanged: whether both models answered the same everywhere.
        evaluation: SHA-256 of ids, targets, groups and weights, whatever their order.
        answers: SHA-256 of each model's answers.
        sketch: the smallest hashes of the ids.

    """

    ids: Sequence[str]
    truth: Truth
    candidate: Answers
    champion: Answers | None
    slices: Mapping[str, table.Labels]
    unchanged: bool
    evaluation: str
    answers: Mapping[str, str]
    sketch: str


def kinds(rules: Rules) -> tuple[dict[str, str], dict[str, str]]:
    """Return how to read the columns that a file must have, and those that it may have.

    Raises:
        UsageError: a slice names a column that has another use.

    """
    needed = {"id": table.ID}
    optional = {"group": table.LABEL, "weight": table.NUMBER, "trial": table.LABEL}
    labels = rules.needs(metrics.LABELS, metrics.POSITIVE)
    form = table.LABEL if labels or rules.needs(metrics.PROBABILITIES) else table.NUMBER
    if labels or rules.needs(metrics.PROBABILITIES, metrics.NUMBERS, metrics.QUERIES):
        needed["target"] = form
    if labels or rules.needs(metrics.NUMBERS, metrics.QUERIES):
        needed["prediction"] = table.LABEL if labels else table.NUMBER
    if rules.needs(metrics.SCORES):
        needed["score"] = table.NUMBER
    if rules.needs(metrics.QUERIES):
        needed["group"] = table.LABEL
    if rules.needs(metrics.OWN):
        optional |= {
            "target": table.LABEL,
            "prediction": table.LABEL,
            "probability": table.NUMBER,
            "score": table.NUMBER,
        }
    columns = [column for names in rules.slices for column in names]
    refused = [column for column in columns if rules.name(column) in ("id", "weight", *ANSWERS)]
    if refused:
        raise UsageError(
            f"The column '{refused[0]}' can't divide the rows into slices.",
            "Name another column that both files have: it must not be the id, the weight or a model's answer.",
        )
    needed.update(dict.fromkeys(map(rules.name, columns), table.LABEL))
    if rules.needs(metrics.PROBABILITIES):
        optional["probability"] = table.NUMBER
        optional.setdefault("prediction", table.NUMBER)
    return needed, {name: kind for name, kind in optional.items() if name not in needed}


def pair(candidate: Table, champion: Table | None, rules: Rules) -> Sample:
    """Return the sample of two files, in the order of the candidate's rows.

    Raises:
        UsageError: ids are repeated, or the files differ in rows, targets, groups, weights or slices.

    """
    if champion is not None:
        _same_columns(candidate, champion)
    if not {*candidate.labels, *candidate.numbers} & {*ANSWERS} - {"trial"}:
        raise UsageError(
            f"{candidate.file} has no predictions.", "Write a column 'prediction', 'probability' or 'score'."
        )
    files = [candidate] if champion is None else [candidate, champion]
    rows = [_rows(file, rules) for file in files]
    ids, first = rows[0].ids, rows[0]
    places = [np.arange(len(ids))]
    if champion is not None:
        places.append(_aligned(candidate, champion, rows[0], rows[1]))
        _same_values(candidate, champion, rows[0], rows[1], places[1])
    truth, answers = columns.typed(files, rows, places, rules)
    shared = {name: labels.take(first.first) for name, labels in candidate.labels.items() if name not in ANSWERS}
    slices = {name: shared[rules.name(name)] for names in rules.slices for name in names}
    ranked = digests.ranked(ids)
    predicted = [digests.of_answers(file, rows[index], places[index][ranked.order]) for index, file in enumerate(files)]
    return Sample(
        ids, truth, answers[0], answers[1] if champion is not None else None, slices,
        unchanged=champion is not None and predicted[0] == predicted[1],
        evaluation=digests.of_evaluation(candidate, first, ranked.order), sketch=ranked.sketch,
        answers=dict(zip(("candidate", "champion"), predicted, strict=False)),
    )  # fmt: skip


def _rows(file: Table, rules: Rules) -> Distinct:
    trial = file.labels.get("trial")
    if trial is not None:
        refused = next((rule.name for rule in rules.metrics if not rule.metric.trials), "")
        if refused:
            raise UsageError(
                f"{file.file} has a column 'trial', and {refused} takes one answer for each row.",
                "Leave the column out, or choose a metric that is a mean over rows.",
            )
    if len(set(file.ids)) == len(file.ids):
        return Distinct(file.ids, np.arange(len(file.ids)), None)
    if trial is None:
        seen: dict[str, int] = {}
        for position, name in enumerate(file.ids):
            if name in seen:
                raise UsageError(
                    f"{file.place(position, 'id')}: '{visible(name)}' stands in row {seen[name] + file.first_row} too.",
                    "Give each row its own id; for repeated answers to one row, add a column 'trial'.",
                )
            seen[name] = position
    codes: dict[str, int] = {}
    row = np.array([codes.setdefault(name, len(codes)) for name in file.ids], np.intp)
    assert trial is not None
    both = row * len(trial.words) + trial.codes
    values, counts = np.unique(both, return_counts=True)
    if len(values) < len(both):
        again = int(np.flatnonzero(both == values[counts > 1][0])[1])
        raise UsageError(
            f"{file.place(again, 'trial')}: '{visible(file.ids[again])}' has trial "
            f"'{visible(trial.words[trial.codes[again]])}' twice.",
            "Give each answer its own trial.",
        )
    first = np.unique(row, return_index=True)[1]
    same = Distinct(list(codes), first, row)
    _same_within(file, same)
    return same


def _same_within(file: Table, rows: Distinct) -> None:
    """Refuse trials of one id that differ in its target, group, weight or slices."""
    assert rows.row is not None
    for name, values in _shared(file).items():
        wrong = np.flatnonzero(values != values[rows.first][rows.row])
        if len(wrong):
            raise UsageError(
                f"{file.place(int(wrong[0]), name)} differs from another row of id '{visible(file.ids[wrong[0]])}'.",
                "All trials of an id must have the same values there.",
            )


def _shared(file: Table) -> dict[str, NDArray[np.generic]]:
    """Return the columns that describe the rows: all but the model's answers."""
    shared: dict[str, NDArray[np.generic]] = {
        name: values for name, values in file.numbers.items() if name not in ANSWERS
    }
    shared.update((name, labels.codes) for name, labels in file.labels.items() if name not in ANSWERS)
    return shared


def _same_columns(candidate: Table, champion: Table) -> None:
    for name in ("group", "weight", *ANSWERS):
        have = [name in file.labels or name in file.numbers for file in (candidate, champion)]
        if have[0] != have[1]:
            with_it, without = (candidate, champion) if have[0] else (champion, candidate)
            raise UsageError(
                f"{with_it.file} has a column '{with_it.named(name)}', {without.file} has none.",
                "Write both files in the same way.",
            )


def _aligned(candidate: Table, champion: Table, left: Distinct, right: Distinct) -> NDArray[np.intp]:
    """Return, for each row of the candidate, the champion's row with the same id."""
    if left.ids == right.ids:
        return np.arange(len(left.ids))
    places = dict(zip(right.ids, range(len(right.ids)), strict=True))
    with suppress(KeyError):
        aligned = np.fromiter(map(places.__getitem__, left.ids), np.intp, len(left.ids))
        if len(left.ids) == len(right.ids):
            return aligned
    for file, other, rows, known in (
        (candidate, champion, left, places),
        (champion, candidate, right, set(left.ids)),
    ):
        for place, name in zip(rows.first, rows.ids, strict=True):
            if name not in known:
                raise UsageError(
                    f"{file.place(int(place), 'id')}: '{visible(name)}' is not in {other.file}.",
                    "Let both models predict the same rows.",
                )
    raise AssertionError(places)


def _same_values(candidate: Table, champion: Table, left: Distinct, right: Distinct, places: NDArray[np.intp]) -> None:
    """Refuse files of different evaluation sets."""
    theirs = right.first[places]
    for name in _shared(candidate):
        if name in candidate.numbers:
            wrong = candidate.numbers[name][left.first] != champion.numbers[name][theirs]
        else:
            mine, others = candidate.labels[name].take(left.first), champion.labels[name].take(theirs)
            codes = {word: code for code, word in enumerate(mine.words)}
            wrong = mine.codes != np.array([codes.get(word, -1) for word in others.words], np.int32)[others.codes]
            if wrong.any():
                wrong &= ~_equal_numbers(mine, others)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise UsageError(
                f"{candidate.place(int(left.first[row]), name)} differs from "
                f"{champion.place(int(theirs[row]), name)}: these are not the same evaluation set.",
                "Let both models predict the same rows of the same data.",
            )


def _equal_numbers(mine: table.Labels, others: table.Labels) -> Flags:
    """Return where two columns hold the same number, also if written differently, such as `1` and `1.0`."""
    values = [
        np.array([float(word) if table.is_number(word) else np.nan for word in column.words])[column.codes]
        for column in (mine, others)
    ]
    equal: Flags = values[0] == values[1]
    return equal
