"""Notebooks in git hold no outputs, and read flights that are in git."""

import json
from pathlib import Path

import pandas as pd

from flights.data_loaders import choose
from tests.unit.conftest import PROJECT, Trained

PLACES = ("notebooks", "docs", "src/flights/models/arrival_delay/notebooks")
DUMMY = PROJECT / "dummy_data" / "flights.csv"


def executed(notebook: Path) -> bool:
    """Whether there is anything in it that nbstripout, the hook in .pre-commit-config.yaml, would strip."""
    cells = [cell for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == "code"]
    return any(cell["outputs"] or cell["execution_count"] for cell in cells)


def test_each_place_has_notebooks_and_none_has_outputs() -> None:
    found = {place: sorted((PROJECT / place).glob("*.ipynb")) for place in PLACES}
    assert all(found.values())
    assert [path.name for notebooks in found.values() for path in notebooks if executed(path)] == []


def test_a_notebook_with_outputs_is_red(tmp_path: Path) -> None:
    notebook = json.loads((PROJECT / "docs" / "a_model_in_five_minutes.ipynb").read_text())
    notebook["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["2"]}]
    (tmp_path / "executed.ipynb").write_text(json.dumps(notebook))
    assert executed(tmp_path / "executed.ipynb")


def test_the_dummy_data_are_flights_of_the_year_and_few(trained: Trained) -> None:
    dummy = choose.load(DUMMY, None)
    pd.testing.assert_frame_equal(dummy.merge(trained.flights.drop_duplicates(), how="inner"), dummy)
    assert DUMMY.stat().st_size < 200_000
