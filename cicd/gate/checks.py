"""Checks of method: what makes a comparison worthless, or worth a second look. Each has a code."""

from __future__ import annotations

from dataclasses import dataclass

from cicd.errors import UsageError
from cicd.gate import intervals
from cicd.text import visible


@dataclass(frozen=True)
class Check:
    """A check. `fails`: whether what it detects fails the candidate, or is a warning."""

    code: str
    title: str
    fails: bool
    explanation: str
    remedy: str


CHECKS = {
    check.code: check
    for check in (
        Check(
            "G001", "evaluation rows that the training data has too", True,
            "A model remembers rows that it was trained on. Its value on them says nothing about new rows.",
            "Take these ids out of one of the two sets, and train again.",
        ),
        Check(
            "G002", "training rows that are later than evaluation rows", True,
            "In use, a model predicts what comes after its training. Trained on later rows, it knows too much.",
            "Split by time, or switch the check off if time does not matter for these rows.",
        ),
        Check(
            "G003", "constant predictions", True,
            "A model that answers every row alike has learned nothing, or its answers were lost on the way.",
            "Look at how the predictions were written, then at the training.",
        ),
        Check(
            "G004", "labels that the target does not have", True,
            "A label that neither the target nor the champion's predictions have points to another coding.",
            "Use one coding of the labels for training, evaluation and serving.",
        ),
        Check(
            "G005", "worse than the naive model", True,
            "The naive model answers every row with the most frequent label, the mean, the median or the base rate. "
            "A model that is shown worse is of no use.",
            "Look at the metric's direction, at the target, and at the training.",
        ),
        Check(
            "G006", "a perfect score", False,
            "Real data has noise. A perfect value mostly means that the target is among the features.",
            "Look for a feature that is known only after the target.",
        ),
        Check(
            "G007", "slices with too few rows", False,
            f"Under {intervals.LEAST} groups, rows, or rows of the rarer class, a slice can't show its margin.",
            "Add rows of these slices to the evaluation set, or take the column out of the slices.",
        ),
        Check(
            "G008", "calibration that got worse", False,
            "Probabilities that do not match frequencies mislead whoever acts on them, even if the labels are right.",
            "Calibrate the model, or choose the threshold anew.",
        ),
        Check(
            "G009", "many predictions that changed", False,
            "Two models with equal accuracy can differ on many rows. People who use them see every change.",
            "Look at the examples. If they are wanted, nothing is to be done.",
        ),
        Check(
            "G010", "trials that vary more than the gain", False,
            "The trials of one model differ by more than the two models do. Another seed could turn the result.",
            "Run more trials, or fix the seed.",
        ),
        Check(
            "G011", "latency over budget", True,
            "A model that answers too late is of no use, however good its answers are.",
            "Write how many seconds each row took into a column 'latency', and look at where the time goes.",
        ),
        Check(
            "G012", "release image over budget", True,
            "A large image starts late and fills disks.",
            "Take out what the release does not need: tools, caches, packages of the tests.",
        ),
    )
}  # fmt: skip


def explain(code: str) -> Check:
    """Return a check by its code.

    Raises:
        UsageError: no check has that code.

    """
    check = CHECKS.get(code.upper())
    if check is None:
        raise UsageError(f"No check has the code '{visible(code, 20)}'.", f"The codes: {', '.join(CHECKS)}.")
    return check
