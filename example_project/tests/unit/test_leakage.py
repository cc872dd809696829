"""Nothing that is known only after departure reaches the model."""

from pathlib import Path

import numpy as np
import pandas as pd

from flights.columns import KNOWN, TARGET
from flights.feature_store.views import VIEWS, Flights, KnownView
from flights.features.flight.processor import build_features
from flights.features.flight.schemas import features_of
from flights.flight import Flight
from tests.unit.conftest import Trained, load, write

FEATURES = features_of([*VIEWS]).names()
LATER = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "time_hour", TARGET, "departure_delay"}
BEGIN = pd.Timestamp("2013-01-01")


def test_no_column_is_one_of_those_known_later() -> None:
    assert not LATER & {*KNOWN, *FEATURES, *KnownView.to_schema().columns}


def test_the_model_sees_what_the_service_accepts_and_nothing_else(trained: Trained) -> None:
    assert list(Flight.model_fields) == [*KNOWN]
    assert list(KnownView.to_schema().columns) == [*KNOWN]
    assert list(trained.flights.columns) == list(Flights.to_schema().columns) == [*KNOWN, TARGET]
    assert list(build_features(trained.flights[[*KNOWN]], [*VIEWS]).columns) == [*FEATURES]
    assert trained.metadata["inputs"] == [*KNOWN]
    for described in trained.metadata["models"].values():
        assert not LATER & {*described["features"]}
        assert {*described["features"]} <= {*FEATURES, "seats_per_engine"}


def test_a_source_that_knows_more_does_not_tell_the_model(trained: Trained) -> None:
    more = trained.flights.head(100).assign(dep_delay=60.0, air_time=200.0)
    assert list(Flights.check(more).columns) == [*KNOWN, TARGET]
    assert list(KnownView.check(more).columns) == [*KNOWN]


def test_other_departures_arrivals_and_air_times_change_nothing_that_is_known(source: Path) -> None:
    before = load(source)
    flights = pd.read_csv(source / "flights.csv.zip")
    later = ["dep_time", "dep_delay", "arr_time", "air_time"]
    flights[later] = np.random.default_rng(0).integers(1, 1000, (len(flights), len(later)))
    write(source, flights)
    pd.testing.assert_frame_equal(load(source), before)


def test_the_weather_was_observed_one_to_two_hours_before(source: Path) -> None:
    weather = pd.read_csv(source / "weather.csv")
    hours = (pd.to_datetime(weather[["year", "month", "day", "hour"]]) - BEGIN) / pd.Timedelta(hours=1)
    weather.assign(wind_speed=hours).to_csv(source / "weather.csv", index=False)
    flights = load(source).dropna(subset=["wind_speed"])
    observed = BEGIN + pd.to_timedelta(flights["wind_speed"], unit="h") + pd.Timedelta(minutes=51)
    ahead = (flights["scheduled_departure"] - observed) / pd.Timedelta(minutes=1)
    assert len(flights) > 2500
    assert ahead[(ahead < 60) | (ahead >= 120)].empty


def test_predictions_do_not_read_the_answer(trained: Trained) -> None:
    some = trained.flights.head(200)
    other = some.assign(**{TARGET: 1e6})
    assert trained.bundle.predict(some).equals(trained.bundle.predict(other))
