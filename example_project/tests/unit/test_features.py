"""The transformers, and the flows from columns to features."""

import doctest
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandera.errors import SchemaError, SchemaErrors
from sklearn.compose import ColumnTransformer
from sklearn.utils.estimator_checks import estimator_checks_generator

import flights
from flights.columns import KNOWN, TARGET
from flights.feature_store.views import VIEWS
from flights.features.common.formula_transformer import FormulaTransformer
from flights.features.flight import processor
from flights.features.flight.filter import arrived
from flights.features.flight.processor import build_features
from flights.features.flight.schemas import FEATURES, features_of
from flights.features.plane_model.processor import PlaneWords
from flights.flight import Flight, to_frame
from tests.service import FLIGHT
from tests.unit.conftest import Trained

ALL = [*VIEWS]
PLANES = pd.DataFrame({"seats": [182.0, 8.0, np.nan], "engines": [2.0, 0.0, 2.0]}, index=[7, 8, 9])


# All of scikit-learn's checks apply, as a formula may also name the columns of an array, but for the one that is for
# estimators that take arrays of another library (SCIPY_ARRAY_API).
CHECKS = [
    pytest.param(*given, id=given[1].func.__name__)
    for given in estimator_checks_generator(FormulaTransformer(formula="twice = 2 * x0"))
    if given[1].func.__name__ != "check_array_api_input"
]


@pytest.mark.parametrize(("estimator", "check"), CHECKS)
def test_it_is_a_transformer_as_scikit_learn_defines_them(estimator: Any, check: Any) -> None:
    check(estimator)


def test_the_examples_in_the_descriptions_are_true() -> None:
    found = {}
    for module in walk_packages(flights.__path__, "flights."):
        if module.name.startswith(("flights.features", "flights.models.common")) and not module.ispkg:
            found[module.name] = doctest.testmod(import_module(module.name))
    assert {name: result.failed for name, result in found.items() if result.failed} == {}
    assert {name for name, result in found.items() if result.attempted} == {
        "flights.features.common.formula_transformer",
        "flights.features.plane_model.postfilter",
        "flights.features.plane_model.prefilter",
        "flights.features.plane_model.processor",
        "flights.features.plane_model.tokenizer",
        "flights.models.common.encoding",
    }


def test_a_formula_keeps_the_rows_and_what_is_missing() -> None:
    found = FormulaTransformer(formula="seats_per_engine = seats / engines").fit_transform(PLANES)
    assert found.index.tolist() == [7, 8, 9]
    assert found["seats_per_engine"].fillna(-1).tolist() == [91.0, -1, -1]
    assert PLANES.columns.tolist() == ["seats", "engines"]


def test_a_formula_has_its_place_in_a_pipeline() -> None:
    columns = ColumnTransformer(
        [("a", FormulaTransformer(formula="both = seats + 2 * -engines"), ["seats", "engines"])]
    )
    columns.set_output(transform="pandas")
    found = columns.fit_transform(PLANES)
    assert found.columns.tolist() == ["a__seats", "a__engines", "a__both"]
    assert found["a__both"].tolist()[:2] == [178.0, 8.0]


