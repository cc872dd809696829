"""Turn the columns of both files into what metrics need: labels, numbers, probabilities, the positive class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cicd.errors import UsageError
from cicd.gate import metrics, table
from cicd.gate.rows import Answers, Truth
from cicd.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cicd.gate.rows import Distinct, Flags, Numbers
    from cicd.gate.rules import Rules
    from cicd.gate.table import Table

POSITIVE = ("1", "1.0", "true", "yes")
"""Labels of the positive class that `--positive` need not name."""
_NEGATIVE = ("0", "0.0", "false", "no")
"""Labels that leave no doubt that no row is positive."""


def typed(
    files: Sequence[Table], rows: Sequence[Distinct], places: Sequence[NDArray[np.intp]], rules: Rules
) -> tuple[Truth, list[Answers]]:
    """Return the truth and each model's answers, in the order of the candidate's rows.

    `places` holds, for each file and each row of the candidate, the place of the same id in that file's `rows`.
    """
    file, first = files[0], rows[0].first
    predicted = [file.labels["prediction"] for file in files if "prediction" in file.labels]
    target, words, recoded = _one_coding(file.labels.get("target"), predicted)
    if rules.needs(metrics.LABELS, metrics.POSITIVE):
        for model in files:
            _refuse_fractions(file.labels["target"], model)
    group, weights = file.labels.get("group"), file.numbers.get("weight")
    truth = Truth(
        len(rows[0].ids),
        labels=None if target is None else target[first],
        words=words,
        positive=_positive(words, target, rules)[first] if _needs_positive(rules) and target is not None else None,
        numbers=_target_numbers(file, first, rules),
        weights=None if weights is None or _alike(_weights(file, weights)) else weights[first],
        groups=None if group is None else _groups(group.codes[first], rules),
    )
    answers = []
    for index, (model, distinct) in enumerate(zip(files, rows, strict=True)):
        order = _order(distinct, places[index])
        row = None if distinct.row is None else np.argsort(places[index])[distinct.row]
        labels = recoded[index][order] if recoded else None
        trial = model.labels.get("trial")
        answers.append(
            Answers(
                labels=labels,
                positive=_called(words, labels, rules),
                numbers=_numbers(model, "prediction", order) if rules.needs(metrics.NUMBERS, metrics.QUERIES) else None,
                probabilities=_probabilities(model, order) if rules.needs(metrics.PROBABILITIES) else None,
                scores=_numbers(model, "score", order) if rules.needs(metrics.SCORES) else None,
                row=row,
                trial=None if trial is None else trial.codes[order],
            )
        )
    return truth, answers


def _order(rows: Distinct, places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the order of a file's answers: the candidate's if each row has one answer, else the file's."""
    return rows.first[places] if rows.row is None else np.arange(len(rows.row))


def _one_coding(
    target: table.Labels | None, predicted: Sequence[table.Labels]
) -> tuple[NDArray[np.int32] | None, tuple[str, ...], list[NDArray[np.int32]]]:
    """Return codes of targets and predictions from one list of words; if all are numbers, `1` equals `1.0`."""
    if target is None:
        return None, (), []
    columns = [target, *predicted]
    numeric = all(table.is_number(word) for column in columns for word in column.words)
    codes: dict[object, int] = {}
    words: list[str] = []
    coded = []
    for column in columns:
        mapped = []
        for word in column.words:
            key: object = float(word) if numeric else word
            if key not in codes:
                codes[key] = len(words)
                words.append(word)
            mapped.append(codes[key])
        coded.append(np.array(mapped, np.int32)[column.codes])
    return coded[0], tuple(words), coded[1:]


def _refuse_fractions(target: table.Labels, model: Table) -> None:
    """Refuse fractions, which are probabilities, in predictions of labels that are whole numbers."""
    if not all(_whole(word) for word in target.words):
        return
    column = model.labels["prediction"]
    for code, word in enumerate(column.words):
        if table.is_number(word) and not _whole(word):
            raise UsageError(
                f"{model.place(int(np.flatnonzero(column.codes == code)[0]), 'prediction')}: '{visible(word)}' is "
                "not a label of the target, whose labels are whole numbers.",
                f"Write the predicted label there, and a probability into the column '{model.named('probability')}'.",
            )


