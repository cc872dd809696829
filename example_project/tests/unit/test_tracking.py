"""Without MLflow, which no image has, a training is recorded in a file, and nobody is told otherwise."""

import json
from pathlib import Path

import pytest

from flights.tracking import __main__ as tracking
from tests.unit.conftest import Trained


def test_a_training_is_recorded_in_a_file_and_mlflow_is_said_to_be_off(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ML_CICD_COMMIT", "1234567")
    monkeypatch.delenv("ML_CICD_DIGEST", raising=False)
    assert tracking.main(["record", "--bundle", str(trained.directory), "--runs", str(tmp_path)]) == 0
    assert "MLflow is off: it is not installed here" in capsys.readouterr().out
    (file,) = tmp_path.iterdir()
    kept = json.loads(file.read_text())
    assert kept["models"] == trained.metadata["models"]
    assert {name: kept[name] for name in ("bundle", "data", "lock", "commit", "image")} == {
        "bundle": trained.bundle.digest,
        "data": trained.metadata["data"],
        "lock": trained.metadata["lock"],
        "commit": "1234567",
        "image": None,
    }


def test_promoting_needs_mlflow(capsys: pytest.CaptureFixture[str]) -> None:
    assert tracking.main(["promote", "--service", "http://localhost:1"]) == 2
    assert "requirements/tracking.txt" in capsys.readouterr().err
