"""The errors of a model beside those of the naive model, in both periods."""

from dataclasses import asdict
from typing import Any

from flights.models.common.metrics import difference
from flights.models.common.model import NAIVE, Model, answers
from flights.models.common.split import Split


def judge(model: Model, fitted: Any, naive: Any, split: Split) -> dict[str, Any]:
    """Return the errors of both models in both periods, and their difference in the later period."""
    metrics: dict[str, Any] = {"model": {}, NAIVE: {}}
    for period, flights in (("train", split.train), ("test", split.test)):
        actual = model.actual(flights)
        answer, other = answers(fitted, flights), answers(naive, flights)
        for name, given in (("model", answer), (NAIVE, other)):
            errors = {metric.name: metric(actual, given) for metric in model.metrics}
            metrics[name][period] = {**errors, "rows": len(flights)}
    # These are the values of the last turn of the loop: the later period, whose flights the model never saw.
    against = {metric.name: asdict(difference(metric, flights, actual, answer, other)) for metric in model.metrics}
    return {"metrics": metrics, "against_naive": against}


def report(name: str, judged: dict[str, Any]) -> str:
    """Return the result of `judge` as a table."""
    metrics = [*judged["against_naive"]]
    lines = [f"{name:<44}{'period':<8}{'flights':>9}" + "".join(f"{metric:>10}" for metric in metrics)]
    for who, periods in judged["metrics"].items():
        for period, errors in periods.items():
            values = "".join(f"{errors[metric]:>10.4f}" for metric in metrics)
            lines.append(f"{who:<44}{period:<8}{errors['rows']:>9}{values}")
    for metric, against in judged["against_naive"].items():
        interval = f"95 % interval {against['low']:+.4f} to {against['high']:+.4f}"
        lines.append(f"{metric} less that of the naive model: {against['value']:+.4f} ({interval})")
    return "\n".join(lines)
