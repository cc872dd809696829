"""The metrics by name: what each needs, which direction is better, and the function that computes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.gate.metrics import means, queries, ranks, ratios

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.gate.rows import Estimate

LABELS, POSITIVE, NUMBERS, PROBABILITIES, SCORES, QUERIES, OWN = (
    "labels", "positive", "numbers", "probabilities", "scores", "queries", "own",
)  # fmt: skip
"""What a metric needs: labels, labels with a positive class, numbers, probabilities, the column `score`, queries, or
the numbers that a function of the project returned."""


@dataclass(frozen=True)
class Metric:
    """A metric.

    Args:
        needs: one of the kinds above.
        higher: whether higher is better; None if the project must say it.
        compute: from truth and answers to an estimate; also takes the options.
        options: names of further settings.
        judged: whether it gets a verdict.
        trials: whether a row may have several answers.

    """

    needs: str
    higher: bool | None
    compute: Callable[..., Estimate]
    options: tuple[str, ...] = ()
    judged: bool = True
    trials: bool = False


METRICS = {
    "accuracy": Metric(LABELS, higher=True, compute=means.accuracy, trials=True),
    "balanced_accuracy": Metric(LABELS, higher=True, compute=ratios.balanced_accuracy),
    "precision": Metric(POSITIVE, higher=True, compute=ratios.precision),
    "recall": Metric(POSITIVE, higher=True, compute=means.recall, trials=True),
    "f1": Metric(POSITIVE, higher=True, compute=ratios.f1),
    "roc_auc": Metric(PROBABILITIES, higher=True, compute=ranks.roc_auc),
    "average_precision": Metric(PROBABILITIES, higher=True, compute=ranks.average_precision),
    "log_loss": Metric(PROBABILITIES, higher=False, compute=means.log_loss, trials=True),
    "brier": Metric(PROBABILITIES, higher=False, compute=means.brier, trials=True),
    "calibration_error": Metric(PROBABILITIES, higher=False, compute=ranks.calibration_error, judged=False),
    "mae": Metric(NUMBERS, higher=False, compute=means.mean_absolute_error, trials=True),
    "rmse": Metric(NUMBERS, higher=False, compute=means.root_mean_squared_error, trials=True),
    "r2": Metric(NUMBERS, higher=True, compute=means.r_squared, trials=True),
    "pinball": Metric(NUMBERS, higher=False, compute=means.pinball, options=("quantile",), trials=True),
    "ndcg": Metric(QUERIES, higher=True, compute=queries.ndcg, options=("depth",)),
    "map": Metric(QUERIES, higher=True, compute=queries.mean_average_precision),
    "score": Metric(SCORES, higher=None, compute=means.score, trials=True),
}


def _of_project(*_: object) -> Estimate:
    raise AssertionError("the project computes it")


OF_PROJECT = Metric(OWN, higher=None, compute=_of_project, trials=True)
"""Any metric of a project: its function runs outside, and `cicd.gate.groups` compares its numbers."""
