"""Flights in a database and in the snapshot of a query: the same by every way, and the same words for bad rows."""

import json
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from flights import datasets
from flights.columns import KNOWN, TARGET
from flights.data_exports import csv_file, snapshot, table
from flights.data_loaders import database
from flights.errors import BadDataError, UnreadableSourceError, WrongImageError
from flights.pipelines import train
from tests.unit.conftest import LOCK, Trained

FEW = 300
ON_A_ROUTE = "SELECT * FROM flights WHERE origin = 'JFK' ORDER BY scheduled_departure DESC"


@pytest.fixture(scope="module")
def some(trained: Trained) -> pd.DataFrame:
    return trained.flights.head(FEW).reset_index(drop=True)


@pytest.fixture(scope="module")
def made(some: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with some flights, and beside it the file from which they come."""
    folder = tmp_path_factory.mktemp("made")
    some.to_csv(folder / "flights.csv", index=False)
    assert table.main(["--data", str(folder / "flights.csv"), "--to", f"sqlite:///{folder / 'flights.db'}"]) == 0
    return folder / "flights.db"


@pytest.fixture
def url(made: Path, tmp_path: Path) -> str:
    """The database, to be changed."""
    return f"sqlite:///{shutil.copy(made, tmp_path)}"


def execute(url: str, statement: str) -> None:
    with database.writing(url) as connection:
        connection.exec_driver_sql(statement)


def take(url: str, folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> Path:
    capsys.readouterr()
    assert snapshot.main(["--data", url, "--output", str(folder), *words]) == 0
    return Path(capsys.readouterr().out.strip())


def test_flights_written_to_a_database_are_read_back_as_they_were(url: str, some: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(datasets.load(url, None), some)


def test_a_query_chooses_flights_and_their_order(url: str, some: pd.DataFrame) -> None:
    expected = some[some["origin"] == "JFK"]["scheduled_departure"].sort_values(ascending=False)
    assert datasets.load(url, None, ON_A_ROUTE)["scheduled_departure"].tolist() == expected.tolist()


@pytest.mark.parametrize(
    "query",
    ["DELETE FROM flights RETURNING *", "UPDATE flights SET seats = 1", "DROP TABLE flights", "CREATE TABLE x (y)"],
)
def test_a_query_that_would_change_the_database_is_refused(url: str, some: pd.DataFrame, query: str) -> None:
    with pytest.raises(UnreadableSourceError, match="readonly database"):
        datasets.load(url, None, query)
    pd.testing.assert_frame_equal(datasets.load(url, None), some)


def test_what_a_query_changes_where_nothing_refuses_it_is_taken_back(url: str, some: pd.DataFrame) -> None:
    with database.reading(url) as connection:
        connection.exec_driver_sql("PRAGMA query_only = OFF")
        connection.exec_driver_sql("DELETE FROM flights")
    pd.testing.assert_frame_equal(datasets.load(url, None), some)


def test_a_column_that_a_query_names_twice_is_told(url: str) -> None:
    with pytest.raises(BadDataError, match=r"has columns more than once: carrier\.$"):
        datasets.load(url, None, "SELECT *, carrier FROM flights")


def test_a_table_is_replaced_not_added_to(url: str, made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert table.main(["--data", str(made.with_suffix(".csv")), "--rows", "20", "--to", url]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"20 flights in the table flights of {url}"
    assert len(datasets.load(url, None)) == 20


def test_a_bad_row_of_a_database_stops_the_training_and_is_named(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    execute(url, "UPDATE flights SET distance = -229 WHERE rowid = 41")
    execute(url, "UPDATE flights SET origin = 'LHR' WHERE rowid % 50 = 0")
    capsys.readouterr()
    assert train.main(["--data", url, "--output", str(tmp_path / "bundle"), "--lock", str(LOCK)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{url}: 7 of {FEW} rows are bad.",
        "  origin must be isin ['EWR', 'JFK', 'LGA']: row 50 has 'LHR', row 100 has 'LHR', row 150 has 'LHR', "
        "and 3 rows more",
        "  distance must be greater than 0: row 41 has -229",
    ]
    assert not (tmp_path / "bundle").exists()


def test_no_snapshot_is_taken_of_bad_rows(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    execute(url, "UPDATE flights SET dest = NULL WHERE rowid = 3")
    assert snapshot.main(["--data", url, "--output", str(tmp_path / "kept")]) == 1
    assert "dest must be there: row 3 has nothing" in capsys.readouterr().err
    assert not (tmp_path / "kept").exists()


def test_a_snapshot_holds_the_answer_and_says_where_it_is_from(
    url: str, some: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = take(url, tmp_path / "kept", capsys, "--query", ON_A_ROUTE)
    expected = some[some["origin"] == "JFK"].sort_values([*KNOWN, TARGET], ignore_index=True)
    pd.testing.assert_frame_equal(datasets.load(path, None).sort_values([*KNOWN, TARGET], ignore_index=True), expected)
    origin = json.loads(path.with_suffix(".json").read_text())
    assert (origin["source"], origin["query"], origin["rows"]) == (url, ON_A_ROUTE, len(expected))


def test_the_same_flights_give_the_same_snapshot_and_others_another(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = take(url, tmp_path / "kept", capsys)
    assert take(url, tmp_path / "kept", capsys, "--query", "SELECT * FROM flights ORDER BY RANDOM()") == first
    execute(url, "UPDATE flights SET seats = 9 WHERE rowid = 7")
    assert take(url, tmp_path / "kept", capsys) != first
    assert len([*(tmp_path / "kept").glob("*.csv")]) == 2


def test_a_snapshot_that_was_changed_is_refused(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = take(url, tmp_path / "kept", capsys)
    path.write_text(path.read_text().replace("JFK", "EWR", 1))
    with pytest.raises(BadDataError, match="was changed since the snapshot was taken"):
        datasets.load(path, None)


def test_an_export_is_read_back_and_is_the_same_every_time(url: str, some: pd.DataFrame, tmp_path: Path) -> None:
    outputs = [tmp_path / name / "flights.csv" for name in ("one", "two")]
    for output in outputs:
        assert csv_file.main(["--data", url, "--output", str(output)]) == 0
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    pd.testing.assert_frame_equal(datasets.load(outputs[0], None), some, check_exact=True)


@pytest.mark.parametrize(
    ("source", "query", "said"),
    [
        ("sqlite:////nowhere/flights.db", datasets.EVERYTHING, "unable to open database file"),
        ("URL", "SELECT * FROM fights", "no such table: fights"),
        ("URL", "SELEKT", "syntax error"),
        ("nosuch://localhost/flights", datasets.EVERYTHING, "nosuch"),
        ("a b://", datasets.EVERYTHING, "is not the URL of a database"),
    ],
)
def test_a_database_that_does_not_answer_is_told(source: str, query: str, said: str, url: str) -> None:
    with pytest.raises(UnreadableSourceError, match=said):
        datasets.load(source.replace("URL", url), None, query)


def test_a_password_is_never_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--data", "nosuch://me:hunter2@localhost/flights", "--output", str(tmp_path / "out")]
    for main in (snapshot.main, csv_file.main):
        assert main(words) == 2
        assert "nosuch://me:***@localhost" in capsys.readouterr().err
    with pytest.raises(UnreadableSourceError, match="is not") as refused:
        datasets.load("::hunter2://", None)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("target", [csv_file, snapshot, train])
def test_where_there_is_no_sqlalchemy_a_database_is_for_the_build_image(
    target: ModuleType, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    assert target.main(["--data", url, "--output", str(tmp_path / "out")]) == 2
    assert "databases are for the build image" in capsys.readouterr().err
    with pytest.raises(WrongImageError):
        datasets.load(url, None)
