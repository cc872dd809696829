"""What a project may ask of a metric: each setting is read, and a wrong one is refused before anything is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.errors import UsageError
from cicd.gate import metrics, rules
from cicd.gate.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.gate.rules import MetricRule


def asked(text: str, *, champion: bool = False, defaults: Mapping[str, str] | None = None) -> MetricRule:
    """Return the rule of a metric as the command line writes it; `defaults` are for all metrics."""
    name, given = rules.read(text, ("cost",))
    return rules.metric_rule(name, given, defaults or {}, champion=champion)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ROC-AUC", "roc_auc"), ("auc", "roc_auc"), ("Brier score", "brier"), ("ece", "calibration_error"),
        ("LogLoss", "log_loss"), (" mae ", "mae"),
    ],
)  # fmt: skip
def test_a_metric_has_its_usual_names(written: str, name: str) -> None:
    assert rules.canonical(written) == name


def test_every_metric_says_what_it_needs_and_which_way_is_better() -> None:
    kinds = {
        metrics.LABELS: ["accuracy", "balanced_accuracy"],
        metrics.POSITIVE: ["precision", "recall", "f1"],
        metrics.PROBABILITIES: ["roc_auc", "average_precision", "log_loss", "brier", "calibration_error"],
        metrics.NUMBERS: ["mae", "rmse", "r2", "pinball"],
        metrics.QUERIES: ["ndcg", "map"],
        metrics.SCORES: ["score"],
    }
    assert {name: METRICS[name].needs for name in METRICS} == {name: kind for kind in kinds for name in kinds[kind]}
    lower = {"log_loss", "brier", "calibration_error", "mae", "rmse", "pinball"}
    assert {name for name in METRICS if METRICS[name].higher is False} == lower
    assert [name for name in METRICS if METRICS[name].higher is None] == ["score"]
    one_answer = {"balanced_accuracy", "precision", "f1", "roc_auc", "average_precision", "ndcg", "map"}
    assert {name for name in METRICS if not METRICS[name].trials} == {*one_answer, "calibration_error"}
    assert [name for name in METRICS if not METRICS[name].judged] == ["calibration_error"]
    own = metrics.OF_PROJECT
    assert (own.needs, own.higher, own.judged, own.trials) == (metrics.OWN, None, True, True)
    with pytest.raises(AssertionError):  # its function runs in a container, never here
        own.compute()


@pytest.mark.parametrize("text", ["accuracy:marginn=1", "accuracy:margin"])
def test_a_setting_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="accuracy has no setting"):
        asked(text)


@pytest.mark.parametrize(("key", "value"), [("direction", "lower"), ("quantile", "0.5"), ("depth", "3")])
def test_a_default_for_all_metrics_is_only_for_those_that_need_it(key: str, value: str) -> None:
    assert asked("accuracy", defaults={key: value}) == asked("accuracy")


def test_a_metric_without_direction_takes_the_default() -> None:
    assert asked("score", defaults={"direction": "lower"}).higher is False
    assert asked("cost", defaults={"direction": "higher"}).higher is True
    assert asked("score", defaults={"direction": "lower", "quantile": "0.5", "depth": "3"}).options == {}


def test_the_direction_of_a_metric_may_be_repeated_but_not_turned() -> None:
    assert asked("accuracy:direction=higher").higher is True
    assert asked("mae:direction=lower").higher is False
    with pytest.raises(UsageError, match="For mae, lower is better, not higher"):
        asked("mae:direction=higher")


def test_a_slice_may_lose_three_margins_unless_it_has_its_own() -> None:
    assert asked("mae:margin=0.5").slice_margin == 1.5
    assert asked("mae:margin=0.5,slice-margin=0.7").slice_margin == 0.7
    assert asked("mae").slice_margin is None


@pytest.mark.parametrize("key", ["margin", "slice-margin"])
@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_margin_of_nothing_is_refused(key: str, value: str) -> None:
    with pytest.raises(UsageError, match="must be above 0"):
        asked(f"mae:{key}={value}")


def test_a_metric_that_is_only_reported_takes_no_margin() -> None:
    assert asked("calibration_error", defaults={"margin": "0.1"}).margin is None
    assert asked("accuracy", defaults={"margin": "0.1"}).margin == 0.1


@pytest.mark.parametrize(("word", "gain"), [("required", True), ("optional", False)])
def test_a_gain_is_needed_where_it_is_required(word: str, gain: bool) -> None:
    assert asked(f"mae:gain={word}").gain is gain


def test_a_gain_is_optional_unless_it_is_asked_for() -> None:
    assert asked("mae").gain is False
    with pytest.raises(UsageError, match="The gain of mae is 'yes'"):
        asked("mae:gain=yes")


def test_a_metric_of_the_project_has_rules_too() -> None:
    rule = asked("cost:direction=lower,margin=2", champion=True)
    assert (rule.name, rule.higher, rule.margin) == ("cost", False, 2.0)


@pytest.mark.parametrize("options", ["", ":quantile=0", ":quantile=1", ":quantile=1.5"])
def test_a_quantile_is_between_0_and_1(options: str) -> None:
    with pytest.raises(UsageError, match="pinball needs a quantile between 0 and 1"):
        asked(f"pinball{options}")
    assert asked("pinball:quantile=0.9").options == {"quantile": 0.9}


@pytest.mark.parametrize("depth", ["0", "-1", "1.5"])
def test_a_depth_is_a_whole_number(depth: str) -> None:
    with pytest.raises(UsageError, match=f"The depth of ndcg is {depth}"):
        asked(f"ndcg:depth={depth}")


@pytest.mark.parametrize("depth", [1, 10])
def test_a_depth_counts_rows(depth: int) -> None:
    options = asked(f"ndcg:depth={depth}.0").options
    assert options == {"depth": depth}
    assert isinstance(options["depth"], int)
