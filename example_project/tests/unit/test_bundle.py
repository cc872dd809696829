"""A bundle is read back as it was written, and nothing else is ever loaded."""

import os
import shutil
from pathlib import Path

import pytest
import skops.io
from sklearn.preprocessing import FunctionTransformer
from skops.io.exceptions import UntrustedTypesFoundException

from flights.models.catalogue import MODELS
from flights.models.common import bundle
from flights.models.late_arrival.model import LATE_ARRIVAL
from tests.unit.conftest import Trained

NAMES = [model.name for model in MODELS]


def test_the_models_predict_the_same_after_they_were_saved(trained: Trained, tmp_path: Path) -> None:
    some = trained.flights.head(2000)
    models = {model.name: model.fit(model.chosen, some) for model in MODELS}
    described = {"models": {model.name: {"output": model.output} for model in MODELS}}
    bundle.write(tmp_path, models, described)
    loaded = bundle.load(tmp_path)
    assert loaded.metadata == described
    assert loaded.predict(some)["arrival_delay_minutes"].tolist() == models["arrival_delay"].predict(some).tolist()
    late = loaded.predict(some)["late_probability"]
    assert late.tolist() == models["late_arrival"].predict_proba(some)[:, 1].tolist()


def test_models_that_do_not_begin_with_the_features_are_no_bundle(trained: Trained, tmp_path: Path) -> None:
    forest = LATE_ARRIVAL.families["random_forest_no_features"]()
    with pytest.raises(ValueError, match="late_arrival does not begin with the features"):
        bundle.write(tmp_path / "bundle", {**trained.bundle.models, "late_arrival": forest}, trained.metadata)
    assert not (tmp_path / "bundle").exists()


def test_a_model_that_would_call_something_else_is_not_loaded(trained: Trained, tmp_path: Path) -> None:
    shutil.copytree(trained.directory, tmp_path, dirs_exist_ok=True)
    skops.io.dump(FunctionTransformer(os.system), tmp_path / bundle.file_of("late_arrival"))
    with pytest.raises(UntrustedTypesFoundException, match="system"):
        bundle.load(tmp_path)


@pytest.mark.parametrize("name", [*map(bundle.file_of, NAMES), bundle.METADATA])
def test_the_digest_changes_with_any_file(trained: Trained, tmp_path: Path, name: str) -> None:
    copy = shutil.copytree(trained.directory, tmp_path / "copy")
    assert bundle.digest(copy) == trained.bundle.digest
    with (copy / name).open("ab") as file:
        file.write(b" ")
    assert bundle.digest(copy) != trained.bundle.digest


def test_without_a_bundle_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train one, or name it with ML_CICD_BUNDLE"):
        bundle.load(tmp_path)
