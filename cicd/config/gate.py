"""The table `[gate]`: how a project's models are evaluated, what is asked of them, and where the verdicts lead."""

from __future__ import annotations

import math
import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from cicd.config import tables
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.config.environments import Command

Decision = Literal["ask", "pass", "block"]
Direction = Literal["higher", "lower"]

REPORTED = "calibration_error"
"""The metric without a verdict, which has no settings."""
METRICS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("accuracy", "balanced_accuracy", "precision", "recall", "f1"), ()),
    **dict.fromkeys(("roc_auc", "average_precision", "log_loss", "brier", REPORTED), ()),
    **dict.fromkeys(("mae", "rmse", "r2"), ()),
    "pinball": ("quantile",),
    "ndcg": ("depth",),
    "map": (),
    "score": ("direction",),
}
"""The metrics that the kit computes, each with the keys that it has beside those of every metric."""
NEEDED = ("quantile", "direction")
"""Those of these keys without which a metric can't be computed."""
UNITS = {"k": 2**10, "m": 2**20, "g": 2**30}


@dataclass(frozen=True)
class MetricSettings:
    """What is asked of one metric: a metric of the kit, or with `function` one of the project."""

    name: str
    margin: float | None = None
    """How much worse a candidate may be; None for the metric without a verdict alone."""
    floor: float | None = None
    gain: Literal["required", "optional"] = "optional"
    slice_margin: float | None = None
    """None: three times `margin`."""
    direction: Direction | None = None
    quantile: float | None = None
    depth: int | None = None
    function: str = ""
    """`module:function` of the project; empty for a metric of the kit."""


@dataclass(frozen=True)
class Budget:
    """What a release may need at most."""

    latency: float | None = None
    """Seconds in which 95 of 100 rows must be answered; the candidate's predictions say how long each one took."""
    image_size: str | None = None
    """Such as `2g`."""

    @property
    def image_bytes(self) -> int | None:
        """Return `image_size` in bytes."""
        return None if self.image_size is None else int(self.image_size[:-1]) * UNITS[self.image_size[-1]]


@dataclass(frozen=True)
class GateSettings:
    """How models are evaluated and judged."""

    metrics: tuple[MetricSettings, ...]
    evaluate: Command = ()
    """Empty: the project runs `ml-cicd gate` on files of its own."""
    evaluation_set: str = ""
    """A file or folder of the project, in git, Git LFS or DVC."""
    development: str = ""
    """The set on which branches evaluate: a file or folder of the project; empty for none."""
    positive: str = ""
    """Empty: 1 or true."""
    slices: tuple[tuple[str, ...], ...] = ()
    """Each one column or two."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """The files' names of columns that are not called as the kit calls them."""
    skip: Mapping[str, str] = field(default_factory=dict)
    """The checks that are switched off, by code, with the reason."""
    budget: Budget = field(default_factory=Budget)
    mixed: Decision = "ask"
    inconclusive: Decision = "ask"
    timeout: float = 1800
    """Seconds that `evaluate` may take for one model."""
    memory: str = "4g"
    """How much memory it may use."""
    cpus: float | None = None
    shm_size: str | None = None


def read(table: Mapping[str, Any] | None) -> GateSettings | None:
    """Return the table of a valid configuration; None without one."""
    if table is None:
        return None
    plain = ("positive", "mixed", "inconclusive", "columns", "skip", "timeout", "memory", "cpus", "shm-size")
    named = tables.values({key: table[key] for key in plain if key in table})
    return GateSettings(
        tuple(MetricSettings(name, **tables.values(values)) for name, values in table["metrics"].items()),
        evaluate=tuple(table.get("evaluate", ())),
        evaluation_set=table.get("set", ""),
        development=table.get("development", ""),
        slices=tuple(tuple(text.split(":")) for text in table.get("slices", ())),
        budget=Budget(**tables.values(table.get("budget", {}))),
        **named,
    )


def check(data: Mapping[str, Any], source: str) -> None:
    """Raise for what the schema can't say of `[gate]`.

    Raises:
        UsageError: the message names the key.

    """
    table: Mapping[str, Any] = data.get("gate", {})
    if "development" in table:
        _check_development(data, source)
    for name, settings in table.get("metrics", {}).items():
        _check_metric(f"{source}: gate.metrics.{name}", name, settings)
    for key, value in _numbers(table, "gate"):
        if not math.isfinite(value):
            raise UsageError(f"{source}: {key}: found {value}.", "Use a finite number.")
    for text in table.get("slices", ()):
        if len({*text.split(":")}) <= text.count(":"):
            raise UsageError(f"{source}: gate.slices: found {text}, one column twice.", 'Example: "carrier:origin"')
    columns = [*table.get("columns", {}).values()]
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        raise UsageError(f"{source}: gate.columns: {twice[0]} is named twice.", "Give each column one use.")


def _check_development(data: Mapping[str, Any], source: str) -> None:
    """Raise unless a thin training is evaluated on the development set, and its rows are not those of the gate."""
    table = data["gate"]
    if posixpath.normpath(table["development"]) == posixpath.normpath(table["set"]):
        raise UsageError(
            f"{source}: gate.development: found {table['development']}, which is the evaluation set.",
            "Take other rows: whoever sees the results of a set while working fits the model to it.",
        )
    if "model" in data:
        raise UsageError(
            f"{source}: gate.development: [model] names a model that is there already, so that no branch trains one.",
            "Remove the key: integration evaluates the model of each release on the set of the gate.",
        )
    if "branch" not in data.get("train", {}):
        raise UsageError(
            f"{source}: gate.development needs train.branch, the command that branches train with.",
            'Example: [train] branch = ["python", "-m", "flights.pipelines.train", "--rows", "5000"]',
        )


def _check_metric(place: str, name: str, settings: Mapping[str, Any]) -> None:
    """Raise for a metric that does not exist, and for keys that it lacks or does not have."""
    own = "function" in settings
    if own and name in METRICS:
        raise UsageError(f"{place}: {name} is a metric of the kit.", "Give the project's function another name.")
    if not own and name not in METRICS:
        raise UsageError(f"{place}: the kit has no such metric.", f"Write `function`, or one of: {', '.join(METRICS)}.")
    special = ("function", "direction") if own else METRICS[name]
    general = () if name == REPORTED else ("margin", "floor", "gain", "slice-margin")
    if unknown := sorted({*settings} - {*general, *special}):
        allowed = ", ".join((*general, *special)) or "none"
        raise UsageError(f"{place}: {name} has no key {', '.join(unknown)}.", f"Its keys are: {allowed}.")
    required = [*general[:1], *(key for key in special if key in NEEDED)]
    if missing := [key for key in required if key not in settings]:
        raise UsageError(f"{place}: missing: {', '.join(missing)}.", _EXAMPLES[missing[0]])


_EXAMPLES = {
    "margin": "Say how much worse than the champion a candidate may be. Example: margin = 0.01",
    "direction": 'Say which direction is better. Example: direction = "lower"',
    "quantile": "Example: quantile = 0.9",
}


def _numbers(node: object, key: str) -> Iterator[tuple[str, float]]:
    """Yield each number with a point, and its key."""
    if isinstance(node, float):
        yield key, node
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from _numbers(value, f"{key}.{name}")
