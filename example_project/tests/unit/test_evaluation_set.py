"""The evaluation set: which flights it has, and what the model gate gets of them."""

import hashlib
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flights import datasets
from flights.columns import TARGET
from flights.data_exports.csv_file import csv_bytes
from flights.models.common import training_rows
from flights.models.common.split import FIRST_TEST_DAY
from flights.pipelines import evaluate, evaluation_set
from tests.unit.conftest import PROJECT, Trained

GATE = tomllib.loads((PROJECT / "ml-cicd.toml").read_text("utf-8"))["gate"]
FILE = PROJECT / GATE["set"]


def test_the_set_in_git_is_what_the_command_draws(all_flights: pd.DataFrame, tmp_path: Path) -> None:
    drawn = evaluation_set.draw(all_flights, 50)
    assert FILE.read_bytes() == csv_bytes(drawn)
    assert (len(drawn), drawn["scheduled_departure"].dt.normalize().nunique()) == (61 * 50, 61)
    later = all_flights[all_flights["scheduled_departure"] >= FIRST_TEST_DAY]
    later.head(200).to_csv(tmp_path / "some.csv", index=False)
    all_flights.head(1).to_csv(tmp_path / "some.csv", index=False, header=False, mode="a")
    arguments = ["--data", str(tmp_path / "some.csv"), "--per-day", "7", "--output", str(tmp_path / "new" / "set.csv")]
    assert evaluation_set.main(arguments) == 0
    assert len(pd.read_csv(tmp_path / "new" / "set.csv")) == 7


def test_source_with_too_few_flights_of_a_day_is_bad_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, target = str(PROJECT / "dummy_data" / "flights.csv"), tmp_path / "set.csv"
    assert evaluation_set.main(["--data", data, "--output", str(target)]) == 1
    assert "--per-day asks for 50" in capsys.readouterr().err
    assert not target.exists()


def test_flights_that_share_a_name_are_not_drawn(all_flights: pd.DataFrame) -> None:
    later = all_flights[all_flights["scheduled_departure"] >= FIRST_TEST_DAY].head(20)
    twice = pd.concat([all_flights.head(1), later, later.head(1)], ignore_index=True)
    drawn = evaluation_set.draw(twice, 19)
    assert training_rows.ids(drawn).is_unique
    assert training_rows.ids(later.head(1)).item() not in {*training_rows.ids(drawn)}


def test_no_flight_of_the_set_was_trained_on_or_left_before_those_that_were(trained: Trained) -> None:
    rows = pd.read_csv(trained.directory / training_rows.FILE, parse_dates=["time"])
    names = training_rows.ids(datasets.load(FILE, None))
    assert names.is_unique
    hashes = {f"sha256:{hashlib.sha256(name.encode()).hexdigest()[:16]}" for name in names}
    assert len(rows) == rows["id"].nunique() > 9_000
    assert not hashes & {*rows["id"]}
    assert rows["time"].nunique() == 1
    assert rows["time"].max() < datasets.load(FILE, None)["scheduled_departure"].min()


def test_evaluate_writes_what_the_model_gate_reads(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ML_CICD_EVALUATION_SET", str(FILE))
    monkeypatch.setenv("ML_CICD_PREDICTIONS", str(tmp_path))
    monkeypatch.setenv("FLIGHTS_BUNDLE", str(trained.directory))
    assert evaluate.main([]) == 0
    (file,) = tmp_path.iterdir()
    written, flights = pd.read_csv(file), datasets.load(FILE, None)
    assert {"id", "time", "target", "prediction", *GATE["columns"].values(), *GATE["slices"]} == {*written.columns}
    assert written["id"].is_unique
    assert written["target"].to_list() == flights[TARGET].to_list()
    answers = trained.bundle.predict(flights)
    np.testing.assert_allclose(written["prediction"], answers["arrival_delay_minutes"], atol=1e-4)
    right = np.where(flights[TARGET] > 30, answers["late_probability"], 1 - answers["late_probability"])
    np.testing.assert_allclose(written["late_log_loss"], -np.log(right), atol=1e-5)
