"""Notebooks in git hold no outputs, and read flights that are in git."""

import json
from pathlib import Path

import pandas as pd

from flights import datasets
from tests.unit.conftest import PROJECT, Trained

DUMMY = PROJECT / "dummy_data" / "flights.csv"


def executed(notebook: Path) -> bool:
    """Whether there is anything in it that nbstripout, the hook in .pre-commit-config.yaml, would strip."""
    cells = [cell for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == "code"]
    return any(cell["outputs"] or cell["execution_count"] for cell in cells)


def notebooks(project: Path) -> list[Path]:
    """Those that git would have: none in a hidden folder, nor in the site, where they have been run."""
    found = sorted(path.relative_to(project) for path in project.rglob("*.ipynb"))
    return [path for path in found if path.parts[0] != "site" and not any(part[0] == "." for part in path.parts)]


def test_notebooks_are_found_wherever_they_are(tmp_path: Path) -> None:
    for name in (
        "a.ipynb",
        "src/flights/service/b.ipynb",
        ".venv/c.ipynb",
        "docs/.ipynb_checkpoints/d.ipynb",
        "site/e.ipynb",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in notebooks(tmp_path)] == ["a.ipynb", "b.ipynb"]


def test_no_notebook_has_outputs() -> None:
    found = notebooks(PROJECT)
    assert {path.parts[0] for path in found} == {"docs", "notebooks", "src"}
    assert [str(path) for path in found if executed(PROJECT / path)] == []


def test_a_notebook_with_outputs_is_red(tmp_path: Path) -> None:
    notebook = json.loads((PROJECT / "docs" / "a_model_in_five_minutes.ipynb").read_text())
    notebook["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["2"]}]
    (tmp_path / "executed.ipynb").write_text(json.dumps(notebook))
    assert executed(tmp_path / "executed.ipynb")


def test_the_dummy_data_are_flights_of_the_year_and_few(trained: Trained) -> None:
    dummy = datasets.load(DUMMY, None)
    pd.testing.assert_frame_equal(dummy.merge(trained.flights.drop_duplicates(), how="inner"), dummy)
    assert DUMMY.stat().st_size < 200_000
