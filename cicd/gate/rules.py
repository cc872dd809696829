"""What a project asks of its model: metrics with margin, floor and direction, slices, checks that are off."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.errors import UsageError
from cicd.gate import budget
from cicd.gate.metrics import METRICS, OF_PROJECT, Metric
from cicd.gate.table import is_number

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SLICE_MARGIN = 3.0
"""The margin of a slice, as a multiple of the metric's."""
HIGHER, LOWER = "higher", "lower"
KEYS = ("margin", "floor", "direction", "gain", "slice-margin", "quantile", "depth")


@dataclass(frozen=True)
class MetricRule:
    """What is asked of one metric.

    Args:
        name: a name of `METRICS`, or that of a metric of the project.
        higher: whether higher is better.
        margin: how much worse a candidate may be; above 0. None without a champion, or for a metric without verdict.
        floor: the value that the candidate must reach; for a metric where lower is better, must not exceed.
        slice_margin: the margin of each slice.
        gain: whether the candidate must be shown better.
        options: further settings of the metric.

    """

    name: str
    higher: bool
    margin: float | None = None
    floor: float | None = None
    slice_margin: float | None = None
    gain: bool = False
    options: Mapping[str, float] = field(default_factory=dict)

    @property
    def metric(self) -> Metric:
        """Return the metric itself."""
        return METRICS.get(self.name, OF_PROJECT)

    @property
    def sign(self) -> int:
        """Return 1 where higher is better, else -1."""
        return 1 if self.higher else -1


@dataclass(frozen=True)
class Rules:
    """All that is asked.

    Args:
        metrics: at least one.
        slices: each one or more columns, whose values divide the rows.
        positive: the label of the positive class; empty for `1` or `true`.
        look: how often a new pair of predictions was judged on this set, this time included; None if nobody counts.
        exempt: checks that are switched off, and why.
        columns: the files' names of columns, by the kit's, where the two differ.
        latency: seconds in which 95 of 100 rows must be answered; None for no limit.
        image_bytes: how large the release image may be; None for no limit.

    """

    metrics: tuple[MetricRule, ...]
    slices: tuple[tuple[str, ...], ...] = ()
    positive: str = ""
    look: int | None = None
    exempt: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    latency: float | None = None
    image_bytes: int | None = None

    def name(self, column: str) -> str:
        """Return the kit's name of a file's column."""
        return next((name for name, written in self.columns.items() if written == column), column)

    @property
    def pass_alpha(self) -> float:
        """Return the error rate that this look may spend on passing."""
        return budget.pass_alpha(self.look)

    def needs(self, *kinds: str) -> bool:
        """Whether a metric needs one of these kinds of columns."""
        return any(rule.metric.needs in kinds for rule in self.metrics)


def read(text: str, own: Collection[str] = ()) -> tuple[str, dict[str, str]]:
    """Return the metric and the settings that a text such as `mae:margin=0.5,floor=12` writes.

    `own` are the names of the project's metrics.

    Raises:
        UsageError: there is no such metric or setting.

    """
    written, _, rest = text.partition(":")
    name = written if written in own else canonical(written)
    return name, _settings(name, rest)


def metric_rule(name: str, given: Mapping[str, str], defaults: Mapping[str, str], *, champion: bool) -> MetricRule:
    """Return the rule of a metric.

    Args:
        name: a name of `METRICS`, or that of a metric of the project.
        given: its settings.
        defaults: settings for metrics that do not set them.
        champion: whether there is a champion, so that a margin is needed.

    Raises:
        UsageError: a setting is wrong or missing.

    """
    metric = METRICS.get(name, OF_PROJECT)
    settings = {**{key: value for key, value in defaults.items() if _applies(key, metric)}, **given}
    if not metric.judged and "floor" in given:
        raise UsageError(f"{name} is reported without a verdict, so it has no floor.", "Leave the floor out.")
    margin = _number(name, settings, "margin")
    if margin is not None and margin <= 0:
        raise UsageError(
            f"The margin of {name} is {margin:g}; it must be above 0.",
            "No data can show that a model is not worse at all. Say how much worse would not matter.",
        )
    if champion and metric.judged and margin is None:
        raise UsageError(
            f"{name} has no margin: how much worse than the champion may a candidate be?",
            f"Write: --metric {name}:margin=NUMBER",
        )
    slice_margin = _number(name, settings, "slice-margin")
    if slice_margin is not None and slice_margin <= 0:
        raise UsageError(f"The slice margin of {name} is {slice_margin:g}; it must be above 0.", "Choose a larger one.")
    if slice_margin is None and margin is not None:
        slice_margin = SLICE_MARGIN * margin
    return MetricRule(
        name, _higher(name, metric, settings.get("direction")), margin if metric.judged else None,
        _number(name, settings, "floor"), slice_margin, _needed(name, settings.get("gain", "optional")),
        _options(name, metric, settings),
    )  # fmt: skip


