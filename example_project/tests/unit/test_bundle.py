"""A bundle is read back as it was written, and nothing else is ever loaded."""

import os
import shutil
from pathlib import Path

import pytest
import skops.io
from sklearn.preprocessing import FunctionTransformer
from skops.io.exceptions import UntrustedTypesFoundException

from flights.features.columns import TARGET
from flights.models.common import bundle
from flights.models.ensemble.boosting import boosting
from tests.unit.conftest import Trained


def test_a_model_predicts_the_same_after_it_was_saved(trained: Trained, tmp_path: Path) -> None:
    some = trained.flights.head(2000)
    model = boosting().set_params(regressor__max_iter=5).fit(some, some[TARGET])
    bundle.write(tmp_path, model, {"name": "small"})
    loaded = bundle.load(tmp_path)
    assert loaded.predict(some).tolist() == model.predict(some).tolist()
    assert loaded.metadata == {"name": "small"}


def test_a_model_that_would_call_something_else_is_not_loaded(trained: Trained, tmp_path: Path) -> None:
    shutil.copy(trained.directory / bundle.METADATA, tmp_path)
    skops.io.dump(FunctionTransformer(os.system), tmp_path / bundle.MODEL)
    with pytest.raises(UntrustedTypesFoundException, match="system"):
        bundle.load(tmp_path)


@pytest.mark.parametrize("name", [bundle.MODEL, bundle.METADATA])
def test_the_digest_changes_with_any_file(trained: Trained, tmp_path: Path, name: str) -> None:
    copy = shutil.copytree(trained.directory, tmp_path / "copy")
    assert bundle.digest(copy) == trained.bundle.digest
    with (copy / name).open("ab") as file:
        file.write(b" ")
    assert bundle.digest(copy) != trained.bundle.digest


def test_without_a_bundle_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train one, or name it with ML_CICD_BUNDLE"):
        bundle.load(tmp_path)
