"""A bundle is read back as it was written, and nothing else is ever loaded."""

import json
import os
import shutil
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skops.io
from pandera.errors import SchemaErrors
from sklearn.preprocessing import FunctionTransformer

from flights.columns import AIRCRAFT
from flights.errors import BadBundleError
from flights.flight import Flight, to_frame
from flights.models.catalogue import MODELS
from flights.models.common import bundle
from flights.models.late_arrival.model import LATE_ARRIVAL
from tests.service import FLIGHT
from tests.unit.conftest import Trained

NAMES = [model.name for model in MODELS]


def test_the_models_predict_the_same_after_they_were_saved(trained: Trained, tmp_path: Path) -> None:
    some = trained.flights.head(2000)
    models = {model.name: model.fit(model.chosen, some) for model in MODELS}
    bundle.write(tmp_path, models, trained.metadata)
    loaded = bundle.load(tmp_path)
    assert loaded.metadata == trained.metadata
    assert loaded.predict(some)["arrival_delay_minutes"].tolist() == models["arrival_delay"].predict(some).tolist()
    late = loaded.predict(some)["late_probability"]
    assert late.tolist() == models["late_arrival"].predict_proba(some)[:, 1].tolist()


def test_models_that_do_not_begin_with_the_features_are_no_bundle(trained: Trained, tmp_path: Path) -> None:
    forest = LATE_ARRIVAL.families["random_forest_no_features"]()
    with pytest.raises(ValueError, match="late_arrival does not begin with the features"):
        bundle.write(tmp_path / "bundle", {**trained.bundle.models, "late_arrival": forest}, trained.metadata)
    assert not (tmp_path / "bundle").exists()


@pytest.mark.parametrize(
    ("name", "answer", "rule"), [("arrival_delay", 4000.0, "in_range"), ("late_arrival", float("nan"), "not_nullable")]
)
def test_an_answer_outside_its_limits_is_refused(trained: Trained, name: str, answer: float, rule: str) -> None:
    models = {**trained.bundle.models, name: deepcopy(trained.bundle.models[name])}
    estimator = models[name][-1]
    estimator.predict = lambda rows: np.full(len(rows), answer)
    estimator.predict_proba = lambda rows: np.full((len(rows), 2), answer)
    with pytest.raises(SchemaErrors, match=rule):
        replace(trained.bundle, models=models).predict(trained.flights.head(2))


def test_a_batch_is_checked_again_as_a_frame(trained: Trained) -> None:
    wrong = Flight.model_construct(**{**dict.fromkeys(Flight.model_fields), **FLIGHT, "seats": -1})
    with pytest.raises(SchemaErrors, match="seats"):
        trained.bundle.predict(to_frame([Flight(**FLIGHT), wrong]))


def test_a_bundle_reads_the_views_of_its_models_alone(trained: Trained) -> None:
    alone = replace(trained.bundle, models={"late_arrival": trained.bundle.models["late_arrival"]})
    known = trained.flights.head(20)[[*LATE_ARRIVAL.inputs.names()]]
    assert not {*AIRCRAFT} & {*known}
    assert alone.predict(known)["late_probability"].tolist() == (
        trained.bundle.predict(trained.flights.head(20))["late_probability"].tolist()
    )
    with pytest.raises(SchemaErrors, match="seats"):
        trained.bundle.predict(known)


def test_a_model_that_would_call_something_else_is_not_loaded(trained: Trained, tmp_path: Path) -> None:
    shutil.copytree(trained.directory, tmp_path, dirs_exist_ok=True)
    skops.io.dump(FunctionTransformer(os.system), tmp_path / bundle.file_of("late_arrival"))
    with pytest.raises(BadBundleError, match=r"late_arrival\.skops is no model that can be loaded: .*system"):
        bundle.load(tmp_path)


@pytest.mark.parametrize("name", [*map(bundle.file_of, NAMES)])
@pytest.mark.parametrize("keep", [None, 0, 20, 2000])
def test_a_model_file_that_is_cut_off_or_missing_is_named(
    trained: Trained, tmp_path: Path, name: str, keep: int | None
) -> None:
    file = shutil.copytree(trained.directory, tmp_path / "copy") / name
    if keep is None:
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(BadBundleError, match=f"{name} is no model that can be loaded"):
        bundle.load(file.parent)


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"models": {}}', "\xff", "one output less", "no models"])
def test_what_does_not_describe_a_bundle_is_refused(trained: Trained, tmp_path: Path, said: str) -> None:
    wrong = json.loads(json.dumps(trained.metadata))
    if said == "one output less":
        del wrong["models"][NAMES[0]]["output"]
        said = json.dumps(wrong)
    elif said == "no models":
        said = json.dumps(wrong | {"models": {}})
    (tmp_path / bundle.METADATA).write_text(said, "latin-1")
    with pytest.raises(BadBundleError, match="does not describe a bundle"):
        bundle.load(tmp_path)


@pytest.mark.parametrize("name", [*map(bundle.file_of, NAMES), bundle.METADATA])
def test_the_digest_changes_with_any_file(trained: Trained, tmp_path: Path, name: str) -> None:
    copy = shutil.copytree(trained.directory, tmp_path / "copy")
    assert bundle.digest(copy) == trained.bundle.digest
    with (copy / name).open("ab") as file:
        file.write(b" ")
    assert bundle.digest(copy) != trained.bundle.digest


def test_without_a_bundle_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train one, or name its folder with --bundle or FLIGHTS_BUNDLE"):
        bundle.load(tmp_path)
