"""The table `[gate]`: what it says, and which line of it is refused."""

from __future__ import annotations

import re

import pytest

from cicd import config
from cicd.config import gate as settings
from cicd.config.gate import Budget, GateSettings, MetricSettings
from cicd.errors import UsageError
from cicd.gate import checks, rules
from cicd.gate.metrics import METRICS
from tests.static.support.kit import ROOT

WHOLE = """
name = "app"
[gate]
evaluate = ["python", "-m", "app.evaluate"]
set = "data/evaluation"
positive = "late"
slices = ["carrier", "carrier:origin"]
mixed = "block"
inconclusive = "pass"
[gate.metrics.mae]
margin = 0.5
floor = 12
gain = "required"
slice-margin = 2
[gate.metrics.ndcg]
margin = 0.1
depth = 10
[gate.metrics.cost]
function = "app.metrics:cost"
direction = "lower"
margin = 1
[gate.columns]
group = "day"
[gate.skip]
G009 = "new features"
[gate.budget]
latency = 0.05
image-size = "2g"
"""
MAE = "\n[gate.metrics.mae]\nmargin = 1"


def test_every_key_is_read() -> None:
    assert config.parse(WHOLE).gate == GateSettings(
        (
            MetricSettings("mae", 0.5, 12, "required", 2),
            MetricSettings("ndcg", 0.1, depth=10),
            MetricSettings("cost", 1, direction="lower", function="app.metrics:cost"),
        ),
        evaluate=("python", "-m", "app.evaluate"),
        evaluation_set="data/evaluation",
        positive="late",
        slices=(("carrier",), ("carrier", "origin")),
        columns={"group": "day"},
        skip={"G009": "new features"},
        budget=Budget(0.05, "2g"),
        mixed="block",
        inconclusive="pass",
    )


def test_a_metric_and_its_margin_are_enough() -> None:
    gate = config.parse('name = "app"\n[gate.metrics.accuracy]\nmargin = 0.01').gate
    assert gate == GateSettings((MetricSettings("accuracy", 0.01),))
    assert (gate.mixed, gate.inconclusive, gate.evaluate) == ("ask", "ask", ())
    assert config.parse('name = "app"').gate is None


def test_sizes_of_images_are_bytes() -> None:
    sizes = [Budget(image_size=size).image_bytes for size in (None, "3k", "5m", "2g")]
    assert sizes == [None, 3 * 1024, 5 * 1024**2, 2 * 1024**3]