@pytest.mark.parametrize(
    ("formula", "problem"),
    [
        ("seats / engines", "is no formula"),
        ("a = b = seats", "is no formula"),
        ("a = seats +", "is no formula"),
        ("a = 'seats'", "is no formula"),
        ("a = __import__('os').system('true')", "is no formula"),
        ("a = seats.sum", "is no formula"),
        ("a = seats if engines else 0", "is no formula"),
        (None, "is no formula"),
        ("seats = seats * 2", "would replace the column seats"),
        ("a = wings * tails", "names tails, wings; the columns are seats, engines"),
    ],
)
def test_what_is_no_arithmetic_with_the_columns_is_no_formula(formula: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        FormulaTransformer(formula=formula).fit(PLANES)


def test_a_formula_does_not_replace_a_column_of_an_array_either() -> None:
    with pytest.raises(ValueError, match="would replace the column x0"):
        FormulaTransformer(formula="x0 = 2 * x0").fit(PLANES.to_numpy())


def test_a_formula_of_arrays_by_name_is_that_of_their_frame() -> None:
    transformer = FormulaTransformer(formula="rest = seats - 2 * engines").fit(PLANES)
    found = transformer.transform({name: PLANES[name].to_numpy() for name in PLANES})
    np.testing.assert_array_equal(found, transformer.transform(PLANES).to_numpy())
    with pytest.raises(ValueError, match="contains infinity"):
        transformer.transform({"seats": np.array([np.inf]), "engines": np.array([1.0])})
    with pytest.raises(ValueError, match="The columns are seats, wings; those of the training were seats, engines"):
        transformer.transform({"seats": np.array([8.0]), "wings": np.array([1.0])})


@pytest.mark.parametrize(("given", "column"), [(PLANES, "seats"), (PLANES.to_numpy(), "x0")])
def test_infinity_is_refused_in_a_frame_and_in_an_array(given: Any, column: str) -> None:
    transformer = FormulaTransformer(formula=f"a = {column}").fit(given)
    with pytest.raises(ValueError, match="contains infinity"):
        transformer.transform(given + np.inf)


def test_a_formula_can_only_be_used_with_the_columns_it_was_checked_with() -> None:
    transformer = FormulaTransformer(formula="a = seats / engines").fit(PLANES)
    with pytest.raises(ValueError, match="feature names"):
        transformer.transform(PLANES.rename(columns={"seats": "chairs"}))


def test_features_are_those_computed_by_hand(trained: Trained) -> None:
    flight = trained.flights.head(1).assign(scheduled_departure=pd.Timestamp("2013-12-20 17:45"), built=1999.0)
    found = build_features(flight, ALL).iloc[0]
    assert (found["hour"], found["weekday"], found["age"]) == (17.75, 4, 14)


def test_a_departure_in_another_century_is_not_moved() -> None:
    asked = Flight(**FLIGHT | {"scheduled_departure": "2500-01-01T17:45:00", "built": 2000})
    found = build_features(to_frame([asked]), ALL).iloc[0]
    assert (found["hour"], found["weekday"], found["age"]) == (17.75, 4, 500)


def test_an_aircraft_built_after_its_flight_has_no_known_age(trained: Trained) -> None:
    some = trained.flights.head(2).assign(built=[2014.0, 2013.0])
    assert build_features(some, ALL)["age"].fillna(-1).tolist() == [-1, 0]


def test_every_flight_has_features_but_only_those_that_arrived_teach(trained: Trained) -> None:
    some = trained.flights.head(3).assign(**{TARGET: [1.0, np.nan, 2.0]})
    assert len(build_features(some, ALL)) == 3
    assert arrived(some)[TARGET].tolist() == [1.0, 2.0]


def test_nothing_but_numbers_categories_and_text_comes_out(trained: Trained) -> None:
    features = build_features(trained.flights.head(50).astype({"seats": object}), ALL)
    assert [*features.columns] == [*features_of(ALL).names()]
    assert {str(kind) for kind in features.dtypes} == {"float64", "str"}


@pytest.mark.parametrize("view", ALL)
def test_each_view_has_its_features(trained: Trained, view: str) -> None:
    views = ["schedule"] if view == "schedule" else ["schedule", view]
    known = trained.flights.head(5)[[name for each in views for name in VIEWS[each].names()]]
    assert [*build_features(known, views)] == [name for each in views for name in FEATURES[each].names()]


def test_a_flow_refuses_flights_that_are_not_as_the_view_says(trained: Trained) -> None:
    some = trained.flights.head(5)
    with pytest.raises(SchemaErrors, match="pressure"):
        build_features(some.assign(pressure=-1.0), ["schedule", "weather"])
    assert len(build_features(some.assign(pressure=-1.0), ["schedule"])) == 5


def test_a_flow_refuses_features_that_are_not_as_their_schema_says(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = processor.PROCESSORS["schedule"]
    late = {"schedule": lambda known: schedule(known) | {"hour": np.full(5, 24.0)}}
    monkeypatch.setattr(processor, "PROCESSORS", processor.PROCESSORS | late)
    with pytest.raises(SchemaErrors, match="hour"):
        build_features(trained.flights.head(5), ["schedule"])


@pytest.mark.parametrize("models", [["A320", None], [320, 321]])
def test_words_are_made_of_texts_alone(models: list[Any]) -> None:
    words = PlaneWords().fit(pd.Series(["A320-232"]))
    for use in (words.fit, words.transform):
        with pytest.raises(SchemaError):
            use(pd.Series(models))


def test_words_are_there_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    words = PlaneWords().fit(pd.Series(["A320-232"]))
    monkeypatch.setattr(np, "isin", lambda found, _: np.full(len(found), 2))
    with pytest.raises(SchemaError, match="isin"):
        words.transform(pd.Series(["A320-232"]))


def test_the_words_of_models_are_the_frequent_ones_and_others_are_ignored(trained: Trained) -> None:
    features = build_features(trained.flights, ALL)
    words = PlaneWords(most=20).fit(features["model"])
    names = [*words.get_feature_names_out()]
    assert len(names) == 20
    assert {"A320", "737"} <= {*names}
    rows = words.transform(pd.Series(["A320-232", "", "UNHEARD-OF"]))
    assert [names[column] for column in np.flatnonzero(rows[0])] == ["232", "A320"]
    assert rows[1:].sum() == 0


def test_flights_become_a_frame_with_what_they_lack_missing() -> None:
    known = to_frame([Flight(**FLIGHT), Flight(**FLIGHT | {"seats": None})])
    assert [*known] == [*KNOWN]
    assert known["seats"].fillna(-1).tolist() == [191, -1]
