"""Run the checks of `cicd.gate.checks` on a candidate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from cicd.errors import UsageError
from cicd.gate import checks, comparison, metrics, naive, table, training_ids, trials, verdict
from cicd.gate.budget import ALPHA
from cicd.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cicd.gate.checks import Check
    from cicd.gate.comparison import Comparison
    from cicd.gate.pairing import Sample
    from cicd.gate.rows import Codes
    from cicd.gate.rules import Rules
    from cicd.gate.table import Table

EXAMPLES = 5
"""How many ids or labels a finding names."""
FLIPPED = 0.1
"""With a larger share of changed labels than this, G009 warns."""
PROMPT = 0.95
"""This share of the rows must be answered within the budget of latency."""
CALIBRATION = 0.02
"""With a calibration error that exceeds the champion's by more than this, G008 warns."""


class Status(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    WARNING = "warning"
    NOT_CHECKED = "not checked"
    SWITCHED_OFF = "switched off"


@dataclass(frozen=True)
class Finding:
    """How a check ended, and what it saw."""

    check: Check
    status: Status
    detail: str = ""


@dataclass(frozen=True)
class Case:
    """The data of the checks. `evaluation` is the candidate's file."""

    sample: Sample
    rules: Rules
    comparisons: Sequence[Comparison]
    evaluation: Table
    training: Table | None
    image_bytes: int | None = None
    """The size of the release image, if it was measured."""


def run(case: Case) -> list[Finding]:
    """Return how each check ended."""
    findings = []
    for code, check in checks.CHECKS.items():
        seen = _RUN[code](case)
        if code in case.rules.exempt:
            findings.append(Finding(check, Status.SWITCHED_OFF, case.rules.exempt[code]))
        elif seen is None:
            findings.append(Finding(check, Status.NOT_CHECKED))
        else:
            bad = Status.FAILED if check.fails else Status.WARNING
            findings.append(Finding(check, bad if seen else Status.PASSED, seen))
    return findings


def _training_overlap(case: Case) -> str | None:
    if case.training is None:
        return None
    trained = set(case.training.ids)
    hashed = all(map(training_ids.is_hash, trained))
    both = [name for name in case.sample.ids if (training_ids.hashed(name) if hashed else name) in trained]
    return f"{len(both):,} of {len(case.sample.ids):,} rows, such as {_some(both)}" if both else ""


def _training_later(case: Case) -> str | None:
    if case.training is None or any("time" not in file.labels for file in (case.training, case.evaluation)):
        return None
    trained, evaluated = _times(case.training), _times(case.evaluation)
    latest, earliest = max(trained, key=trained.__getitem__), min(evaluated, key=evaluated.__getitem__)
    if trained[latest] <= evaluated[earliest]:
        return ""
    return f"training ends at {visible(latest, 40)}, and evaluation begins at {visible(earliest, 40)}"


def _times(file: Table) -> dict[str, float]:
    """Return each time of a file as a number: seconds for ISO 8601, else the number itself."""
    column = file.labels["time"]
    times = {}
    for code, word in enumerate(column.words):
        try:
            times[word] = float(word) if table.is_number(word) else datetime.fromisoformat(word).timestamp()
        except (OverflowError, ValueError) as error:
            row = int(np.flatnonzero(column.codes == code)[0])
            raise UsageError(
                f"{file.place(row, 'time')}: '{visible(word)}' is neither a time nor a number.",
                "Write times in ISO 8601, such as 2024-05-01T12:00:00+00:00, or as numbers.",
            ) from error
    return times


def _constant(case: Case) -> str | None:
    answers = case.sample.candidate
    kinds = (answers.labels, answers.numbers, answers.probabilities)
    values = [column for column in kinds if column is not None]
    if not values:
        return None
    if case.sample.truth.rows > 1 and all(bool((column == column[0]).all()) for column in values):
        return "every row has the same prediction"
    return ""


def _foreign_labels(case: Case) -> str | None:
    truth, answers, champion = case.sample.truth, case.sample.candidate, case.sample.champion
    if truth.labels is None or answers.labels is None:
        return None
    known = _used(truth.labels)
    if champion is not None and champion.labels is not None:
        known |= _used(champion.labels)
    foreign = [truth.words[code] for code in sorted(_used(answers.labels) - known)]
    return f"{len(foreign)} labels, such as {_some(foreign)}" if foreign else ""


def _used(codes: Codes) -> set[int]:
    """Return the codes that a column has."""
    return set(np.flatnonzero(np.bincount(codes)).tolist())


def _worse_than_naive(case: Case) -> str | None:
    compared = []
    for rule in case.rules.metrics:
        constant = naive.answers(rule, case.sample.truth) if rule.metric.judged else None
        if constant is not None:
            compared.append(comparison.compare(rule, "", case.sample.truth, case.sample.candidate, constant))
    compared = [entry for entry in compared if not entry.why]
    if not compared:
        return None
    shown = verdict.holm([entry.gain.p_below(0.0) for entry in compared], ALPHA)
    return "; ".join(
        f"{entry.rule.name} is {entry.candidate:.4g}, that of the naive model {entry.champion:.4g}"
        for entry, worse in zip(compared, shown, strict=True)
        if worse
    )


_PERFECT = {"log_loss": 0.0, "brier": 0.0, "mae": 0.0, "rmse": 0.0, "pinball": 0.0}


def _perfect(case: Case) -> str | None:
    names = [
        entry.rule.name
        for entry in case.comparisons
        if not entry.slice and entry.rule.metric.judged and entry.rule.metric.needs not in (metrics.SCORES, metrics.OWN)
        and abs(entry.candidate - _PERFECT.get(entry.rule.name, 1.0)) < 1e-9  # noqa: PLR2004
    ]  # fmt: skip
    return f"{', '.join(names)}" if names else ""


def _thin_slices(case: Case) -> str | None:
    if not case.rules.slices:
        return None
    thin = dict.fromkeys(entry.slice for entry in case.comparisons if entry.slice and entry.why)
    return f"{len(thin)} slices, such as {_some(list(thin))}" if thin else ""


def _calibration(case: Case) -> str | None:
    sample = case.sample
    if sample.candidate.probabilities is None or sample.champion is None or sample.candidate.row is not None:
        return None
    compute = metrics.METRICS["calibration_error"].compute
    ours, theirs = (compute(sample.truth, answers).value for answers in (sample.candidate, sample.champion))
    return f"calibration error {ours:.3f}, the champion's {theirs:.3f}" if ours - theirs > CALIBRATION else ""


def _flipped(case: Case) -> str | None:
    ours, theirs = case.sample.candidate, case.sample.champion
    if theirs is None or ours.row is not None or ours.labels is None or theirs.labels is None:
        return None
    changed = np.flatnonzero(ours.labels != theirs.labels)
    share = len(changed) / case.sample.truth.rows
    if share <= FLIPPED:
        return ""
    words = case.sample.truth.words
    some = [
        f"{visible(case.sample.ids[row], 40)}: {visible(words[theirs.labels[row]], 40)} -> "
        f"{visible(words[ours.labels[row]], 40)}"
        for row in changed[:EXAMPLES]
    ]
    return f"{share:.1%} of the rows ({', '.join(some)})"


def _noisy_trials(case: Case) -> str | None:
    if case.sample.candidate.trial is None or case.sample.champion is None:
        return None
    noisy = []
    for entry in case.comparisons:
        if entry.slice or entry.rule.metric.needs == metrics.OWN:
            continue
        values = trials.values(entry.rule, case.sample.truth, case.sample.candidate)
        if len(values) > 1 and float(np.std(values, ddof=1)) > abs(entry.difference):
            noisy.append(f"{entry.rule.name} varies by {np.std(values, ddof=1):.3g} between {len(values)} trials")
    return "; ".join(noisy)


def _slow(case: Case) -> str | None:
    budget, seconds = case.rules.latency, case.evaluation.numbers.get("latency")
    if budget is None or seconds is None:
        return None
    if (wrong := np.flatnonzero(seconds < 0)).size:
        raise UsageError(f"{case.evaluation.place(int(wrong[0]), 'latency')} is negative.", "Write seconds.")
    slow = float(np.quantile(seconds, PROMPT))
    return f"95 of 100 rows take up to {slow:.3g} s, and may take {budget:g} s" if slow > budget else ""


def _large(case: Case) -> str | None:
    budget, size = case.rules.image_bytes, case.image_bytes
    if budget is None or size is None:
        return None
    return f"{size / 2**20:,.0f} MiB, and may have {budget / 2**20:,.0f} MiB" if size > budget else ""


def _some(names: Sequence[str]) -> str:
    return ", ".join(visible(name, 40) for name in names[:EXAMPLES])


_RUN: Mapping[str, Callable[[Case], str | None]] = {
    "G001": _training_overlap,
    "G002": _training_later,
    "G003": _constant,
    "G004": _foreign_labels,
    "G005": _worse_than_naive,
    "G006": _perfect,
    "G007": _thin_slices,
    "G008": _calibration,
    "G009": _flipped,
    "G010": _noisy_trials,
    "G011": _slow,
    "G012": _large,
}