def test_the_table_names_the_metrics_and_checks_that_exist() -> None:
    """The configuration is read without numpy, which the metrics need."""
    assert set(settings.METRICS) == set(METRICS)
    for name, keys in settings.METRICS.items():
        own = () if METRICS[name].higher is not None else ("direction",)
        assert set(keys) == {*METRICS[name].options, *own}, name
    assert [name for name, metric in METRICS.items() if not metric.judged] == [settings.REPORTED]
    described = config.schema()["properties"]["gate"]["properties"]
    assert set(described["metrics"]["additionalProperties"]["properties"]) == {*rules.KEYS, "function"}
    pattern = described["skip"]["propertyNames"]["pattern"]
    assert pattern == "^G0(0[1-9]|1[0-2])$"
    assert max(checks.CHECKS) == "G012"
    assert set(described["columns"]["properties"]) == {
        "id", "target", "prediction", "probability", "score", "group", "weight", "trial", "time",
        "latency",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[gate]", "gate: missing: metrics."),
        ("[gate.metrics]", "gate.metrics: found {}. Give the table an entry, or leave it out."),
        ("[gate]\nmixxed = 1" + MAE, "gate: unknown key mixxed. Did you mean mixed? Allowed: budget, columns, "),
        ('[gate]\nmixed = "wait"' + MAE, 'gate.mixed: found "wait". Use ask, pass or block.'),
        ('[gate]\nset = "data"' + MAE, "gate: set needs evaluate too."),
        ('[gate]\nevaluate = ["x"]' + MAE, "gate: evaluate needs set too."),
        ('[gate]\nevaluate = ["x"]\nset = "/data"' + MAE, "gate.set: found"),
        ('[gate]\nslices = ["a:b:c"]' + MAE, 'gate.slices, entry 1: found "a:b:c". Use a column, or two with a colon'),
        ('[gate]\nslices = ["a:a"]' + MAE, "gate.slices: found a:a, one column twice."),
        ('[gate]\nslices = ["a", "a"]' + MAE, "Write each entry once."),
        ("[gate.metrics.accuracy]", "gate.metrics.accuracy: missing: margin."),
        ("[gate.metrics.acuracy]\nmargin = 1", "gate.metrics.acuracy: the kit has no such metric."),
        ("[gate.metrics.mae]\nmargin = 0", "gate.metrics.mae.margin: found 0. Use more than 0."),
        ("[gate.metrics.mae]\nmargin = nan", "gate.metrics.mae.margin: found nan."),
        ("[gate.metrics.mae]\nmargin = 1\nfloor = inf", "gate.metrics.mae.floor: found inf."),
        ("[gate.metrics.mae]\nmargin = 1\nquantile = 0.5", "gate.metrics.mae: mae has no key quantile."),
        ('[gate.metrics.mae]\nmargin = 1\ndirection = "lower"', "gate.metrics.mae: mae has no key direction."),
        ("[gate.metrics.mae]\nmargin = 1\ngain = true", "gate.metrics.mae.gain: found true. Use required or optional."),
        ("[gate.metrics.pinball]\nmargin = 1", "gate.metrics.pinball: missing: quantile."),
        ("[gate.metrics.pinball]\nmargin = 1\nquantile = 1", "pinball.quantile: found 1. Use less than 1."),
        ("[gate.metrics.score]\nmargin = 1", "gate.metrics.score: missing: direction."),
        ("[gate.metrics.ndcg]\nmargin = 1\ndepth = 0", "gate.metrics.ndcg.depth: found 0. Use 1 or more."),
        ("[gate.metrics.calibration_error]\nmargin = 1", "calibration_error: calibration_error has no key margin"),
        ('[gate.metrics.mae]\nmargin = 1\nfunction = "a:b"', "gate.metrics.mae: mae is a metric of the kit."),
        ('[gate.metrics.cost]\nmargin = 1\nfunction = "a:b"', "gate.metrics.cost: missing: direction."),
        ('[gate.metrics.cost]\nmargin = 1\nfunction = "a"', "gate.metrics.cost.function: found"),
        ('[gate.columns]\ngroup = "day"\ntarget = "day"' + MAE, "gate.columns: day is named twice."),
        ('[gate.columns]\ngroups = "day"' + MAE, "gate.columns: unknown key groups. Did you mean group?"),
        ('[gate.skip]\nG013 = "x"' + MAE, 'gate.skip: found the name "G013". Use a code from G001 to G012.'),
        ('[gate.skip]\nG009 = " "' + MAE, "gate.skip.G009: found"),
        ('[gate.budget]\nimage-size = "2 GB"' + MAE, "gate.budget.image-size: found"),
        ("[gate.budget]\nlatency = 0" + MAE, "gate.budget.latency: found 0. Use more than 0."),
    ],
)  # fmt: skip
def test_a_wrong_line_is_explained(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        config.parse(f'name = "app"\n{text}', "somewhere/ml-cicd.toml")
    assert caught.value.message.startswith(f"somewhere/ml-cicd.toml: {message}") or message in caught.value.message
    assert caught.value.hint


def test_the_page_shows_valid_tables() -> None:
    page = (ROOT / "docs" / "model-gate.md").read_text("utf-8")
    examples = re.findall(r"```toml\n(\[gate\].*?)```", page, re.DOTALL)
    assert len(examples) >= 2
    for example in examples:
        assert config.parse(f'name = "app"\n{example}').gate
