"""Which module may import which: the rules hold, a broken one is seen, and the drawing is that of the code."""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

from tests.unit.conftest import PROJECT


def lint(project: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": "src"}
    return subprocess.run(command, cwd=project, env=environment, check=False, capture_output=True, text=True)


def test_no_rule_is_broken() -> None:
    assert lint(PROJECT).returncode == 0


def test_each_broken_rule_is_named_with_the_import_that_breaks_it(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "src", tmp_path / "src")
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    broken = {
        "columns.py": "flights.feature_store.views",
        "models/late_arrival/features.py": "flights.models.arrival_delay.model",
        "service/app.py": "flights.datasets",
        "pipelines/predict.py": "pickle",
        "pipelines/train.py": "mlflow",
        "pipelines/tune.py": "argparse",
        "targets.py": "pytest",
        "data_loaders/csv_data_loader.py": "flights.datasets",
        "data_exports/csv_file.py": "flights.pipelines.compare",
        "validation/use_cases.py": "flights.models.catalogue",
    }
    for name, imported in broken.items():
        with (tmp_path / "src" / "flights" / name).open("a") as file:
            file.write(f"\nimport {imported}\n")
    done = lint(tmp_path)
    said = " ".join(done.stdout.split())
    assert (done.returncode, said.count(" BROKEN"), said.count(" KEPT")) == (1, 7, 0)
    for name, imported in broken.items():
        importer = "flights." + name.removesuffix(".py").replace("/", ".")
        assert f"{importer} -> {imported} (l." in said


def test_the_drawing_is_that_of_the_code() -> None:
    drawn = runpy.run_path(str(PROJECT / "docs" / "imports.py"))
    assert drawn["PAGE"].read_text() == drawn["page"](), "run python docs/imports.py"
