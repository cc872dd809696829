"""Train, evaluate and predict, from the command line to the files."""

import csv
import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest
import run

from flights.features.columns import KNOWN
from flights.models.common import bundle
from flights.pipelines import evaluate, predict, train
from flights.service import __main__ as service
from tests.unit.conftest import LOCK, Trained


@pytest.fixture
def flights_csv(trained: Trained, tmp_path: Path) -> Path:
    path = tmp_path / "flights.csv"
    trained.flights.to_csv(path, index=False)
    return path


def test_other_flights_have_another_digest(trained: Trained) -> None:
    changed = trained.flights.assign(seats=trained.flights["seats"] + 1)
    assert train.data_digest(trained.flights) == trained.metadata["data"]
    assert train.data_digest(changed) != trained.metadata["data"]


def test_the_model_beats_the_naive_one_on_the_later_period(trained: Trained) -> None:
    metrics = trained.metadata["metrics"]
    assert metrics["model"]["test"]["mae"] < metrics["naive"]["test"]["mae"]
    assert metrics["model"]["test"]["rmse"] < metrics["naive"]["test"]["rmse"]


def test_the_bundle_names_the_lock_it_was_trained_with(trained: Trained) -> None:
    assert trained.metadata["lock"] == "sha256:" + hashlib.sha256(LOCK.read_bytes()).hexdigest()


def test_training_prints_the_errors_of_both_models(
    flights_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", flights_csv, "--rows", "3000", "--output", tmp_path / "bundle", "--lock", LOCK]
    assert train.main([*map(str, arguments)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[1:5]] == [
        ["model", "train"], ["model", "test"], ["naive", "train"], ["naive", "test"]
    ]  # fmt: skip
    assert lines[5].endswith(bundle.digest(tmp_path / "bundle"))


def test_evaluation_finds_what_training_said_and_shows_every_row(
    trained: Trained, flights_csv: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    arguments = ["--bundle", trained.directory, "--data", flights_csv, "--output", output]
    assert evaluate.main([*map(str, arguments)]) == 0
    found = json.loads((output / evaluate.METRICS).read_text())
    assert found["bundle"] == trained.bundle.digest
    for model, periods in trained.metadata["metrics"].items():
        for name, expected in periods.items():
            assert found["metrics"][model][name] == pytest.approx(expected, abs=0.001)
    rows = pd.read_csv(output / evaluate.PREDICTIONS)
    assert list(rows.columns) == ["period", *KNOWN, "actual", "predicted", "naive"]
    assert rows["period"].value_counts().to_dict() == {
        name: period["rows"] for name, period in trained.metadata["split"].items()
    }


def test_a_file_of_flights_becomes_a_file_of_predictions(trained: Trained, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    some = trained.flights.head(50)
    some[[*KNOWN]].to_csv(source, index=False)
    assert predict.main(["--input", str(source), "--output", str(target), "--bundle", str(trained.directory)]) == 0
    predicted = pd.read_csv(target)
    assert list(predicted.columns) == [*KNOWN, predict.PREDICTED]
    assert predicted[predict.PREDICTED].tolist() == pytest.approx(trained.bundle.predict(some).tolist(), abs=0.051)


def test_a_file_without_rows_becomes_a_header(trained: Trained, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(",".join(KNOWN) + "\n")
    assert predict.predict(source, target, trained.bundle) == 0
    assert target.read_text().strip() == ",".join([*KNOWN, predict.PREDICTED])


def test_a_bad_row_is_named_and_nothing_is_written(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    rows = trained.flights.head(3)[[*KNOWN]].astype({"origin": object})
    rows.iloc[1, rows.columns.get_loc("origin")] = "LHR"
    rows.to_csv(source, index=False)
    with source.open("a") as file:
        csv.writer(file).writerow([*rows.astype(str).iloc[0], "one cell too many"])
    assert predict.main(["--input", str(source), "--output", str(target), "--bundle", str(trained.directory)]) == 2
    said = capsys.readouterr().err
    assert "row 3, origin: Input should be 'EWR', 'JFK' or 'LGA'" in said
    assert "row 5" in said
    assert not target.exists()


@pytest.mark.parametrize("main", [evaluate.main, predict.main, service.main])
def test_the_bundle_is_where_the_image_has_it_unless_told(
    main: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for setting, expected in ((None, "/opt/bundle"), ("/elsewhere", "/elsewhere")):
        monkeypatch.delenv("ML_CICD_BUNDLE", raising=False)
        if setting:
            monkeypatch.setenv("ML_CICD_BUNDLE", setting)
        with pytest.raises(SystemExit):
            main(["--help"])  # type: ignore[operator]
        assert f"(default: {expected})" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("mode", ["train", "evaluate", "predict", "serve"])
def test_the_application_has_all_modes(mode: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run.main([mode, "--help"])
    assert (end.value.code, f"usage: {mode}" in capsys.readouterr().out) == (0, True)


@pytest.mark.parametrize("arguments", [[], ["fly"]])
def test_an_unknown_mode_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(arguments) == 2
    assert "{train,evaluate,predict,serve}" in capsys.readouterr().err
