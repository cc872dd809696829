"""Models, metrics and the split."""

import pandas as pd
import pytest

from flights.features.columns import TARGET
from flights.models.common.metrics import errors
from flights.models.common.split import split_by_time
from flights.models.rule_based.naive_model import NaiveModel
from tests.unit.conftest import Trained


def test_errors_are_those_computed_by_hand() -> None:
    assert errors([0, 0, 0, 0], [3, -3, 3, 5]) == {"mae": 3.5, "rmse": 3.6056, "rows": 4}


def test_the_naive_model_guesses_the_carriers_median_and_else_that_of_all() -> None:
    flights = pd.DataFrame({"carrier": ["UA", "UA", "UA", "DL"]})
    model = NaiveModel().fit(flights, pd.Series([1.0, 2.0, 90.0, -8.0]))
    assert model.predict(pd.DataFrame({"carrier": ["DL", "UA", "ZZ"]})).tolist() == [-8.0, 2.0, 1.5]


def test_the_past_trains_and_the_later_period_judges(trained: Trained) -> None:
    split = split_by_time(trained.flights)
    assert (
        split.train["scheduled_departure"].max() < pd.Timestamp("2013-11-01") <= split.test["scheduled_departure"].min()
    )
    assert len(split.train) + len(split.test) == len(trained.flights)


def test_flights_whose_delay_nobody_knows_are_in_neither_period(trained: Trained) -> None:
    unknown = trained.flights.assign(**{TARGET: trained.flights[TARGET].mask(trained.flights["carrier"] == "UA")})
    split = split_by_time(unknown)
    assert not ({"UA"} & {*split.train["carrier"], *split.test["carrier"]})


def test_a_period_without_flights_is_an_error(trained: Trained) -> None:
    with pytest.raises(ValueError, match="before and from 2014-01-01 on"):
        split_by_time(trained.flights, "2014-01-01")


def test_unknown_airports_and_missing_weather_still_get_a_prediction(trained: Trained) -> None:
    strange = trained.flights.head(5).assign(dest="XXX", carrier="ZZ", temperature=None, pressure=None, seats=None)
    assert pd.Series(trained.bundle.predict(strange)).between(-120, 300).all()
