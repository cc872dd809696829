"""Notebooks in git hold no outputs, and read flights that are in git."""

import subprocess
import sys
from pathlib import Path

import pandas as pd

from flights.data_loaders import choose
from tests.unit.conftest import PROJECT, Trained

PLACES = ("notebooks", "docs", "src/flights/models/arrival_delay/notebooks")
DUMMY = PROJECT / "dummy_data" / "flights.csv"
EXECUTED = """{"cells": [{"cell_type": "code", "execution_count": 1, "id": "0", "metadata": {}, "source": ["1 + 1"],
 "outputs": [{"data": {"text/plain": ["2"]}, "execution_count": 1, "metadata": {}, "output_type": "execute_result"}]}],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""


def notebooks() -> list[Path]:
    return [path for place in PLACES for path in sorted((PROJECT / place).glob("*.ipynb"))]


def stripped(folder: Path, notebooks: dict[str, str]) -> bool:
    """What the hook of .pre-commit-config.yaml does, as a question; it wants files that it may write."""
    for name, text in notebooks.items():
        (folder / name).write_text(text)
    command = [str(Path(sys.executable).parent / "nbstripout"), "--verify", *(str(folder / name) for name in notebooks)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stderr == ""
    return done.returncode == 0


def test_each_place_has_notebooks_and_none_has_outputs(tmp_path: Path) -> None:
    found = notebooks()
    assert {str(path.parent.relative_to(PROJECT)) for path in found} == {*PLACES}
    assert stripped(tmp_path, {path.name: path.read_text() for path in found})


def test_a_notebook_with_outputs_is_red(tmp_path: Path) -> None:
    assert not stripped(tmp_path, {"executed.ipynb": EXECUTED})


def test_the_dummy_data_are_flights_of_the_year_and_few(trained: Trained) -> None:
    dummy = choose.load(DUMMY, None)
    pd.testing.assert_frame_equal(dummy.merge(trained.flights.drop_duplicates(), how="inner"), dummy)
    assert DUMMY.stat().st_size < 200_000