def canonical(written: str) -> str:
    """Return the name of a metric; `ROC-AUC` and `auc` are `roc_auc`.

    Raises:
        UsageError: there is no such metric.

    """
    name = written.strip().lower().replace("-", "_").replace(" ", "_")
    name = {"auc": "roc_auc", "brier_score": "brier", "ece": "calibration_error", "logloss": "log_loss"}.get(name, name)
    if name not in METRICS:
        raise UsageError(f"There is no metric '{written}'.", f"The metrics: {', '.join(METRICS)}.")
    return name


def _settings(name: str, text: str) -> dict[str, str]:
    settings = {}
    for part in filter(None, text.split(",")):
        key, equals, value = part.partition("=")
        if key not in KEYS or not equals:
            raise UsageError(f"{name} has no setting '{part}'.", f"Write KEY=VALUE; the keys are {', '.join(KEYS)}.")
        if key in settings:
            raise UsageError(f"{name} has two settings '{key}'.", "Leave one of them out.")
        settings[key] = value
    return settings


def _applies(key: str, metric: Metric) -> bool:
    """Whether a default is for this metric: `direction` is only for a metric that has none."""
    return key not in ("direction", "quantile", "depth") or (key == "direction" and metric.higher is None)


def _number(name: str, settings: Mapping[str, str], key: str) -> float | None:
    if key not in settings:
        return None
    if not is_number(settings[key]):
        raise UsageError(f"The {key} of {name} is '{settings[key]}', which is not a finite number.", "Write a number.")
    return float(settings[key])


def _higher(name: str, metric: Metric, direction: str | None) -> bool:
    if metric.higher is None and direction is None:
        raise UsageError(
            f"{name} has no direction: is higher better, or lower?", f"Write: --metric {name}:direction=higher"
        )
    if direction is None:
        return bool(metric.higher)
    if direction not in (HIGHER, LOWER):
        raise UsageError(f"The direction of {name} is '{direction}'.", f"Write {HIGHER} or {LOWER}.")
    if metric.higher is not None and metric.higher != (direction == HIGHER):
        raise UsageError(
            f"For {name}, {HIGHER if metric.higher else LOWER} is better, not {direction}.",
            "Leave the direction out.",
        )
    return direction == HIGHER


def _needed(name: str, word: str) -> bool:
    if word not in ("required", "optional"):
        raise UsageError(f"The gain of {name} is '{word}'.", "Write gain=required or gain=optional.")
    return word == "required"


def _options(name: str, metric: Metric, settings: Mapping[str, str]) -> dict[str, float]:
    wrong = [key for key in ("quantile", "depth") if key in settings and key not in metric.options]
    if wrong:
        raise UsageError(f"{name} takes no {wrong[0]}.", "Leave it out.")
    options = {key: value for key in metric.options if (value := _number(name, settings, key)) is not None}
    if "quantile" in metric.options and not 0 < options.get("quantile", 0) < 1:
        raise UsageError(f"{name} needs a quantile between 0 and 1.", f"Write: --metric {name}:quantile=0.9")
    if "depth" in options:
        if options["depth"] < 1 or options["depth"] % 1:
            raise UsageError(f"The depth of {name} is {options['depth']:g}.", "Write a whole number from 1 on.")
        options["depth"] = int(options["depth"])
    return options
