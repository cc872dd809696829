"""Bad data is stopped where it comes in, and named: how many rows, which first, what is wrong with them."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandera.errors import SchemaErrors
from pandera.pandas import DataFrameModel

from flights import datasets
from flights.columns import AIRCRAFT, CATEGORIES, KNOWN, SCHEDULE, TARGET, WEATHER
from flights.data_loaders.csv_data_loader import CsvDataLoader
from flights.errors import BadDataError
from flights.feature_store.explain import explain
from flights.feature_store.views import (
    VIEWS,
    AircraftView,
    Flights,
    KnownView,
    ScheduleView,
    WeatherView,
    combined,
    names_of,
)
from flights.flight import Flight
from flights.models.common.split import split_by_time
from flights.pipelines import train
from flights.validation import __main__ as validation
from flights.validation import use_cases
from tests.unit.conftest import LOCK, PROJECT, Trained, load, write

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
        datasets.load(path, None)
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
        ("distance", 229.5, "distance must be a whole number: row 2 has 229.5"),
        ("scheduled_minutes", "100.9", "scheduled_minutes must be a whole number: row 2 has 100.9"),
        ("scheduled_minutes", "True", "scheduled_minutes must be a whole number: row 2 has 'True'"),
        ("distance", 10**30, f"distance must be a whole number: row 2 has {10**30}"),
        ("scheduled_departure", None, "scheduled_departure must be there: row 2 has nothing"),
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


@pytest.mark.parametrize(
    "value",
    [
        "tomorrow",
        "2013-12-20 06:00:00-05:00",
        "2013-12-20 06:00:00+00:00",
        "2013-12-20T06:00:00Z",
        "03/04/2013",
        "2013-02-30",
        "0000-01-01",
        "1387561500",
        "2013",
    ],
)
@pytest.mark.parametrize("rows", [1, 20])
def test_a_time_is_an_iso_time_without_a_zone_or_named_as_it_was_written(
    trained: Trained, tmp_path: Path, value: str, rows: int
) -> None:
    assert refusal(changed(trained, tmp_path, {(0, "scheduled_departure"): value}, rows)) == [
        f"{tmp_path / 'flights.csv'}: 1 of {rows} rows are bad.",
        f"  scheduled_departure must be a time without a zone, as 2013-12-20T17:45: row 2 has '{value}'",
    ]


@pytest.mark.parametrize("value", ["2013-12-20T17:45", "2013-12-20 17:45:00", "2013-12-20 17:45:00.000000"])
def test_a_time_may_be_written_as_iso_8601_has_it(trained: Trained, tmp_path: Path, value: str) -> None:
    read = datasets.load(changed(trained, tmp_path, {(0, "scheduled_departure"): value}, rows=20), None)
    assert read["scheduled_departure"][0] == pd.Timestamp(2013, 12, 20, 17, 45)


def test_times_of_a_databases_own_type_are_taken_without_a_zone_only(trained: Trained) -> None:
    some = trained.flights.head(20).reset_index(drop=True)
    own = [some, some.assign(scheduled_departure=[*some["scheduled_departure"].dt.to_pydatetime()])]
    for flights in own:
        pd.testing.assert_frame_equal(Flights.check(flights), some)
    for wrong in (some["scheduled_departure"].dt.tz_localize("America/New_York"), 1387561500):
        with pytest.raises(SchemaErrors) as refused:
            Flights.check(some.assign(scheduled_departure=wrong))
        assert explain(refused.value, "db", 1).startswith("db: 20 of 20 rows are bad.\n  scheduled_departure must be")


def test_a_whole_number_may_be_written_with_a_point_and_as_text(trained: Trained) -> None:
    some = trained.flights.head(20).reset_index(drop=True)
    for written in (some["distance"].astype("float64"), some["distance"].astype(str), some["distance"].astype("int32")):
        pd.testing.assert_frame_equal(Flights.check(some.assign(distance=written)), some)


def test_a_source_with_two_columns_of_a_name_is_told_which(trained: Trained, tmp_path: Path) -> None:
    some = trained.flights.head(20)
    pd.concat([some, some[["distance", "carrier"]]], axis="columns").to_csv(tmp_path / "flights.csv", index=False)
    assert refusal(tmp_path / "flights.csv") == [
        f"{tmp_path / 'flights.csv'} has columns more than once: distance, carrier."
    ]


def test_where_no_row_is_bad_none_is_counted() -> None:
    class Numbers(DataFrameModel):
        seats: float

    with pytest.raises(SchemaErrors) as refused:
        Numbers.validate(pd.DataFrame({"seats": [1]}), lazy=True)
    said = explain(refused.value, "flights.csv", 2)
    assert said.startswith("flights.csv as a whole is not as it must be: seats must be")
    assert "rows are bad" not in said


def test_what_gets_past_the_sources_is_stopped_at_the_training(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(SchemaErrors):
        train.train(trained.flights.assign(seats=-1.0), LOCK, tmp_path / "bundle")


def test_a_view_reads_its_columns_alone(trained: Trained, tmp_path: Path) -> None:
    loader = CsvDataLoader(changed(trained, tmp_path, {(0, "pressure"): -1}, rows=20))
    views = datasets.read(loader, ScheduleView), datasets.read(loader, AircraftView)
    assert [list(view.columns) for view in views] == [[*CATEGORIES, *SCHEDULE], [*AIRCRAFT]]
    assert [len(view) for view in views] == [20, 20]
    for view in (WeatherView, KnownView, Flights):
        with pytest.raises(BadDataError, match="pressure must be greater than or equal to 800: row 2 has -1"):
            datasets.read(loader, view)
    assert [*WeatherView.names()] == [*WEATHER]


def test_a_schema_is_combined_of_views_in_their_order() -> None:
    both = combined(ScheduleView, WeatherView)
    assert both.names() == (*ScheduleView.names(), *WeatherView.names())
    assert combined(*VIEWS.values()).names() == KnownView.names() == KNOWN
    assert names_of((WeatherView, ScheduleView)) == ["schedule", "weather"]


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


@pytest.mark.parametrize(
    ("flights", "problem"),
    [
        ({"scheduled_departure": "2014-01-01T06:00"}, "there are 0 before and 600 from then on"),
        ({TARGET: None}, "there are 0 before and 0 from then on"),
    ],
)
def test_flights_that_can_not_be_split_are_told(flights: dict[str, Any], problem: str) -> None:
    dummy = datasets.load(PROJECT / "dummy_data" / "flights.csv", None)
    with pytest.raises(BadDataError, match=f"must be flights with a known delay both before .*: {problem}"):
        split_by_time(Flights.check(dummy.assign(**flights)))
