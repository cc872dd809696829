"""What a project's `[gate]` and the options of a command ask, as the rules of a report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.errors import UsageError
from cicd.gate.rules import MetricRule, Rules, metric_rule, read

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cicd.config import GateSettings, MetricSettings


@dataclass(frozen=True)
class Options:
    """What a person writes beside `[gate]`.

    Args:
        metrics: texts such as `mae:margin=0.5`; empty for those of `[gate]`.
        defaults: settings of all metrics that do not set them in `metrics`.
        slices: instead of those of `[gate]`; empty for these.
        positive: the positive class; empty for that of `[gate]`.
        exempt: checks that are switched off beside those of `[gate]`, and why.
        columns: the files' names of columns, before those of `[gate]`.
        own: metrics of the project that `[gate]` does not name.
        latency: instead of that of `[gate.budget]`; None for it.
        image_bytes: instead of the image size of `[gate.budget]`; None for it.

    """

    metrics: Sequence[str] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    slices: tuple[tuple[str, ...], ...] = ()
    positive: str = ""
    exempt: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    own: Collection[str] = ()
    latency: float | None = None
    image_bytes: int | None = None


NOTHING = Options()


def rules(settings: GateSettings | None, options: Options = NOTHING, *, champion: bool, look: int | None) -> Rules:
    """Return the rules of a table and of options, which come first.

    Args:
        settings: the table `[gate]`; None outside of a project.
        options: those of the command.
        champion: whether there is a champion.
        look: which look at the evaluation set it is; None if nobody counts.

    Raises:
        UsageError: no metric is asked for, one is asked for twice, or a setting is wrong or missing.

    """
    written = {} if settings is None else {metric.name: as_words(metric) for metric in settings.metrics}
    metrics = tuple(_metrics(written, options, champion=champion))
    if not metrics:
        raise UsageError("ml-cicd gate needs a metric.", "Write, for example: --metric accuracy --margin 0.01")
    names = [rule.name for rule in metrics]
    if len(set(names)) < len(names):
        raise UsageError(
            f"ml-cicd gate: the metric {max(names, key=names.count)} is given twice.", "Leave one of them out."
        )
    if settings is None:
        return Rules(
            metrics, options.slices, options.positive, look, options.exempt, options.columns, options.latency,
            options.image_bytes,
        )  # fmt: skip
    return Rules(
        metrics, options.slices or settings.slices, options.positive or settings.positive, look,
        {**settings.skip, **options.exempt}, {**settings.columns, **options.columns},
        settings.budget.latency if options.latency is None else options.latency,
        settings.budget.image_bytes if options.image_bytes is None else options.image_bytes,
    )  # fmt: skip


def _metrics(written: Mapping[str, Mapping[str, str]], options: Options, *, champion: bool) -> list[MetricRule]:
    """Return the rule of each metric: of those that the options name, or else of all in the table."""
    own = {*options.own, *written}
    result = []
    for text in options.metrics or written:
        name, given = read(text, own)
        table = {key: value for key, value in written.get(name, {}).items() if key not in options.defaults}
        result.append(metric_rule(name, {**table, **given}, options.defaults, champion=champion))
    return result


def as_words(metric: MetricSettings) -> Mapping[str, str]:
    """Return the settings of a metric as the option `--metric` writes them."""
    values = {
        "margin": metric.margin, "floor": metric.floor, "direction": metric.direction, "gain": metric.gain,
        "slice-margin": metric.slice_margin, "quantile": metric.quantile, "depth": metric.depth,
    }  # fmt: skip
    return {key: str(value) for key, value in values.items() if value is not None}
