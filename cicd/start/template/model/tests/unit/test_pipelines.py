"""Train, evaluate and predict work on the data in git."""

import csv
from pathlib import Path

import pytest

from PYTHON_PACKAGE.data_loaders.csv_data_loader import CsvDataLoader
from PYTHON_PACKAGE.pipelines import evaluate, predict, train

ROOT = Path(__file__).resolve().parents[2]
DATA, LOCK = ROOT / "dummy_data", ROOT / "requirements" / "default.txt"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    assert train.main(["--data", str(DATA), "--output", str(folder), "--lock", str(LOCK)]) == 0
    return folder


def test_model_beats_the_naive_model(tmp_path: Path) -> None:
    metrics = train.train(DATA, tmp_path, LOCK).metrics
    assert metrics["error"] < metrics["naive_error"]


def test_training_again_gives_the_same_bytes(bundle: Path, tmp_path: Path) -> None:
    train.train(DATA, tmp_path / "again", LOCK)
    for file in bundle.iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()


def test_bundle_is_evaluated(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.main(["--bundle", str(bundle), "--data", str(DATA)]) == 0
    assert capsys.readouterr().out.startswith("error ")


def test_every_row_gets_a_prediction(bundle: Path, tmp_path: Path) -> None:
    output = tmp_path / "predictions.csv"
    assert predict.main(["--data", str(DATA), "--bundle", str(bundle), "--output", str(output)]) == 0
    with output.open() as stream:
        assert len(list(csv.DictReader(stream))) == len(CsvDataLoader(DATA).load())


def test_text_in_the_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("area,price\nlarge,1\n")
    with pytest.raises(ValueError, match=r"bad\.csv: every value must be a number"):
        CsvDataLoader(tmp_path).load()
