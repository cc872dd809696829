"""Every source gives the same columns, and says what is wrong with it."""

from pathlib import Path

import pandas as pd
import pytest

from flights.data_loaders import choose
from flights.errors import BadDataError
from flights.features.columns import KNOWN, TARGET
from tests.unit.conftest import Trained, load


def test_flights_written_to_a_file_are_read_back_as_they_were(trained: Trained, tmp_path: Path) -> None:
    some = trained.flights.head(300).reset_index(drop=True)
    some.to_csv(tmp_path / "flights.csv", index=False)
    pd.testing.assert_frame_equal(choose.load(tmp_path / "flights.csv", None), some, check_exact=True)


def test_a_file_without_delays_is_good_enough_to_predict(trained: Trained, tmp_path: Path) -> None:
    trained.flights.head(3)[[*KNOWN]].to_csv(tmp_path / "flights.csv", index=False)
    assert choose.load(tmp_path / "flights.csv", None)[TARGET].isna().all()


def test_missing_columns_are_named(trained: Trained, tmp_path: Path) -> None:
    trained.flights.head(3).drop(columns=["dest", "seats"]).to_csv(tmp_path / "flights.csv", index=False)
    with pytest.raises(BadDataError, match=r"flights\.csv lacks the columns dest, seats"):
        choose.load(tmp_path / "flights.csv", None)


def test_a_sample_is_the_same_every_time_and_in_order(flights_csv: Path) -> None:
    first, second = (choose.load(flights_csv, rows=50) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    assert first["scheduled_departure"].is_monotonic_increasing


def test_durations_are_from_gate_to_gate_across_time_zones(trained: Trained) -> None:
    speed = trained.flights["distance"] / (trained.flights["scheduled_minutes"] / 60)
    assert speed.between(60, 560).all()


def test_a_flight_is_there_once_although_an_hour_of_weather_is_there_twice(source: Path) -> None:
    before = load(source)
    weather = pd.read_csv(source / "weather.csv")
    pd.concat([weather, weather.head(20)]).to_csv(source / "weather.csv", index=False)
    pd.testing.assert_frame_equal(load(source), before)