def _whole(word: str) -> bool:
    return table.is_number(word) and float(word).is_integer()


def _needs_positive(rules: Rules) -> bool:
    return rules.needs(metrics.POSITIVE, metrics.PROBABILITIES)


def _positive_code(words: Sequence[str], rules: Rules) -> int:
    wanted = (rules.positive,) if rules.positive else POSITIVE
    for code, word in enumerate(words):
        if word in wanted or (not rules.positive and word.lower() in wanted):
            return code
    if table.is_number(rules.positive):
        values = {float(word): code for code, word in enumerate(words) if table.is_number(word)}
        if float(rules.positive) in values:
            return values[float(rules.positive)]
    if not rules.positive and all(word.lower() in _NEGATIVE for word in words):
        return -1
    some = ", ".join(visible(word, 40) for word in words[:10])
    if rules.positive:
        raise UsageError(
            f"No row has the positive class '{visible(rules.positive, 40)}': the labels are {some}.",
            "Name one of them: --positive LABEL",
        )
    raise UsageError(f"The positive class is not known: the labels are {some}.", "Name it: --positive LABEL")


def _positive(words: Sequence[str], target: NDArray[np.int32], rules: Rules) -> Flags:
    return np.equal(target, _positive_code(words, rules))


def _called(words: Sequence[str], labels: NDArray[np.int32] | None, rules: Rules) -> Flags | None:
    if labels is None or not rules.needs(metrics.POSITIVE):
        return None
    return np.equal(labels, _positive_code(words, rules))


def _alike(weights: Numbers) -> bool:
    return bool((weights == weights[0]).all())


def _groups(codes: NDArray[np.int32], rules: Rules) -> NDArray[np.int32] | None:
    """Return the groups; None if every group is a single row. Queries are always returned."""
    single = len(np.unique(codes)) == len(codes) and not rules.needs(metrics.QUERIES)
    return None if single else codes


def _weights(file: Table, weights: Numbers) -> Numbers:
    wrong = np.flatnonzero(weights < 0)
    if len(wrong):
        raise UsageError(f"{file.place(int(wrong[0]), 'weight')} is negative.", "Weights are 0 or more.")
    if not weights.any():
        raise UsageError(f"All weights of {file.file} are 0.", "Leave the column out, or give rows a weight.")
    return weights


def _target_numbers(file: Table, first: NDArray[np.intp], rules: Rules) -> Numbers | None:
    if not rules.needs(metrics.NUMBERS, metrics.QUERIES):
        return None
    values = _numbers(file, "target", first)
    if rules.needs(metrics.QUERIES) and (values < 0).any():
        row = int(first[np.flatnonzero(values < 0)[0]])
        raise UsageError(f"{file.place(row, 'target')} is negative.", "A relevance is 0 or more.")
    return values


def _numbers(file: Table, name: str, order: NDArray[np.intp]) -> Numbers:
    """Return a column as numbers, even if it was read as labels."""
    if name in file.numbers:
        return file.numbers[name][order]
    column = file.labels[name]
    for code, word in enumerate(column.words):
        if not table.is_number(word):
            table.numbers(
                [word], file.file, int(np.flatnonzero(column.codes == code)[0]) + file.first_row, file.named(name)
            )
    return np.array([float(word) for word in column.words])[column.codes[order]]


def _probabilities(file: Table, order: NDArray[np.intp]) -> Numbers:
    name = "probability" if "probability" in file.numbers else "prediction"
    if name not in file.numbers and name not in file.labels:
        raise UsageError(
            f"{file.file} has no column '{file.named('probability')}', which a metric needs.",
            "Write the probability of the positive class there.",
        )
    values = _numbers(file, name, order)
    wrong = np.flatnonzero((values < 0) | (values > 1))
    if len(wrong):
        raise UsageError(
            f"{file.place(int(order[wrong[0]]), name)}: {values[wrong[0]]:g} is not a probability.",
            "Write the probability of the positive class, from 0 to 1.",
        )
    return values
