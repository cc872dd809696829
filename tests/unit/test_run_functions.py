"""The script that an image's Python gets: it calls the project's functions with the rows of each group."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from cicd.produce import project_metrics, run_functions

METRICS = """
import sys

def cost(rows):
    return sum(abs(float(row["target"]) - float(row["prediction"])) for row in rows)

def count(rows):
    print("counted")
    return len(rows)

def none(rows):
    return None
"""
ROWS = "id,day,target,prediction\\n1,mon,3,1\\n2,tue,5,5\\n3,mon,1,2\\n".replace("\\n", "\n")


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Return the folder of an image: a package in the working directory, and the predictions of one model."""
    (tmp_path / "work" / "app").mkdir(parents=True)
    (tmp_path / "work" / "app" / "metrics.py").write_text(METRICS)
    for name in ("models", "numbers"):
        (tmp_path / name).mkdir()
    (tmp_path / "models" / "candidate.csv").write_text(ROWS)
    return tmp_path


def run(image: Path, *words: str) -> subprocess.CompletedProcess[str]:
    source = Path(run_functions.__file__).read_text()
    return subprocess.run(
        [sys.executable, "-c", source, str(image), *words],
        cwd=image / "work", check=False, capture_output=True, text=True,
    )  # fmt: skip


def numbers(image: Path, name: str) -> str:
    return (image / "numbers" / name).read_text().replace("\r", "")


def test_each_group_becomes_a_number(image: Path) -> None:
    (image / "models" / "champion.csv").write_text(ROWS.replace("3,1", "3,3"))
    done = run(image, "id", "day", "app.metrics:cost", "app.metrics:count")
    assert (done.returncode, done.stderr) == (0, "")
    assert numbers(image, "0-candidate.csv") == "group,value\nmon,3.0\ntue,0.0\n"
    assert numbers(image, "0-champion.csv") == "group,value\nmon,1.0\ntue,0.0\n"
    assert numbers(image, "1-champion.csv") == "group,value\nmon,2.0\ntue,1.0\n"


def test_without_groups_each_row_is_one(image: Path) -> None:
    assert run(image, "id", "group", "app.metrics:count").returncode == 0
    assert numbers(image, "0-candidate.csv") == "group,value\n1,1.0\n2,1.0\n3,1.0\n"


@pytest.mark.parametrize("function", ["app.metrics:missing", "app.missing:cost", "app.metrics:none"])
def test_what_is_no_function_with_a_number_fails(image: Path, function: str) -> None:
    assert run(image, "id", "day", function).returncode == 1


def test_parquet_is_read(image: Path) -> None:
    (image / "models" / "candidate.csv").unlink()
    table = pyarrow.table({"id": [1, 2, 3], "day": ["a", "b", "a"], "target": [1.0, 2, 3], "prediction": [2.0, 2, 2]})
    parquet.write_table(table, image / "models" / "candidate.parquet")
    assert run(image, "id", "day", "app.metrics:cost").returncode == 0
    assert numbers(image, "0-candidate.csv") == "group,value\na,2.0\nb,0.0\n"


@pytest.mark.parametrize(
    ("command", "python"),
    [
        (["python", "-m", "app"], "python"),
        (["/opt/venv/bin/python3.12", "x.py"], "/opt/venv/bin/python3.12"),
        (["uv", "run", "x"], "python3"),
    ],
)
def test_the_python_of_evaluate_runs_the_functions(command: list[str], python: str) -> None:
    assert project_metrics.python_of(command) == python
