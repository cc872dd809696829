"""Every source gives the same columns, and says what is wrong with it."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from flights import datasets
from flights.columns import KNOWN, TARGET
from flights.data_loaders.nycflights_data_loader import NycFlightsDataLoader
from flights.errors import BadDataError
from flights.validation import __main__ as validation
from tests.unit.conftest import PROJECT, Trained, load, write

DUMMY = PROJECT / "dummy_data" / "flights.csv"


def test_flights_written_to_a_file_are_read_back_as_they_were(trained: Trained, tmp_path: Path) -> None:
    some = trained.flights.head(300).reset_index(drop=True)
    some.to_csv(tmp_path / "flights.csv", index=False)
    pd.testing.assert_frame_equal(datasets.load(tmp_path / "flights.csv", None), some, check_exact=True)


def test_a_file_without_delays_is_good_enough_to_predict(trained: Trained, tmp_path: Path) -> None:
    trained.flights.head(3)[[*KNOWN]].to_csv(tmp_path / "flights.csv", index=False)
    assert datasets.load(tmp_path / "flights.csv", None)[TARGET].isna().all()


def test_missing_columns_are_named(trained: Trained, tmp_path: Path) -> None:
    trained.flights.head(3).drop(columns=["dest", "seats"]).to_csv(tmp_path / "flights.csv", index=False)
    with pytest.raises(BadDataError, match=r"flights\.csv lacks the columns dest, seats"):
        datasets.load(tmp_path / "flights.csv", None)


def test_a_sample_is_the_same_every_time_and_in_order(flights_csv: Path) -> None:
    first, second = (datasets.load(flights_csv, rows=50) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    assert first["scheduled_departure"].is_monotonic_increasing


@pytest.fixture(scope="module")
def year() -> pd.DataFrame:
    """The flights that arrived as the package has them, in the order in which the loader gives them."""
    flights = pd.read_csv(NycFlightsDataLoader().folder / "flights.csv.zip").dropna(subset=["arr_delay"])
    return flights.sort_values(["month", "day", "sched_dep_time", "carrier", "flight"], ignore_index=True)


def test_a_flight_lands_when_the_clock_there_says_so_in_winter_and_in_summer(year: pd.DataFrame, source: Path) -> None:
    zones = {"PHX": "America/Phoenix", "SJU": "America/Puerto_Rico", "LAX": "America/Los_Angeles"}
    some = year[year["dest"].isin(zones) & year["month"].isin([1, 7])].groupby(["dest", "month"]).head(40)
    write(source, some)
    flights = load(source)
    landed = [
        (left.replace(tzinfo=ZoneInfo("America/New_York")).timestamp() + 60 * minutes)
        for left, minutes in zip(flights["scheduled_departure"], flights["scheduled_minutes"], strict=True)
    ]
    clocks = [
        datetime.fromtimestamp(moment, ZoneInfo(zones[dest]))
        for moment, dest in zip(landed, flights["dest"], strict=True)
    ]
    assert [clock.hour * 100 + clock.minute for clock in clocks] == some["sched_arr_time"].tolist()
    assert len(some) == 240


def test_a_flight_is_on_the_ground_for_some_minutes_only_whatever_the_zone_and_month(
    year: pd.DataFrame, source: Path
) -> None:
    some = year.sample(9000, random_state=0).sort_index()
    write(source, some)
    flights = load(source)
    on_the_ground = flights["scheduled_minutes"] - some["air_time"].to_numpy()
    found = on_the_ground.groupby([flights["dest"], some["month"].to_numpy()]).agg(["median", "size"])
    often = found.loc[found["size"] >= 5, "median"]
    assert {"PHX", "SJU", "LAX"} <= {*often.index.get_level_values("dest")}
    assert often[~often.between(10, 70)].empty


def test_a_flight_to_where_no_time_zone_is_known_is_named(source: Path) -> None:
    airports = pd.read_csv(source / "airports.csv")
    airports[airports["faa"] != "MIA"].to_csv(source / "airports.csv", index=False)
    with pytest.raises(BadDataError, match=r"scheduled_minutes must be a whole number: row \d+ has nothing"):
        load(source)


def test_a_flight_is_there_once_although_an_hour_of_weather_is_there_twice(source: Path) -> None:
    before = load(source)
    weather = pd.read_csv(source / "weather.csv")
    pd.concat([weather, weather.head(20)]).to_csv(source / "weather.csv", index=False)
    pd.testing.assert_frame_equal(load(source), before)


def test_text_that_looks_like_a_number_is_read_as_it_was_written(trained: Trained, tmp_path: Path) -> None:
    some = trained.flights.head(20).assign(model=["150"] * 19 + [None])
    some.to_csv(tmp_path / "flights.csv", index=False)
    assert set(datasets.load(tmp_path / "flights.csv", None)["model"].dropna()) == {"150"}


def test_a_mark_of_its_byte_order_is_no_part_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "flights.csv").write_bytes(b"\xef\xbb\xbf" + DUMMY.read_bytes())
    pd.testing.assert_frame_equal(datasets.load(tmp_path / "flights.csv", None), datasets.load(DUMMY, None))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "can't be read: No such file or directory."),
        ("FOLDER", "can't be read: Is a directory."),
        ("", "is empty: its first row must name the columns."),
        ("carrier,dest\n\xfcber,LAX\n", "is not UTF-8: save it as such."),
        ("carrier,dest\nUA,LAX\nUA,LAX,3\n", "is no CSV file: "),
        ("carrier,dest\nUA,LAX,3\nUA,LAX,3\n", "its rows have more cells than its header has names"),
    ],
)
def test_a_file_that_can_not_be_read_is_told(
    content: str | None, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "flights.csv"
    if content == "FOLDER":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content.encode("latin-1"))
    assert validation.main(["--data", str(path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(str(path))
    assert problem in said


@pytest.mark.parametrize("rows", ["-5", "0", "2.5", "many"])
def test_a_sample_has_flights(rows: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        validation.main(["--data", str(DUMMY), f"--rows={rows}"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("validate: error: --rows (or FLIGHTS_ROWS) must be ")
    assert said.endswith(f", not '{rows}'\n")


@pytest.mark.parametrize("data", [[], ["--data", "DUMMY"]])
def test_a_query_is_for_a_database(data: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    words = [word.replace("DUMMY", str(DUMMY)) for word in data]
    assert validation.main([*words, "--query", "SELECT * FROM flights"]) == 2
    assert "--query asks a database: name it with --data" in capsys.readouterr().err
