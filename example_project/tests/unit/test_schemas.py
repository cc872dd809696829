"""Bad data is stopped where it comes in, and named: how many rows, which first, what is wrong with them."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandera.errors import SchemaErrors

from flights.data_loaders import choose
from flights.data_loaders.csv_data_loader import CsvDataLoader
from flights.errors import BadDataError
from flights.feature_store.views import AircraftView, Flights, KnownView, ScheduleView, WeatherView
from flights.features.columns import AIRCRAFT, CATEGORIES, KNOWN, SCHEDULE, WEATHER
from flights.flight import Flight
from flights.pipelines import train
from flights.validation import __main__ as validation
from flights.validation import use_cases
from tests.unit.conftest import LOCK, Trained, load, write

LIMITS = {
    "greater_than": ("exclusiveMinimum", "min_value"),
    "less_than": ("exclusiveMaximum", "max_value"),
    "greater_than_or_equal_to": ("minimum", "min_value"),
    "less_than_or_equal_to": ("maximum", "max_value"),
}


def changed(trained: Trained, tmp_path: Path, changes: dict[tuple[int, str], Any], rows: int = 3000) -> Path:
    """A file of flights with other values in some rows, which are counted from 0."""
    flights = trained.flights.sample(rows, random_state=0).sort_index().reset_index(drop=True).astype(object)
    for (row, column), value in changes.items():
        flights.loc[row, column] = value
    path = tmp_path / "flights.csv"
    flights.to_csv(path, index=False)
    return path


def refusal(path: Path) -> list[str]:
    with pytest.raises(BadDataError) as refused:
        choose.load(path, None)
    return str(refused.value).splitlines()


def test_a_bad_row_stops_the_training_and_is_named(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = changed(trained, tmp_path, {(40, "distance"): -229})
    output = tmp_path / "bundle"
    assert train.main(["--data", str(path), "--output", str(output), "--lock", str(LOCK)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{path}: 1 of 3000 rows are bad.",
        "  distance must be greater than 0: row 42 has -229",
    ]
    assert not output.exists()


def test_a_bad_row_of_the_package_is_named_too(source: Path) -> None:
    flights = pd.read_csv(source / "flights.csv.zip")
    flights.loc[flights["arr_delay"].notna(), "arr_delay"] = flights["arr_delay"].where(flights.index != 5, 5000)
    write(source, flights)
    with pytest.raises(BadDataError, match=r"arrival_delay must be less than 3000: row \d+ has 5000\.0"):
        load(source)


def test_the_first_bad_rows_are_named_and_all_are_counted(trained: Trained, tmp_path: Path) -> None:
    changes = {(row, "origin"): "LHR" for row in range(7, 2000, 100)}
    said = refusal(changed(trained, tmp_path, {**changes, (3, "carrier"): "United"}))
    assert said[0].endswith("21 of 3000 rows are bad.")
    assert "  carrier must be str matches '^[A-Z0-9]{2}$': row 5 has 'United'" in said
    shown = "row 9 has 'LHR', row 109 has 'LHR', row 209 has 'LHR', and 17 rows more"
    assert f"  origin must be isin ['EWR', 'JFK', 'LGA']: {shown}" in said


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("distance", "far", "distance must be a whole number: row 2 has 'far'"),
        ("distance", None, "distance must be a whole number: row 2 has nothing"),
        ("scheduled_departure", "tomorrow", "scheduled_departure must be a time: row 2 has 'tomorrow'"),
        ("dest", None, "dest must be there: row 2 has nothing"),
        ("temperature", "warm", "temperature must be a number: row 2 has 'warm'"),
        ("seats", 0, "seats must be greater than 0: row 2 has 0.0"),
    ],
)
def test_each_mistake_is_told_once_and_in_words(
    trained: Trained, tmp_path: Path, column: str, value: object, problem: str
) -> None:
    said = refusal(changed(trained, tmp_path, {(0, column): value}, rows=20))
    assert said[1:] == [f"  {problem}"]


def test_what_gets_past_the_sources_is_stopped_at_the_training(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(SchemaErrors):
        train.train(trained.flights.assign(seats=-1.0), LOCK, tmp_path / "bundle")


def test_a_view_reads_its_own_columns_and_views_combine(trained: Trained, tmp_path: Path) -> None:
    loader = CsvDataLoader(changed(trained, tmp_path, {(0, "pressure"): -1}, rows=20))
    views = ScheduleView.read(loader), AircraftView.read(loader)
    assert [list(view.columns) for view in views] == [[*CATEGORIES, *SCHEDULE], [*AIRCRAFT]]
    assert [len(view) for view in views] == [20, 20]
    for view in (WeatherView, KnownView, Flights):
        with pytest.raises(BadDataError, match="pressure must be greater than or equal to 800: row 2 has -1"):
            view.read(loader)
    assert [*WeatherView.to_schema().columns] == [*WEATHER]


@pytest.mark.parametrize("name", KNOWN)
def test_the_data_may_hold_what_the_service_accepts_and_nothing_else(name: str) -> None:
    column = KnownView.to_schema().columns[name]
    asked = Flight.model_json_schema()["properties"][name]
    accepted = next((kind for kind in asked.get("anyOf", []) if kind["type"] != "null"), asked)
    assert column.nullable == (name not in Flight.model_json_schema()["required"])
    found = {}
    for check in column.checks:
        if check.name in LIMITS:
            keyword, limit = LIMITS[check.name]
            found[keyword] = check.statistics[limit]
        elif check.name == "str_length":
            found |= {"minLength": check.statistics["min_value"], "maxLength": check.statistics["max_value"]}
        elif check.name == "str_matches":
            found["pattern"] = check.statistics["pattern"]
        elif check.name == "isin":
            found["enum"] = check.statistics["allowed_values"]
    limits = {key: value for key, value in accepted.items() if key in {*found, "pattern", "enum", "minLength"}}
    assert found == limits
    assert set(accepted) & {keyword for keyword, _ in LIMITS.values()} <= set(found)


def test_data_that_is_good_row_by_row_may_still_be_bad_as_a_whole(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "flights.csv"
    trained.flights.head(500).assign(temperature=None).to_csv(path, index=False)
    assert validation.main(["--data", str(path)]) == 1
    said = capsys.readouterr().out
    assert "FAILED  share with known weather: 0 (at least 0.9)" in said
    assert "FAILED  days: " in said
    assert "passed  share with a known delay: 1 (at least 0.9)" in said
    assert train.main(["--data", str(path), "--output", str(tmp_path / "bundle"), "--lock", str(LOCK)]) == 1
    said = capsys.readouterr().err
    assert "The data is not good enough for training.\nFAILED  share with known weather" in said
    assert "share with a known delay" not in said


def test_the_real_flights_are_good_enough_for_every_use(trained: Trained) -> None:
    for use_case in use_cases.USE_CASES:
        use_cases.require(trained.flights, use_case)


def test_a_figure_that_can_not_be_computed_does_not_pass() -> None:
    findings = use_cases.judge(Flights.empty(), "training")
    assert {finding.passed for finding in findings} == {False}


def test_a_missing_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert validation.main(["--data", str(tmp_path / "none.csv")]) == 2
    assert "none.csv" in capsys.readouterr().err
