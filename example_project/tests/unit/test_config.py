"""Options come from the command line, else from the environment; a wrong one ends the target before it begins."""

from pathlib import Path

import pytest

from flights import config
from flights.models.catalogue import MODELS
from flights.validation.use_cases import USE_CASES


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FLIGHTS_ROWS", "FLIGHTS_OUTPUT", "FLIGHTS_BUNDLE", "ML_CICD_DIGEST", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)


def evaluate(*arguments: str) -> config.Evaluate:
    return config.read(config.Evaluate, "evaluate", arguments)


def test_the_command_line_comes_before_the_environment_and_that_before_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (evaluate("--output=a").rows, evaluate("--output=a").bundle) == (None, Path("/opt/bundle"))
    monkeypatch.setenv("FLIGHTS_ROWS", "7")
    monkeypatch.setenv("FLIGHTS_OUTPUT", "b")
    monkeypatch.setenv("FLIGHTS_BUNDLE", "")
    assert evaluate() == config.Evaluate(output=Path("b"), rows=7, bundle=Path("/opt/bundle"))
    assert (evaluate("--rows=8", "--output=a").rows, evaluate("--output=a").output) == (8, Path("a"))


def test_what_a_deployment_or_mlflow_sets_is_read_from_their_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (config.Release().digest, config.MlflowServer().uri) == (None, "sqlite:///mlflow.db")
    monkeypatch.setenv("ML_CICD_DIGEST", "sha256:1")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.example")
    assert (config.Release().digest, config.MlflowServer().uri) == ("sha256:1", "https://mlflow.example")


@pytest.mark.parametrize(
    ("options", "arguments", "said"),
    [
        (config.Evaluate, [], "--output is missing; the variable FLIGHTS_OUTPUT would do, too"),
        (
            config.Evaluate,
            ["--output=a", "--rows=-5"],
            "--rows (or FLIGHTS_ROWS) must be greater than 0, not '-5'",
        ),
        (
            config.Tune,
            ["--model=naive"],
            "--model (or FLIGHTS_MODEL) must be 'arrival_delay' or 'late_arrival', not 'naive'",
        ),
        (
            config.Track,
            ["fly"],
            "COMMAND (or FLIGHTS_COMMAND) must be 'record' or 'promote', not 'fly'",
        ),
        (
            config.Train,
            ["--output=a", "--stages=dvc.yaml", "--rows=5"],
            "--stages names the flights: it does not go with --rows",
        ),
    ],
)
def test_a_wrong_value_is_told_in_a_line(
    options: type[config.Options], arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        config.read(options, "mode", arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"mode: error: {said}\n"


@pytest.mark.parametrize(
    ("options", "field", "names"),
    [(config.Tune, "model", {model.name for model in MODELS}), (config.Validate, "use_case", {*USE_CASES})],
)
def test_the_choices_are_those_that_there_are(options: type[config.Options], field: str, names: set[str]) -> None:
    assert {*options.model_json_schema()["properties"][field]["enum"]} == names
