"""Models, metrics and the split."""

import json
import math
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer

from flights import datasets
from flights.columns import TARGET
from flights.feature_store.views import VIEWS
from flights.features.flight.processor import build_features
from flights.models.arrival_delay.model import ARRIVAL_DELAY
from flights.models.catalogue import MODELS
from flights.models.common.encoding import RARE, CategoryMeans, Columns
from flights.models.common.metrics import BRIER, LOG_LOSS, MAE, RMSE, difference
from flights.models.common.model import NAIVE, Model, answers
from flights.models.common.split import FIRST_TEST_DAY, split_by_time
from flights.models.common.tuning import tune
from flights.models.late_arrival.model import LATE_ARRIVAL
from flights.models.rule_based.naive_model import NaiveModel
from flights.pipelines import compare
from flights.pipelines import tune as tuning
from tests.unit.conftest import Trained


def test_errors_are_those_computed_by_hand() -> None:
    actual = pd.Series([0, 0, 0, 0])
    off = np.array([3.0, -3, 3, 5])
    assert (MAE(actual, off), RMSE(actual, off)) == (3.5, 3.6056)
    happened, said = pd.Series([1, 0]), np.array([0.5, 0.25])
    assert BRIER(happened, said) == round((0.25 + 0.0625) / 2, 4)
    assert LOG_LOSS(happened, said) == round((math.log(2) - math.log(0.75)) / 2, 4)


def test_a_difference_has_an_interval_as_wide_as_its_days_differ() -> None:
    days = pd.date_range("2013-11-01", periods=40).repeat(25)
    flights = pd.DataFrame({"scheduled_departure": days + pd.Timedelta(hours=9)})
    actual = pd.Series(np.zeros(len(flights)))
    noise = np.random.default_rng(1)
    naive = noise.normal(10, 1, len(flights))
    same_every_day = difference(MAE, flights, actual, naive - noise.normal(1, 0.1, len(flights)), naive)
    by_day = difference(MAE, flights, actual, naive - noise.normal(1, 3, 40).repeat(25), naive)
    assert same_every_day.value == pytest.approx(-1, abs=0.02)
    assert same_every_day.low < same_every_day.value < same_every_day.high < 0
    width = by_day.high - by_day.low
    assert width == pytest.approx(2 * 1.96 * 3 / math.sqrt(40), rel=0.35)
    assert width > 20 * (same_every_day.high - same_every_day.low)


def test_a_model_is_no_better_than_itself() -> None:
    flights = pd.DataFrame({"scheduled_departure": pd.date_range("2013-11-01", periods=9)})
    answer = np.arange(9.0)
    for metric in (MAE, RMSE):
        assert asdict(difference(metric, flights, pd.Series(answer * 2), answer, answer)) == {
            "value": 0, "low": 0, "high": 0
        }  # fmt: skip


def test_the_naive_model_guesses_the_carriers_median_and_else_that_of_all() -> None:
    flights = pd.DataFrame({"carrier": ["UA", "UA", "UA", "DL"]})
    model = NaiveModel().fit(flights, pd.Series([1.0, 2.0, 90.0, -8.0]))
    assert model.predict(pd.DataFrame({"carrier": ["DL", "UA", "ZZ"]})).tolist() == [-8.0, 2.0, 1.5]
    rate = NaiveModel("mean").fit(flights, pd.Series([1, 0, 0, 1]))
    assert rate.predict(pd.DataFrame({"carrier": ["DL", "UA", "ZZ"]})).tolist() == [1, pytest.approx(1 / 3), 0.5]


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
    found = trained.bundle.predict(strange.assign(model=None, engines=None))
    assert found["arrival_delay_minutes"].between(-120, 300).all()
    assert found["late_probability"].between(0, 1).all()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_model_reads_its_views_alone(trained: Trained, model: Model) -> None:
    some = trained.flights.head(100)
    known = some[[*model.inputs.names()]]
    for family in (NAIVE, model.chosen):
        fitted = model.fit(family, known.assign(**{TARGET: some[TARGET]}))
        assert np.isfinite(answers(fitted, known)).all()
    numbers = import_module(f"flights.models.{model.name}.features").RAW_NUMBERS
    assert {*numbers} < {*known}
    column = model.inputs.names()[-1]
    with pytest.raises(KeyError, match=column):
        model.fit(model.chosen, some.drop(columns=column))


def test_every_family_learns_and_is_judged_beside_the_naive_model(
    flights_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "comparison.json"
    arguments = ["--data", str(flights_csv), "--rows", "3000", "--output", str(output)]
    assert compare.main(arguments) == 0
    found = json.loads(output.read_text())
    said = capsys.readouterr().out
    train = split_by_time(datasets.load(flights_csv, 3000)).train
    for model in MODELS:
        metric, actual = model.metrics[-1], model.actual(train)
        # Of squared errors the mean makes the fewest that a constant can.
        constant = metric(actual, np.full(len(actual), actual.mean()))
        assert [*found[model.name]] == [family for family in model.families if family != "naive"]
        for family, judged in found[model.name].items():
            assert f"{model.name}: {family}" in said
            assert judged["metrics"]["model"]["train"][metric.name] < 0.99 * constant


def test_features_are_worth_their_trouble(trained: Trained) -> None:
    split = split_by_time(trained.flights)
    errors = {
        family: BRIER(LATE_ARRIVAL.actual(split.test), answers(LATE_ARRIVAL.fit(family, split.train), split.test))
        for family in ("random_forest_no_features", "random_forest_all_features")
    }
    assert errors["random_forest_all_features"] < errors["random_forest_no_features"]


def test_tuning_never_sees_the_test_period_and_names_the_best_setting_first(trained: Trained) -> None:
    later = trained.flights["scheduled_departure"] >= FIRST_TEST_DAY
    spoilt = trained.flights.assign(**{TARGET: trained.flights[TARGET].mask(later, 1000.0)})
    found, other = (tune(LATE_ARRIVAL, {"max_iter": [1, 20]}, flights) for flights in (trained.flights, spoilt))
    pd.testing.assert_frame_equal(found, other)
    assert found["max_iter"].tolist() == [20, 1]
    assert found["log_loss"].is_monotonic_increasing


def test_tuning_prints_the_best_setting_of_a_model_first(
    flights_csv: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tuning, "GRID", {"max_iter": [1, 20]})
    assert tuning.main(["--model", "late_arrival", "--data", str(flights_csv), "--rows", "3000"]) == 0
    said = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert said[0] == ["max_iter", "log_loss", "brier"]
    assert [line[0] for line in said[1:]] == ["20", "1"]


def test_columns_are_those_that_scikit_learn_makes(trained: Trained) -> None:
    features = build_features(trained.flights, [*VIEWS])
    model = trained.bundle.models["arrival_delay"]
    theirs = ColumnTransformer(model["columns"].steps, sparse_threshold=0)
    answers = ARRIVAL_DELAY.actual(trained.flights)
    np.testing.assert_array_equal(
        Columns(model["columns"].steps).fit(features, answers).transform(features),
        theirs.fit(features, answers).transform(features),
    )


def test_a_category_counts_the_more_the_more_flights_it_has() -> None:
    flights = pd.DataFrame({"carrier": ["UA"] * 9 * RARE + ["DL"] * RARE})
    delays = pd.Series([10.0] * 9 * RARE + [0.0] * RARE)
    asked = pd.DataFrame({"carrier": ["UA", "DL", "ZZ"]})
    assert CategoryMeans().fit(flights, delays).transform(asked).tolist() == [[9.9], [4.5], [9.0]]
