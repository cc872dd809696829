"""The reference profile counts every flight once, in bins that anybody can count again."""

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flights.models.common import profile
from flights.models.common.split import split_by_time
from tests.unit.conftest import Trained

NUMBERS = st.lists(st.none() | st.floats(-1e6, 1e6) | st.integers(0, 3).map(float), max_size=60)


@given(NUMBERS)
def test_each_number_is_in_the_bin_between_the_bounds(values: list[float | None]) -> None:
    found = profile.profile(pd.DataFrame({"x": np.array(values, "float64")}))
    column = found["columns"]["x"]
    present = [value for value in values if value is not None]
    bounds = [-np.inf, *column["upper"], np.inf]
    assert column["counts"] == [sum(low < value <= high for value in present) for low, high in pairwise(bounds)]
    assert (found["rows"], column["missing"]) == (len(values), len(values) - len(present))


def test_bins_between_deciles_have_a_tenth_each() -> None:
    column = profile.profile(pd.DataFrame({"x": np.arange(1000.0)}))["columns"]["x"]
    assert column["counts"] == [100] * 10


@given(st.lists(st.none() | st.sampled_from(["UA", "B6", "AA"]), max_size=30))
def test_each_text_is_counted_under_its_value(values: list[str | None]) -> None:
    column = profile.profile(pd.DataFrame({"carrier": np.array(values, "object")}))["columns"]["carrier"]
    assert column["counts"] == {value: values.count(value) for value in {*values} - {None}}
    assert (column["missing"], column["other"]) == (values.count(None), 0)


def test_rare_texts_beyond_the_limit_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "VALUES", 2)
    column = profile.profile(pd.DataFrame({"dest": [*"aaabbcd"]}))["columns"]["dest"]
    assert column == {"counts": {"a": 3, "b": 2}, "other": 2, "missing": 0}


def test_a_bundle_has_the_profile_of_what_it_learned_from_and_of_its_answers_for_the_rest(trained: Trained) -> None:
    found = json.loads((trained.directory / profile.FILE).read_text())
    split = split_by_time(trained.flights)
    assert (found["inputs"]["rows"], found["answers"]["rows"]) == (len(split.train), len(split.test))
    assert {*found["inputs"]["columns"]} == {*profile.INPUTS}
    answers = trained.bundle.predict(split.test)
    assert found["answers"]["columns"] == profile.profile(answers)["columns"]
